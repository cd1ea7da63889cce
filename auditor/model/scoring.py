"""Coverage and score of (check, host) pairs, by the weight of the checks.

A: weight of all pairs but NA. E: of those that were evaluated, waived and attested ones
included. P: of PASS and ATTESTED, and half of WARN. A waived pair counts as a fail; the
figure without the waived ones stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from msgspec import Struct

from auditor.model.findings import Severity, Verdict
from auditor.model.run import Bucket, Coverage, FindingRecord, Score

#: What the score may be at most: with a critical FAIL, with a critical pair not read.
CAP_FAIL = 49
CAP_UNKNOWN = 69
UNCAPPED = 100

_CONFORMING = frozenset({Bucket.PASS, Bucket.ATTESTED})


class Pair(Struct, frozen=True):
    """One check on one host: its weight's severity, what it came to, and how grave.

    `gravest` is that of its gravest FAIL, or the check's own when it was not evaluated.
    """

    severity: Severity
    bucket: Bucket
    gravest: Severity


def pairs_of(
    buckets: Mapping[tuple[str, str], Bucket],
    severities: Mapping[str, Severity],
    findings: Iterable[FindingRecord],
) -> dict[str, list[Pair]]:
    """Host -> its pairs, of buckets by (check, host) and severities by check."""
    fails: dict[tuple[str, str], Severity] = {}
    for finding in findings:
        if finding.verdict is Verdict.FAIL:
            pair = finding.check, finding.host
            known = fails.get(pair, finding.severity)
            fails[pair] = max(known, finding.severity, key=lambda s: s.weight)
    found: dict[str, list[Pair]] = {host: [] for _, host in buckets}
    for (check, host), bucket in buckets.items():
        unread = severities[check] if bucket is Bucket.UNKNOWN else Severity.LOW
        gravest = fails.get((check, host), unread)
        found[host].append(Pair(severities[check], bucket, gravest))
    return found


def coverage_of(pairs: Iterable[Pair]) -> Coverage:
    """Weight evaluated of the weight applicable."""
    applicable = evaluated = 0
    for pair in pairs:
        if pair.bucket is not Bucket.NA:
            applicable += pair.severity.weight
            if pair.bucket is not Bucket.UNKNOWN:
                evaluated += pair.severity.weight
    share = evaluated / applicable if applicable else 0.0
    return Coverage(applicable=applicable, evaluated=evaluated, share=round(share, 4))


def score_of(pairs: Iterable[Pair]) -> Score | None:
    """`floor(min(100 P / E, 100 E / A, cap))`; None when nothing was evaluated."""
    known = list(pairs)
    value = _value(known)
    if value is None:
        return None
    unwaived = [pair for pair in known if pair.bucket is not Bucket.WAIVED]
    return Score(value=value, cap=_cap(known), without_waived=_value(unwaived))


def _value(pairs: list[Pair]) -> int | None:
    found = coverage_of(pairs)
    if not found.evaluated:
        return None
    # Twice the weight: half of a WARN stays whole, and no float is rounded down.
    passed = sum(
        pair.severity.weight * (2 if pair.bucket in _CONFORMING else 1)
        for pair in pairs
        if pair.bucket in _CONFORMING or pair.bucket is Bucket.WARN
    )
    raw = 50 * passed / found.evaluated
    covered = 100 * found.evaluated / found.applicable
    return math.floor(min(raw, covered, _cap(pairs)) + 1e-9)


def _cap(pairs: Iterable[Pair]) -> int:
    grave = {pair.bucket for pair in pairs if pair.gravest is Severity.CRITICAL}
    if grave & {Bucket.FAIL, Bucket.WAIVED}:
        return CAP_FAIL
    return CAP_UNKNOWN if Bucket.UNKNOWN in grave else UNCAPPED
