"""Coverage and score: the worked examples of the method, and what holds them down."""

from __future__ import annotations

from auditor.model.findings import Severity
from auditor.model.run import Bucket, Score
from auditor.model.scoring import Pair, coverage_of, score_of

CRITICAL, HIGH, MEDIUM, LOW = Severity


def pairs(severity: Severity, **counts: int) -> list[Pair]:
    """So many pairs of a severity in each bucket, their FAILs as grave as the check."""
    return [
        Pair(severity, Bucket(bucket), severity)
        for bucket, count in counts.items()
        for _ in range(count)
    ]


#: One host, 120 checks.
REST = [
    *pairs(HIGH, **{"pass": 20, "fail": 4, "unknown": 6, "na": 4}),
    *pairs(MEDIUM, **{"pass": 28, "attested": 2, "warn": 5, "fail": 6, "unknown": 3}),
    *pairs(LOW, **{"pass": 24, "fail": 5, "waived": 1, "na": 4}),
]
AS_FOUND = [*pairs(CRITICAL, **{"pass": 6, "fail": 1, "unknown": 1}), *REST]
CLOSED = [*pairs(CRITICAL, **{"pass": 7, "unknown": 1}), *REST]
READ = [*pairs(CRITICAL, **{"pass": 8}), *REST]


def test_a_critical_gap_caps_the_score() -> None:
    found = coverage_of(AS_FOUND)
    assert (348, 302, 0.8678) == (found.applicable, found.evaluated, found.share)
    assert 49 == value(AS_FOUND)


def test_a_critical_check_that_was_not_read_caps_it_higher() -> None:
    assert 69 == value(CLOSED)


def test_without_caps_the_pairs_that_pass_decide() -> None:
    assert 0.8966 == coverage_of(READ).share
    assert 86 == value(READ)


def test_what_was_not_evaluated_limits_the_score() -> None:
    # Of 279 in weight 135 were evaluated, 134 of them pass: without this limit 99.
    refused = [
        *pairs(HIGH, **{"unknown": 8, "pass": 8}),
        *pairs(MEDIUM, **{"unknown": 52, "pass": 47, "na": 4}),
        *pairs(LOW, fail=1),
    ]
    assert 0.4839 == coverage_of(refused).share
    assert 48 == value(refused)


def test_a_waived_gap_counts_and_is_shown_without() -> None:
    found = score_of([*pairs(HIGH, **{"pass": 1}), *pairs(HIGH, waived=1)])
    assert Score(value=50, cap=100, without_waived=100) == found


def test_a_waived_critical_gap_caps_too() -> None:
    found = score_of([*pairs(HIGH, **{"pass": 99}), *pairs(CRITICAL, waived=1)])
    assert Score(value=49, cap=49, without_waived=100) == found


def test_a_warning_is_half_a_pass() -> None:
    assert 75 == value([*pairs(LOW, **{"pass": 1, "warn": 1})])


def test_a_light_finding_of_a_critical_check_caps_nothing() -> None:
    light = Pair(CRITICAL, Bucket.FAIL, LOW)
    assert 90 == value([*pairs(CRITICAL, **{"pass": 9}), light])


def test_nothing_evaluated_is_no_score() -> None:
    assert [None, None] == [
        score_of(pairs(HIGH, unknown=3)),
        score_of(pairs(LOW, na=2)),
    ]


def value(found: list[Pair]) -> int | None:
    score = score_of(found)
    return score.value if score else None
