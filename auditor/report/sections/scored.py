"""The score beside the coverage: what holds it down, and the worst host."""

from __future__ import annotations

import math

from msgspec import Struct

from auditor.model.run import Coverage, HostInfo, Score
from auditor.report.text.labels import Labels
from auditor.report.view import View

#: What the score is at most (report method: a critical gap, a critical check unread).
_LIMITS = {49: "critical_gap", 69: "critical_unseen"}


class Scored(Struct, frozen=True):
    """A score in words; `limit` is a label's key, empty when nothing holds it down."""

    value: int
    limit: str
    without_waived: int | None


class Worst(Struct, frozen=True):
    """The host with the lowest score."""

    host: str
    value: int


def scored(score: Score | None, coverage: Coverage) -> Scored | None:
    """A score to show; the figure without waived checks only when it differs."""
    if score is None:
        return None
    apart = score.without_waived if score.without_waived != score.value else None
    return Scored(score.value, _limit(score, coverage), apart)


def _limit(score: Score, coverage: Coverage) -> str:
    if score.value == score.cap and score.cap in _LIMITS:
        return _LIMITS[score.cap]
    if not coverage.applicable:
        return ""
    covered = math.floor(100 * coverage.evaluated / coverage.applicable + 1e-9)
    return "coverage" if score.value == covered < 100 else ""


def held(labels: Labels, score: Scored) -> str:
    """What holds it down, and the figure without waived checks; may be empty."""
    said = [labels(f"score.limit.{score.limit}")] if score.limit else []
    if score.without_waived is not None:
        said.append(labels("score.without_waived", n=score.without_waived))
    return labels("semicolon").join(said)


def worst(view: View) -> Worst | None:
    """The host to look at first; None for a single host or a run without scores."""
    hosts = [host for host in view.judged.hosts.values() if host.score is not None]
    if len(view.judged.hosts) < 2 or not hosts:
        return None
    found = min(hosts, key=_rank)
    assert found.score is not None
    return Worst(found.name, found.score.value)


def _rank(host: HostInfo) -> tuple[int, float, str]:
    assert host.score is not None
    return host.score.value, host.coverage.share, host.name
