"""What a report says of the time before its run: ages of findings, earlier figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from auditor.history.episodes import Episode
from auditor.history.lines import RunLine
from auditor.model.changes import Cause, Kind
from auditor.model.run import SubjectRecord
from auditor.model.snapshot import Instant

#: Runs before the one compared with that a report draws: a year of monthly audits.
MOST_AUDITS = 12


class Age(Struct, frozen=True, kw_only=True):
    """Since when a finding has been open, and its last change so far.

    `at_least`: runs before the first that found it were erased.
    """

    check: str
    host: str
    subject: SubjectRecord
    first_seen: Instant
    changed_at: Instant | None = None
    changed_kind: Kind | None = None
    changed_by: tuple[Cause, ...] = ()
    returned: bool = False
    at_least: bool = False


class Audited(Struct, frozen=True, kw_only=True):
    """An earlier audit in figures; `gaps` are (check, host) pairs that fail.

    `joined`: its score may be set beside that of the audit before.
    """

    at: Instant
    score: int | None
    coverage: float
    gaps: int
    joined: bool


def ages_of(
    episodes: Iterable[Episode], number: int, cut: int | None = None
) -> tuple[Age, ...]:
    """The ages of what was open after the run of that number in the chain.

    `cut` is the number of the first run where runs before it were erased.
    """
    return tuple(_age(episode, number, cut) for episode in episodes)


def compared_with(lines: Sequence[RunLine], run: str) -> tuple[RunLine, ...]:
    """The runs that a run is set beside, oldest first: each the one before the next.

    That is the run with which its changes were told, or the one before it in the chain
    where none are stored. `lines` are one client's, in the order of the chain.
    """
    return tuple(reversed([*_backwards(lines, run)][:MOST_AUDITS]))


def audited(lines: Iterable[RunLine]) -> tuple[Audited, ...]:
    """These runs in figures, each set beside the one before."""
    found = list(lines)
    joined = [False, *(_alike(*both) for both in pairwise(found))]
    return tuple(
        Audited(
            at=line.started,
            score=line.score,
            coverage=line.coverage,
            gaps=line.fail,
            joined=beside,
        )
        for line, beside in zip(found, joined, strict=False)
    )


def _backwards(lines: Sequence[RunLine], run: str) -> Iterator[RunLine]:
    places = {line.run: at for at, line in enumerate(lines)}
    at = places.get(run, 0)
    while at > 0:
        told = places.get(lines[at].since or "", at)
        # Never forwards, whatever a file says.
        at = told if told < at else at - 1
        yield lines[at]


def _alike(one: RunLine, other: RunLine) -> bool:
    def judged(line: RunLine) -> tuple[str, str, str, str]:
        return line.rules_sha256, line.tool, line.profile_sha256, line.scope_sha256

    return judged(one) == judged(other)


def _age(episode: Episode, number: int, cut: int | None) -> Age:
    changed = episode.changed_number is not None and episode.changed_number <= number
    return Age(
        check=episode.check,
        host=episode.host,
        subject=SubjectRecord(kind=episode.kind, name=episode.subject),
        first_seen=episode.first_seen,
        changed_at=episode.changed_at if changed else None,
        changed_kind=episode.changed_kind if changed else None,
        changed_by=episode.changed_by if changed else (),
        returned=episode.returned,
        at_least=episode.first_number == cut,
    )
