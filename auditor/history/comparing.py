"""Two runs compared by identity: what changed, and by which causes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import structs

from auditor.history.causes import Course, causes_of, course_of
from auditor.history.states import Identity, Seen, Standing
from auditor.history.steps import Steps, told_alike
from auditor.model.changes import (
    Carried,
    Cause,
    Change,
    Changes,
    Kind,
    LostSight,
    State,
)
from auditor.model.run import Run, SubjectRecord

#: How grave what was found is; other states are none of it.
_RANKS = {State.OPEN: 3, State.WARN: 2, State.WAIVED: 1}

#: What becomes of a finding that is no longer one.
_ENDS = {
    State.ATTESTED: Kind.BETTER,
    State.GONE: Kind.FIXED,
    State.OUT: Kind.LEFT,
    State.UNREAD: Kind.UNSEEN,
}
#: What is no finding either way, and still better or worse.
_DECLARED = {
    (State.ATTESTED, State.UNREAD): Kind.WORSE,
    (State.UNREAD, State.ATTESTED): Kind.BETTER,
}


def not_comparable(before: Run, after: Run) -> str:
    """Why nothing can be said of two runs; empty when something can."""
    if before.run.client != after.run.client:
        return "not of the same client"
    if before.run.level is not after.run.level:
        return f"handed over at {before.run.level} and at {after.run.level}"
    if not _hosts(before) & _hosts(after):
        return "no host in common"
    if not {one.id for one in before.checks} & {one.id for one in after.checks}:
        return "no check in common"
    return ""


def without(
    changes: Changes, hosts: Collection[str], checks: Collection[str]
) -> Changes:
    """The changes but those of hosts and checks that were left out on purpose."""
    return structs.replace(
        changes,
        changes=tuple(
            one
            for one in changes.changes
            if one.host not in hosts and one.check not in checks
        ),
        missing=tuple(host for host in changes.missing if host not in hosts),
    )


def changed(before: Seen, after: Seen) -> list[Identity]:
    """The identities that stand otherwise, in order: those that want a cause."""
    return [
        identity
        for identity in _named(before, after)
        if kind_of(before.standing(identity), after.standing(identity)) is not None
    ]


def compare(steps: Steps, carried: Iterable[Carried] = ()) -> Changes:
    """What changed from the run before to the run after.

    `carried` is what the comparison that led to the run before left open.
    """
    course = course_of(steps)
    before, after = course.before, course.after
    open_still = {_identity(one): one for one in carried}
    found = [
        change
        for identity in _named(before, after, open_still)
        if (change := _change(identity, course, open_still)) is not None
    ]
    return Changes(
        since=steps.before.run.id,
        since_started=steps.before.run.started,
        run=steps.after.run.id,
        changes=tuple(found),
        lost=tuple(_lost(before, after)),
        missing=tuple(h.name for h in steps.before.hosts if h.name not in after.hosts),
        carried=tuple(_carried(found, open_still, after)),
    )


def _hosts(run: Run) -> set[str]:
    return {host.name for host in run.hosts}


def _named(one: Seen, other: Seen, more: Iterable[Identity] = ()) -> list[Identity]:
    return sorted({*one.found, *other.found, *more})


def _change(
    identity: Identity, course: Course, carried: Mapping[Identity, Carried]
) -> Change | None:
    """The change of an identity; what was left open before is compared as open."""
    before, after = (seen.standing(identity) for seen in (course.before, course.after))
    held = carried.get(identity)
    if held is not None and before.state is State.UNREAD:
        return _change_of_carried(identity, held, after, course)
    kind = kind_of(before, after)
    if kind is None:
        return None
    return _made(identity, kind, (before, after), causes_of(identity, course), course)


def _change_of_carried(
    identity: Identity, held: Carried, after: Standing, course: Course
) -> Change | None:
    """Of what was not read in between only the end can be told, and no steps to it."""
    before = Standing(held.state, held.severity)
    if after.state is State.UNREAD or after.state is held.state:
        return None
    kind = kind_of(before, after)
    if kind is None:
        return None
    if after.state is State.OUT:
        cause = Cause.SCOPE
    elif after.state in (State.WAIVED, State.ATTESTED):
        waived = after.state is State.WAIVED
        cause = Cause.WAIVER if waived else Cause.ATTESTATION
    else:
        alike = told_alike(course.before.run, course.after.run, identity.check)
        cause = Cause.HOST if alike else Cause.UNTOLD
    return _made(identity, kind, (before, after), (cause,), course)


def _made(
    identity: Identity,
    kind: Kind,
    sides: tuple[Standing, Standing],
    causes: tuple[Cause, ...],
    course: Course,
) -> Change:
    found = [one.severity for one in sides if one.severity is not None]
    # What is attested and expired has none of its own.
    severities = found or [course.severity(identity.check)]
    before, after = sides
    return Change(
        check=identity.check,
        host=identity.host,
        subject=SubjectRecord(kind=identity.subject[0], name=identity.subject[1]),
        kind=kind,
        before=before.state,
        after=after.state,
        severity=max(severities, key=lambda severity: severity.weight),
        causes=causes,
    )


def kind_of(before: Standing, after: Standing) -> Kind | None:
    """What a change is for whoever has to act; None where there is none to see."""
    was, now = before.state in _RANKS, after.state in _RANKS
    if was and now:
        return _graver(_weight(before), _weight(after))
    if now:
        return Kind.NEW
    if was:
        return _ENDS[after.state]
    return _DECLARED.get((before.state, after.state))


def _weight(standing: Standing) -> tuple[int, int]:
    weight = standing.severity.weight if standing.severity else 0
    return _RANKS[standing.state], weight


def _graver(before: tuple[int, int], after: tuple[int, int]) -> Kind | None:
    if before == after:
        return None
    return Kind.WORSE if before < after else Kind.BETTER


def _lost(before: Seen, after: Seen) -> Iterator[LostSight]:
    for pair in sorted(before.pairs.keys() & after.pairs.keys()):
        was, now = before.pairs[pair].state, after.pairs[pair]
        if now.state is State.UNREAD and was is not State.UNREAD:
            check, host = pair
            yield LostSight(check=check, host=host, reason=now.reason)


def _carried(
    changes: Iterable[Change], held: Mapping[Identity, Carried], after: Seen
) -> Iterator[Carried]:
    """What stays open unread: since this run, and since one before it."""
    for one in changes:
        if one.kind is Kind.UNSEEN:
            yield Carried(
                check=one.check,
                host=one.host,
                subject=one.subject,
                state=one.before,
                severity=one.severity,
            )
    for identity, left in held.items():
        if after.standing(identity).state is State.UNREAD:
            yield left


def _identity(one: Carried | Change) -> Identity:
    return Identity(one.check, one.host, (one.subject.kind, one.subject.name))
