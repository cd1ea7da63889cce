"""What a run came to, in the few figures that a history shows of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from auditor.history.causes import is_gap
from auditor.history.episodes import Placed
from auditor.history.states import Seen
from auditor.model.changes import Cause, Changes, Kind
from auditor.model.findings import Reason
from auditor.model.snapshot import HostState, Instant

_REACHED = (HostState.AUDITED, HostState.PARTIAL)


class RunLine(Struct, frozen=True, kw_only=True):
    """A run at its place in the chain; `run` is its folder, `sha256` its manifest's.

    `scope_sha256` is of the ids of its checks and the names of its hosts.

    `hosts` and `checks` were selected; `fail` to `attested` count (check, host) pairs,
    `coverage` goes from 0 to 1, `score` to 100. `new` and `fixed` are the hosts' own
    doing since the run `since`, `others` the changes by any other cause; None and empty
    where no changes are stored.
    """

    number: int
    run: str
    sha256: str
    client: str
    language: str
    timezone: str
    started: Instant
    ended: Instant
    tool: str
    rules_sha256: str
    profile_sha256: str
    scope_sha256: str
    hosts: int
    checks: int
    fail: int
    warn: int
    passed: int
    na: int
    unknown: int
    waived: int
    attested: int
    coverage: float
    score: int | None
    exit_code: int
    unreached: tuple[str, ...] = ()
    since: str | None = None
    new: int | None = None
    fixed: int | None = None
    others: dict[Cause, int] = {}


class Visit(Struct, frozen=True, kw_only=True):
    """A host in a run; `fail` counts its checks."""

    number: int
    client: str
    host: str
    state: HostState
    reason: Reason | None
    coverage: float
    score: int | None
    fail: int


def line_of(placed: Placed, sha256: str) -> RunLine:
    """The figures of a run; `sha256` is the digest of its manifest."""
    info, totals = placed.run.run, placed.run.run.totals
    new, fixed, others = _counted(placed.changes)
    return RunLine(
        number=placed.number,
        run=placed.name,
        sha256=sha256,
        client=info.client,
        language=info.language,
        timezone=info.timezone,
        started=info.started,
        ended=info.ended,
        tool=info.tool,
        rules_sha256=info.rules_sha256,
        profile_sha256=info.profile_sha256,
        scope_sha256=_scope(placed.seen),
        hosts=info.selected.hosts,
        checks=info.selected.checks,
        fail=totals.fail,
        warn=totals.warn,
        passed=totals.pass_,
        na=totals.na,
        unknown=totals.unknown,
        waived=totals.waived,
        attested=totals.attested,
        coverage=info.coverage.share,
        score=info.score.value if info.score else None,
        exit_code=info.exit_code,
        unreached=tuple(h.name for h in placed.run.hosts if h.state not in _REACHED),
        since=placed.changes.since if placed.changes else None,
        new=new,
        fixed=fixed,
        others=others,
    )


def visits_of(placed: Placed) -> Iterator[Visit]:
    """One row for every host of a run."""
    pairs = placed.seen.pairs.items()
    fails = Counter(host for (_, host), one in pairs if is_gap(one))
    for host in placed.run.hosts:
        yield Visit(
            number=placed.number,
            client=placed.run.run.client,
            host=host.name,
            state=host.state,
            reason=host.reason,
            coverage=host.coverage.share,
            score=host.score.value if host.score else None,
            fail=fails[host.name],
        )


def _scope(seen: Seen) -> str:
    names = "\n".join([*sorted(seen.checks), "", *sorted(seen.hosts)])
    return hashlib.sha256(names.encode()).hexdigest()


def _counted(
    changes: Changes | None,
) -> tuple[int | None, int | None, dict[Cause, int]]:
    """New and fixed by the hosts' doing; every other change under its first cause."""
    if changes is None:
        return None, None, {}
    kinds: Counter[Kind] = Counter()
    others: Counter[Cause] = Counter()
    for one in changes.changes:
        if Cause.HOST in one.causes and one.kind in (Kind.NEW, Kind.FIXED):
            kinds[one.kind] += 1
        else:
            others.update(one.causes[:1])
    return kinds[Kind.NEW], kinds[Kind.FIXED], dict(others)
