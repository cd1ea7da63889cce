"""How long each finding has been open: a fold over the runs of a client, in order.

An episode is one open period of an identity (check, host, subject), from the run that
first found it to the one that saw it gone. What was not read, or was out of scope,
says nothing: the episode goes on. Pure; who keeps episodes is store/index.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from auditor.history.states import Identity, Seen, Standing
from auditor.model.changes import Cause, Change, Changes, Kind, State
from auditor.model.findings import Severity, Verdict
from auditor.model.run import Run
from auditor.model.snapshot import Instant

#: What an episode goes on through; a waiver accepts a finding and mends nothing.
_FOUND: Final = frozenset({State.OPEN, State.WARN, State.WAIVED})


class Episode(Struct, frozen=True, kw_only=True):
    """One open period of a finding, as it stood when it was last seen.

    `first_…` and `last_…` are the runs that found it first and last, by their number
    in the chain, folder and start; `waived_since` is the start of the run that first
    found it waived, None when it is not. `changed_…` is its last change until
    then, `closed_…` the run that no longer found it, with the causes as far as that
    run's changes tell them. `returned`: an earlier episode of it had been closed.
    """

    client: str
    check: str
    host: str
    kind: str
    subject: str
    verdict: Verdict
    severity: Severity
    first_number: int
    first_run: str
    first_seen: Instant
    last_number: int
    last_run: str
    last_seen: Instant
    waived_since: Instant | None = None
    changed_number: int | None = None
    changed_at: Instant | None = None
    changed_kind: Kind | None = None
    changed_by: tuple[Cause, ...] = ()
    closed_number: int | None = None
    closed_run: str | None = None
    closed_at: Instant | None = None
    closed_by: tuple[Cause, ...] = ()
    returned: bool = False

    @property
    def identity(self) -> Identity:
        """What it is an episode of."""
        return Identity(self.check, self.host, (self.kind, self.subject))


class Placed(Struct, frozen=True):
    """A run, laid out, at its place in the chain; `name` is that of its folder.

    `changes` is what is stored of what changed since a run before.
    """

    number: int
    name: str
    seen: Seen
    changes: Changes | None = None

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.seen.run


class Known(Struct, frozen=True):
    """What a client's runs so far left: open episodes, and what was ever closed."""

    open: Mapping[Identity, Episode] = {}
    ended: frozenset[Identity] = frozenset()


class Followed(Struct, frozen=True):
    """What is known after one more run, and the episodes that it closed."""

    known: Known
    closed: tuple[Episode, ...]


def follow(known: Known, placed: Placed) -> Followed:
    """What one more run makes of the open episodes of its client."""
    seen = placed.seen
    told = _changes(placed.changes)
    still, closed = {}, []
    for identity, episode in known.open.items():
        standing = seen.standing(identity)
        moved = _moved(episode, told.get(identity), placed)
        if standing.state in _FOUND:
            still[identity] = _met(moved, standing, placed)
        elif standing.state is State.OUT:
            still[identity] = episode
        elif standing.state is State.UNREAD:
            still[identity] = moved
        else:
            closed.append(_closed(episode, told.get(identity), placed))
    ended = known.ended | {one.identity for one in closed}
    for identity in _new(seen, still):
        begun = _begun(identity, placed, returned=identity in ended)
        begun = _moved(begun, told.get(identity), placed)
        still[identity] = _met(begun, seen.found[identity], placed)
    return Followed(Known(still, ended), tuple(closed))


def oldest_first(episodes: Iterable[Episode]) -> list[Episode]:
    """By the run that first found them, and of one run the gravest first."""
    order = list(Severity)
    return sorted(episodes, key=lambda e: (e.first_number, order.index(e.severity)))


def days_open(episode: Episode, now: datetime) -> int:
    """Whole days from when it was first seen to its end, or to `now`; never negative.

    Clocks go wrong, and a run may seem to begin before the one that it follows.
    """
    return max(0, ((episode.closed_at or now) - episode.first_seen).days)


def _new(seen: Seen, still: Mapping[Identity, Episode]) -> list[Identity]:
    return [
        identity
        for identity, standing in seen.found.items()
        if standing.state in _FOUND and identity not in still
    ]


def _changes(changes: Changes | None) -> dict[Identity, Change]:
    listed = changes.changes if changes else ()
    return {
        Identity(one.check, one.host, (one.subject.kind, one.subject.name)): one
        for one in listed
    }


def _begun(identity: Identity, placed: Placed, *, returned: bool) -> Episode:
    info = placed.run.run
    kind, subject = identity.subject
    return Episode(
        client=info.client,
        check=identity.check,
        host=identity.host,
        kind=kind,
        subject=subject,
        verdict=Verdict.FAIL,
        severity=Severity.LOW,
        first_number=placed.number,
        first_run=placed.name,
        first_seen=info.started,
        last_number=placed.number,
        last_run=placed.name,
        last_seen=info.started,
        returned=returned,
    )


def _met(episode: Episode, standing: Standing, placed: Placed) -> Episode:
    """The episode as a run found it."""
    at = placed.run.run.started
    waived = standing.state is State.WAIVED
    return structs.replace(
        episode,
        verdict=standing.verdict or episode.verdict,
        severity=standing.severity or episode.severity,
        last_number=placed.number,
        last_run=placed.name,
        last_seen=at,
        waived_since=(episode.waived_since or at) if waived else None,
    )


def _moved(episode: Episode, change: Change | None, placed: Placed) -> Episode:
    if change is None:
        return episode
    return structs.replace(
        episode,
        changed_number=placed.number,
        changed_at=placed.run.run.started,
        changed_kind=change.kind,
        changed_by=change.causes,
    )


def _closed(episode: Episode, change: Change | None, placed: Placed) -> Episode:
    return structs.replace(
        episode,
        closed_number=placed.number,
        closed_run=placed.name,
        closed_at=placed.run.run.started,
        closed_by=change.causes if change else (),
    )
