"""What the first page says and in which order the work is put, from story.toml."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct

from auditor.model.findings import Severity
from auditor.model.run import Bucket, CheckInfo
from auditor.report.judged import Judged

#: The order of work: what is reachable first, comes first.
STEPS = ("reachable", "one_account", "unnoticed", "hygiene")


class StatementRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence that holds on hosts on which every set has a failing check."""

    key: str
    sets: tuple[str, ...]
    covers: tuple[str, ...] = ()


class BreachRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sets of checks of which a failing one starts a breach assessment.

    `traces` are sets of checks that read logs for access from outside.
    """

    sets: tuple[str, ...]
    traces: tuple[str, ...] = ()


class Logs(StrEnum):
    """What the logs of an exposed host say of access from outside, gravest first."""

    TRACE = "trace"
    UNREADABLE = "unreadable"
    UNREAD = "unread"
    NO_TRACE = "no_trace"


class WorkRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Checks that one decision answers; a check meets all conditions given."""

    key: str
    step: str
    families: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    requirement: str | None = None

    def covers(self, check: CheckInfo) -> bool:
        """Whether the check meets every condition."""
        return (
            (not self.families or check.family in self.families)
            and (not self.checks or check.id in self.checks)
            and (not self.severities or check.severity in self.severities)
            and (not self.requirement or self.requirement in check.requirements)
        )


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of story.toml."""

    sets: dict[str, tuple[str, ...]]
    statement: tuple[StatementRule, ...]
    breach: BreachRule
    work: tuple[WorkRule, ...]

    def checks_of(self, sets: tuple[str, ...]) -> frozenset[str]:
        """The checks of all these sets."""
        return frozenset(check for name in sets for check in self.sets[name])


class Statement(Struct, frozen=True):
    """A sentence by its label's key, and the hosts on which it holds."""

    key: str
    hosts: tuple[str, ...]


@cache
def load_story() -> Story:
    """The packaged story.toml."""
    file = resources.files("auditor.templates").joinpath("story.toml")
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), type=Story)


def work_of(check: CheckInfo, story: Story) -> WorkRule:
    """The decision and step of a check; an unknown one stands for itself, last."""
    for rule in story.work:
        if rule.covers(check):
            return rule
    return WorkRule(key=check.id, step=STEPS[-1])


def statements(judged: Judged, story: Story) -> list[Statement]:
    """Every sentence that holds, gravest first, without what a graver one says."""
    said: list[Statement] = []
    covered: set[str] = set()
    for rule in story.statement:
        if rule.key in covered:
            continue
        hosts = _hosts_of(rule, judged, story)
        if hosts:
            said.append(Statement(rule.key, hosts))
            covered.update(rule.covers)
    return said


def exposures(judged: Judged, story: Story) -> dict[str, list[str]]:
    """Host -> checks whose FAIL may reveal a breach; an accepted risk is one too."""
    starting = story.checks_of(story.breach.sets)
    found = {
        host: [c for c in judged.checks if c in starting and judged.fails(c, host)]
        for host in judged.hosts
    }
    return {host: checks for host, checks in found.items() if checks}


def logs_of(judged: Judged, story: Story, host: str) -> Logs:
    """Traces are proven by a FAIL, their absence by nothing less than a PASS."""
    traces = story.checks_of(story.breach.traces) & judged.checks.keys()
    if any(judged.fails(check, host) for check in traces):
        return Logs.TRACE
    buckets = {judged.buckets[check, host] for check in traces} - {Bucket.NA}
    if not buckets:
        return Logs.UNREAD
    return Logs.NO_TRACE if buckets == {Bucket.PASS} else Logs.UNREADABLE


def _hosts_of(rule: StatementRule, judged: Judged, story: Story) -> tuple[str, ...]:
    return tuple(
        host
        for host in judged.hosts
        if all(
            any(
                judged.buckets.get((check, host)) is Bucket.FAIL
                for check in story.sets[name]
            )
            for name in rule.sets
        )
    )
