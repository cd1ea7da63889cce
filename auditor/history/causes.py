"""By which steps an identity changed, and what that says of the cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from msgspec import Struct

from auditor.history.states import (
    DECLARING,
    Identity,
    Pair,
    Seen,
    Standing,
    lay_out,
)
from auditor.history.steps import Step, Steps, rule_alike, scoped_alike, told_alike
from auditor.model.changes import Cause, State
from auditor.model.findings import Reason, Severity

#: UNKNOWN for want of login, sudo or reading rights.
RIGHTS = frozenset({Reason.LOGIN_REFUSED, Reason.SUDO_REFUSED, Reason.DENIED})

#: Steps in which a waiver or an attestation may have begun or ended.
_MARKING = frozenset({Step.DECLARED, Step.DATE, Step.FILES})


class Course(Struct, frozen=True):
    """Steps with each of their runs laid out; `seen` has one more than `steps`."""

    steps: Steps
    seen: tuple[Seen, ...]

    @property
    def before(self) -> Seen:
        """The run that the steps begin at."""
        return self.seen[0]

    @property
    def after(self) -> Seen:
        """The run that they lead to."""
        return self.seen[-1]

    def severity(self, check: str) -> Severity:
        """How grave a check is, in the later of the two runs that has it."""
        runs = (self.steps.after, self.steps.before)
        return next(o.severity for r in runs for o in r.checks if o.id == check)


def course_of(steps: Steps) -> Course:
    """Lay out every run of the steps."""
    runs = [steps.before, *(stage.run for stage in steps.stages)]
    return Course(steps, tuple(lay_out(run) for run in runs))


def causes_of(identity: Identity, course: Course) -> tuple[Cause, ...]:
    """Why an identity that differs changed: a cause for each step that moved it.

    Where today's rules ask for what the old snapshot was never asked for, no step can
    tell them from the host.
    """
    standings = [seen.standing(identity) for seen in course.seen]
    return _along(standings, identity.check, course.steps, _as_it_is)


def causes_of_pair(pair: Pair, course: Course) -> tuple[Cause, ...]:
    """Why a check on a host became a gap, or is one no more: as for an identity."""
    standings = [seen.of_pair(pair) for seen in course.seen]
    return _along(standings, pair[0], course.steps, is_gap)


def is_gap(standing: Standing) -> bool:
    """Whether a pair is a gap: anything open in it that nobody accepted."""
    return standing.state is State.OPEN


def _as_it_is(standing: Standing) -> object:
    return standing.same_as


def _along(
    standings: list[Standing],
    check: str,
    steps: Steps,
    seen_as: Callable[[Standing], object],
) -> tuple[Cause, ...]:
    if State.OUT in (standings[0].state, standings[-1].state):
        return (Cause.SCOPE,)
    if _never_asked(standings):
        return (Cause.UNTOLD,)
    found = {
        cause
        for stage, (one, other) in zip(steps.stages, pairwise(standings), strict=True)
        if seen_as(one) != seen_as(other)
        for cause in _causes(stage.step, one, other, check, steps)
    }
    return tuple(cause for cause in Cause if cause in found)


def _never_asked(standings: list[Standing]) -> bool:
    first, *between, last = standings
    return State.UNREAD not in (first.state, last.state) and any(
        one.reason is Reason.NOT_COLLECTED_FOR for one in between
    )


def _causes(
    step: Step, one: Standing, other: Standing, check: str, steps: Steps
) -> Iterator[Cause]:
    mark = _mark(one, other) if step in _MARKING else None
    if mark is not None:
        yield mark
        # What begins on a day was declared for it; only an end comes by itself.
        if step is Step.DATE and one.state in (State.WAIVED, State.ATTESTED):
            yield Cause.DATE
    elif step is Step.RULES:
        alike = rule_alike(steps.before, steps.after, check)
        yield Cause.TOOL if alike else Cause.RULE
    elif step is Step.HOSTS or step is Step.FILES:
        yield _seen_or_host(one, other, _told(step, check, steps))
    else:
        yield _ONLY[step]


#: Steps that have a cause of their own.
_ONLY = {
    Step.DECLARED: Cause.DECLARED,
    Step.DATE: Cause.DATE,
    Step.SCOPE: Cause.SCOPE,
}


def _mark(one: Standing, other: Standing) -> Cause | None:
    """The cause where only an accepted risk or a declaration came or went."""
    states = {one.state, other.state}
    if State.WAIVED in states and one.verdict is other.verdict:
        return Cause.WAIVER
    if State.ATTESTED in states or {one.reason, other.reason} & DECLARING:
        return Cause.ATTESTATION
    return None


def _seen_or_host(one: Standing, other: Standing, told: bool) -> Cause:
    reasons = {one.reason, other.reason}
    if reasons & RIGHTS:
        return Cause.PRIVILEGE
    if reasons & DECLARING:
        return Cause.ATTESTATION
    if State.UNREAD in (one.state, other.state):
        return Cause.SIGHT
    return Cause.HOST if told else Cause.UNTOLD


def _told(step: Step, check: str, steps: Steps) -> bool:
    """Whether nothing but the hosts can have made this step."""
    before, after = steps.before, steps.after
    if step is Step.FILES:
        return told_alike(before, after, check)
    taken = {stage.step for stage in steps.stages}
    same_tool = before.run.tool == after.run.tool
    ruled = same_tool and rule_alike(before, after, check)
    scoped = scoped_alike(before, after, check)
    return (ruled or Step.RULES in taken) and (scoped or Step.SCOPE in taken)
