"""Causes of changes by judging again: the same snapshots, one thing changed at a time.

What the steps are: auditor/history/steps.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from auditor import __version__
from auditor.cli.request import Options
from auditor.cli.scope import read_scope
from auditor.errors import AuditorError
from auditor.evaluate.run import evaluate
from auditor.history.comparing import changed
from auditor.history.states import Identity, lay_out
from auditor.history.steps import Stage, Step, Steps, by_files, rule_alike
from auditor.model.changes import State
from auditor.model.check import Check
from auditor.model.run import Run
from auditor.model.scope import Scope
from auditor.model.snapshot import Snapshot
from auditor.store.folder import Opener, read_snapshots


class Side(Struct, frozen=True):
    """A run, and what it takes to judge its snapshots again.

    `scope` gives its inputs with today's rules for some checks, `snapshots` reads those
    of some hosts; both are asked only when there is something to explain, and raise
    AuditorError where what they need is not there.
    """

    run: Run
    scope: Callable[[Collection[str]], Scope]
    snapshots: Callable[[Collection[str]], Iterable[Snapshot]]

    @property
    def as_of(self) -> datetime | None:
        """The instant that was asked for; None for that of each snapshot."""
        info = self.run.run
        return None if info.as_of == info.started else info.as_of


class _Plan(Struct, frozen=True):
    """Two runs, how each is judged again, and what there is to explain."""

    before: Side
    after: Side
    then: Scope
    now: Scope
    wanted: Sequence[Identity]

    @property
    def both(self) -> frozenset[str]:
        """The hosts of both runs."""
        return frozenset(
            {h.name for h in self.before.run.hosts}
            & {h.name for h in self.after.run.hosts}
        )

    @property
    def fleet(self) -> bool:
        """Whether what one host has may depend on all the others."""
        return any(check.fleet for check in self.now.checks)

    @property
    def ruled_alike(self) -> bool:
        """Whether tool and checks were the same: judging again would show nothing."""
        before, after = self.before.run, self.after.run
        return before.run.tool == after.run.tool and all(
            rule_alike(before, after, check.id) for check in self.now.checks
        )

    @property
    def declared_alike(self) -> bool:
        """Whether all inputs were the same, to the letter."""
        return bool(self.then.inputs) and self.then.inputs == self.now.inputs

    def hosts(self, run: Run) -> frozenset[str]:
        """The hosts of a run that have to be judged again."""
        if self.fleet:
            return frozenset(host.name for host in run.hosts)
        return frozenset(identity.host for identity in self.wanted)


def side_of(
    path: Path, run: Run, opened: Opener | None, checks: Sequence[Path] = ()
) -> Side:
    """A run folder or its `run.json`; `checks` are folders of third-party checks."""
    folder = path if path.is_dir() else path.parent

    def scope(ids: Collection[str]) -> Scope:
        inventory = folder / "inputs" / "inventory.toml"
        if not inventory.is_file():
            raise AuditorError(f"{folder}: its inputs are not there")
        options = Options(inventory, check=sorted(ids), checks=checks, stored=True)
        return read_scope(options)[0]

    def snapshots(hosts: Collection[str]) -> Iterator[Snapshot]:
        inner = folder / "snapshots"
        return read_snapshots(inner, [host.name for host in run.hosts], opened, hosts)

    return Side(run, scope, snapshots)


def side_at_hand(
    run: Run, scope: Scope, snapshots: Callable[[], Iterable[Snapshot]]
) -> Side:
    """A run that has just been judged: nothing of it need be stored."""

    def some(ids: Collection[str]) -> Scope:
        return replace(scope, checks=[one for one in scope.checks if one.id in ids])

    return Side(run, some, lambda _: snapshots())


def steps_between(before: Side, after: Side) -> Steps:
    """The steps from one run to another, as fine as can be told.

    What stands in the way of judging again is said on stderr; then the run files alone
    have to do.
    """
    wanted = _to_explain(before.run, after.run)
    if not wanted:
        return by_files(before.run, after.run)
    ids = {identity.check for identity in wanted}
    try:
        now = after.scope(ids)
        _same_rules(after.run, now.checks)
        plan = _Plan(before, after, before.scope(ids), now, wanted)
        try:
            return _walked(plan, _with_old(plan))
        except AuditorError as error:
            shut = error
        with suppress(AuditorError):
            return _walked(plan, _with_new(plan))
        raise shut
    except AuditorError as error:
        print(f"causes by the run files only: {error}", file=sys.stderr)
    return by_files(before.run, after.run)


def _to_explain(before: Run, after: Run) -> list[Identity]:
    """What changed in hosts and checks of both runs: of others scope is the cause."""
    one, other = lay_out(before), lay_out(after)
    return [
        identity
        for identity in changed(one, other)
        if State.OUT not in (s.standing(identity).state for s in (one, other))
    ]


def _same_rules(run: Run, checks: Iterable[Check]) -> None:
    """Raises AuditorError where the rules at hand are not those of the run."""
    known = {check.id: check.sha256 for check in run.checks}
    if run.run.tool != __version__ or any(known[c.id] != c.sha256 for c in checks):
        raise AuditorError(f"{run.run.id} was judged by other rules than today's")


def _walked(plan: _Plan, stages: Iterator[Stage]) -> Steps:
    """The stages, which are judged one by one until nothing is left to explain."""
    found = []
    end = lay_out(plan.after.run)
    for stage in stages:
        found.append(stage)
        seen = lay_out(stage.run)
        if all(
            seen.standing(one).same_as == end.standing(one).same_as
            for one in plan.wanted
        ):
            break
    if found[-1].run is not plan.after.run:
        found.append(Stage(Step.HOSTS, plan.after.run))
    return Steps(plan.before.run, tuple(found))


def _with_old(plan: _Plan) -> Iterator[Stage]:
    """The old snapshots by today's rules, then inputs, then date; hosts at last."""
    before, after = plan.before, plan.after
    hosts = plan.hosts(before.run)
    if not plan.ruled_alike:
        scope = replace(plan.then, as_of=before.as_of)
        yield Stage(Step.RULES, _judged(before, scope, hosts))
    if not plan.declared_alike:
        scope = replace(plan.now, as_of=before.as_of)
        yield Stage(Step.DECLARED, _judged(before, scope, hosts))
    scope = replace(plan.now, as_of=after.run.run.as_of)
    yield Stage(Step.DATE, _judged(before, scope, hosts))
    both = plan.both
    if plan.fleet and both < hosts:
        yield Stage(Step.SCOPE, _judged(before, scope, both))
    if plan.fleet and both < plan.hosts(after.run):
        scope = replace(plan.now, as_of=after.as_of)
        yield Stage(Step.HOSTS, _judged(after, scope, both))
        yield Stage(Step.SCOPE, after.run)
    yield Stage(Step.HOSTS, after.run)


def _with_new(plan: _Plan) -> Iterator[Stage]:
    """The new snapshots by the old inputs and date, then inputs, then date."""
    before, after = plan.before, plan.after
    hosts = plan.hosts(after.run)
    instant = before.run.run.as_of
    scope = replace(plan.then, as_of=instant)
    yield Stage(Step.HOSTS, _judged(after, scope, hosts))
    if not plan.declared_alike:
        scope = replace(plan.now, as_of=instant)
        yield Stage(Step.DECLARED, _judged(after, scope, hosts))
    yield Stage(Step.DATE, after.run)


def _judged(side: Side, scope: Scope, hosts: Collection[str]) -> Run:
    """Some hosts of a run judged so; raises AuditorError when one has no snapshot."""
    taken = (one for one in side.snapshots(hosts) if one.host in hosts)
    first = next(taken, None)
    if first is None:
        raise AuditorError(f"{side.run.run.id}: its snapshots are not there")
    found = evaluate(chain([first], taken), scope)
    missing = sorted(set(hosts) - {host.name for host in found.hosts})
    if missing:
        raise AuditorError(f"{side.run.run.id}: no snapshot of {', '.join(missing)}")
    return found
