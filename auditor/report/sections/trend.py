"""Since the last audit: what became of the gaps, and the score over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, pairwise

from msgspec import Struct

from auditor.history.past import Audited
from auditor.model.changes import Cause
from auditor.model.run import Bucket
from auditor.report.judged import Judged
from auditor.report.sections.changes import (
    Change,
    Changes,
    changes,
    ruled_alike,
    scoped_alike,
)
from auditor.report.view import View

#: The drawing's own units: room for a dot at each end of the line.
WIDTH, HEIGHT, MARGIN = 240, 56, 6


class Point(Struct, frozen=True):
    """One audit; `joined`: its score may be set beside that of the audit before."""

    at: datetime
    score: int | None
    coverage: float
    gaps: int
    joined: bool
    x: float
    y: float


class Line(Struct, frozen=True):
    """The gaps of a check that came or went for the same causes in the same way."""

    cause: str
    check: str
    title: str
    before: Bucket | None
    after: Bucket | None
    hosts: tuple[str, ...]


class Since(Struct, frozen=True):
    """All that is said of earlier audits.

    `path` draws the scores that compare, `told` says them; `compared` says what the
    last audit and this one let one compare.
    """

    changes: Changes
    points: tuple[Point, ...]
    path: str
    lines: tuple[Line, ...]
    told: str
    compared: str


def since(view: View) -> Since | None:
    """What the report says of earlier audits; None when it was given none."""
    if not view.earlier:
        return None
    found = changes(view.earlier[-1], view.judged, view.steps)
    points = _points(view)
    return Since(
        found,
        points,
        _path(points),
        _lines(view, found),
        _told(view, points),
        _compared(view, found, *points[-2:]),
    )


def counted(view: View, found: Changes) -> list[str]:
    """What became of the gaps, in words: the hosts' doing first."""
    t = view.labels
    said = [t.count("since.still", found.still)]
    if found.told:
        said[:0] = [
            t.count("since.fixed", found.fixed),
            t.count("since.new", found.new),
        ]
    return said + [t.count(f"since.due.{why}", n) for why, n in found.others.items()]


def _points(view: View) -> tuple[Point, ...]:
    """The audits before this one, as many as are known, and this one."""
    this = _audited(view.judged, _comparable(view.earlier[-1], view.judged))
    runs = [*(view.audits or _audits(view.earlier)), this]
    step = (WIDTH - 2 * MARGIN) / (len(runs) - 1)
    return tuple(_point(one, MARGIN + at * step) for at, one in enumerate(runs))


def _audits(runs: Sequence[Judged]) -> list[Audited]:
    joined = [False, *(_comparable(*both) for both in pairwise(runs))]
    return [_audited(*one) for one in zip(runs, joined, strict=True)]


def _comparable(one: Judged, other: Judged) -> bool:
    return ruled_alike(one.run, other.run) and scoped_alike(one, other)


def _audited(judged: Judged, joined: bool) -> Audited:
    info = judged.run.run
    return Audited(
        at=info.started,
        score=info.score.value if info.score else None,
        coverage=info.coverage.share,
        gaps=judged.counts()[Bucket.FAIL],
        joined=joined,
    )


def _point(one: Audited, x: float) -> Point:
    y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (one.score or 0) / 100
    return Point(
        one.at,
        one.score,
        one.coverage,
        one.gaps,
        one.joined,
        round(x, 1),
        round(y, 1),
    )


def _path(points: tuple[Point, ...]) -> str:
    """A stretch for each two neighbours whose scores compare, as SVG path data."""
    return " ".join(
        f"M{one.x} {one.y}L{other.x} {other.y}"
        for one, other in pairwise(points)
        if other.joined and None not in (one.score, other.score)
    )


def _told(view: View, points: tuple[Point, ...]) -> str:
    t = view.labels
    scores = [
        t("since.point", score=t.number(point.score), day=t.day(point.at))
        for point in points
        if point.score is not None
    ]
    return t("since.told", scores=t("semicolon").join(scores)) if scores else ""


def _compared(view: View, found: Changes, before: Point, now: Point) -> str:
    t = view.labels
    said = [] if found.told else [t("since.rules")]
    if not found.comparable:
        said.append(t("since.no_score"))
    elif None not in (before.score, now.score):
        said.append(t("since.score", before=before.score, now=now.score))
    return " ".join(said)


def _lines(view: View, found: Changes) -> tuple[Line, ...]:
    ranked = sorted(found.changes, key=lambda one: (*_kind(one), one.host))
    lines = []
    for _, group in groupby(ranked, key=_kind):
        same = list(group)
        one = same[0]
        hosts = tuple(change.host for change in same)
        title = _title(view, one.check)
        cause = _told_causes(view, one)
        lines.append(Line(cause, one.check, title, one.before, one.after, hosts))
    return tuple(lines)


def _kind(one: Change) -> tuple[list[int], bool, str, str, str]:
    """By cause, the host's own doing first; what came before what went."""
    order = [Cause.HOST, *Cause]
    return (
        [order.index(cause) for cause in one.causes],
        one.gone,
        one.check,
        one.before or "",
        one.after or "",
    )


def _told_causes(view: View, one: Change) -> str:
    """All causes in words; the host alone has fixed the gap or made it."""
    words: list[str] = [*one.causes]
    if one.causes == (Cause.HOST,):
        words = ["fixed" if one.gone else "new"]
    said = view.labels.join([view.labels(f"changes.of.{word}") for word in words], 9)
    return said[:1].upper() + said[1:]


def _title(view: View, check: str) -> str:
    """A check's title, also of one that only the earlier run had."""
    runs = (view.judged, *reversed(view.earlier))
    info = next(run.checks[check] for run in runs if check in run.checks)
    return view.speaker.title(info)
