"""Bars and trend of the first page: figures that the template draws as inline SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

from msgspec import Struct

from auditor.model.findings import Severity
from auditor.model.run import Bucket
from auditor.model.scoring import coverage_of
from auditor.report.judged import SEVERITIES
from auditor.report.view import View

#: The order of bar and legend: what needs a reader's eye first.
BUCKETS = (
    Bucket.FAIL,
    Bucket.WARN,
    Bucket.UNKNOWN,
    Bucket.WAIVED,
    Bucket.ATTESTED,
    Bucket.PASS,
    Bucket.NA,
)
#: The length of a whole bar, in the drawing's own units.
_BAR = 1000

_Kind = TypeVar("_Kind")


class Segment(Struct, frozen=True):
    """A bucket in bar and legend; `x` and `width` are thousandths of the bar."""

    bucket: Bucket
    count: int
    x: float
    width: float


class Slice(Struct, frozen=True):
    """The open gaps of a severity; `x` and `width` are thousandths of the bar."""

    severity: Severity
    count: int
    x: float
    width: float


class Covered(Struct, frozen=True):
    """How much of a family's applicable weight was evaluated; None: all is NA."""

    family: str
    share: float | None

    @property
    def width(self) -> float:
        """Thousandths of the bar."""
        return round(_BAR * (self.share or 0), 2)


def severities(view: View) -> list[Slice]:
    """The bar of gaps by severity, the gravest first; empty without a gap."""
    judged = view.judged
    gaps = [pair for pair, found in judged.buckets.items() if found is Bucket.FAIL]
    grave = Counter(judged.severity(check, [host]) for check, host in gaps)
    counts = {one: grave[one] for one in SEVERITIES if grave[one]}
    return [Slice(*laid) for laid in _laid(counts)]


def segments(view: View) -> list[Segment]:
    """The bar of all (check, host) pairs by bucket, empty buckets included."""
    counts = view.judged.counts()
    return [Segment(*laid) for laid in _laid({one: counts[one] for one in BUCKETS})]


def _laid(counts: Mapping[_Kind, int]) -> Iterator[tuple[_Kind, int, float, float]]:
    """Each count with where its stretch of the bar begins, and how long it is."""
    total = max(1, sum(counts.values()))
    before = 0
    for kind, count in counts.items():
        x, width = _BAR * before / total, _BAR * count / total
        yield kind, count, round(x, 2), round(width, 2)
        before += count


def coverages(view: View) -> list[Covered]:
    """The coverage of each family, by weight, in the order of the matrix."""
    return [_covered(view, family) for family in view.families]


def _covered(view: View, family: str) -> Covered:
    checks = [c.id for c in view.judged.checks.values() if c.family == family]
    pairs = ((check, host) for check in checks for host in view.judged.hosts)
    found = coverage_of(view.judged.weighed(pairs))
    share = found.evaluated / found.applicable if found.applicable else None
    return Covered(view.family(family), share)
