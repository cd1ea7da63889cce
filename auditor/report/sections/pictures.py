"""Bars and trend of the first page: figures that the template draws as inline SVG."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auditor.model.findings import Severity
from auditor.model.run import Bucket
from auditor.report.judged import SEVERITIES, Judged, Pair
from auditor.report.view import View


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
        return round(1000 * (self.share or 0), 2)


def severities(view: View) -> list[Slice]:
    """The bar of gaps by severity, the gravest first; empty without a gap."""
    judged = view.judged
    gaps = [pair for pair, found in judged.buckets.items() if found is Bucket.FAIL]
    grave = [judged.severity(check, [host]) for check, host in gaps]
    at = 0.0
    slices = []
    for severity in SEVERITIES:
        count = grave.count(severity)
        if count:
            width = 1000 * count / len(gaps)
            slices.append(Slice(severity, count, round(at, 2), round(width, 2)))
            at += width
    return slices


def coverages(view: View) -> list[Covered]:
    """The coverage of each family, in the order of the matrix."""
    return [
        Covered(view.family(family), _share(view.judged, _pairs(view, family)))
        for family in view.families
    ]


def _pairs(view: View, family: str) -> Iterable[Pair]:
    checks = [c.id for c in view.judged.checks.values() if c.family == family]
    return ((check, host) for check in checks for host in view.judged.hosts)


def _share(judged: Judged, pairs: Iterable[Pair]) -> float | None:
    """By weight, as the coverage of hosts is: only the run file has those of families.

    Reports know the model only, so the sum is made here; a test holds it against the
    run's own figure.
    """
    applicable = evaluated = 0
    for check, host in pairs:
        bucket = judged.buckets[check, host]
        weight = judged.checks[check].severity.weight
        applicable += weight * (bucket is not Bucket.NA)
        evaluated += weight * (bucket not in (Bucket.NA, Bucket.UNKNOWN))
    return evaluated / applicable if applicable else None
