"""The way from one run to another in steps, each of which changes one thing only.

A step that can't differ is left out. Two ways lead there, by what can still be read:

    before ─ the old snapshots under today's rules ─ and with today's inputs ─ and on
    today's date ─ after: what is left for the last step is the hosts' own

    before ─ the new snapshots with the old inputs on the old date ─ and with today's
    inputs ─ after: under rules that stayed the same the first step is the hosts' own

Of run files alone there is one step, from which only marks can be told.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from auditor.model.run import CheckInfo, Run


class Step(StrEnum):
    """What differs between the runs on both sides of a step.

    `scope`: only hosts were left out; `files`: nothing was judged again, so that
    anything may.
    """

    RULES = "rules"
    DECLARED = "declared"
    DATE = "date"
    SCOPE = "scope"
    HOSTS = "hosts"
    FILES = "files"


class Stage(Struct, frozen=True):
    """Where a step leads: the run after, or one judged to learn what the step does."""

    step: Step
    run: Run


class Steps(Struct, frozen=True):
    """From the run `before` through each stage; the last one is the run after.

    A stage in between need only judge the checks in which something changed.
    """

    before: Run
    stages: tuple[Stage, ...]

    @property
    def after(self) -> Run:
        """The run that all steps lead to."""
        return self.stages[-1].run


def by_files(before: Run, after: Run) -> Steps:
    """The only step that two run files show: of snapshots nothing is known."""
    return Steps(before, (Stage(Step.FILES, after),))


def rule_alike(one: Run, other: Run, check: str) -> bool:
    """Whether the code and texts of a check were the same in both runs."""
    if one.run.rules_sha256 == other.run.rules_sha256:
        return True
    ours, theirs = _check(one, check), _check(other, check)
    if ours is None or theirs is None:
        return False
    return bool(ours.sha256) and ours.sha256 == theirs.sha256


def _check(run: Run, wanted: str) -> CheckInfo | None:
    return next((check for check in run.checks if check.id == wanted), None)


def declared_alike(one: Run, other: Run) -> bool:
    """Whether inventory, profile and manifests were the same, waivers aside.

    A waiver is a mark on a finding, which shows by itself. Runs of a version that kept
    no digests tell of the profile only.
    """
    ours, theirs = dict(one.run.inputs), dict(other.run.inputs)
    for inputs in (ours, theirs):
        inputs.pop("waivers.toml", None)
    told = bool(ours and theirs)
    same_profile = one.run.profile_sha256 == other.run.profile_sha256
    return same_profile and (ours == theirs or not told)


def told_alike(one: Run, other: Run, check: str) -> bool:
    """Whether two run files show that a check judged alike, whatever it judged."""
    return (
        one.run.tool == other.run.tool
        and rule_alike(one, other, check)
        and declared_alike(one, other)
        and scoped_alike(one, other, check)
    )


def scoped_alike(one: Run, other: Run, check: str) -> bool:
    """Whether a check that compares hosts had the same ones to compare."""
    told = _check(other, check)
    if told is None or not told.fleet:
        return True
    return {host.name for host in one.hosts} == {host.name for host in other.hosts}
