"""The bars of the first page."""

from __future__ import annotations

import pytest

from auditor.model.findings import Reason, Severity, Verdict
from auditor.report.sections.pictures import coverages, severities
from tests.report.fleet import fleet
from tests.report.page import page
from tests.report.runs import check, finding, run
from tests.report.small import HOSTS, fails, of, unread, view


def test_gaps_are_counted_by_severity_the_gravest_first() -> None:
    found = severities(view(*fails("EOL-003@a", "ACC-001@a", "PHI-007@b")))
    assert [(Severity.CRITICAL, 2), (Severity.HIGH, 1)] == [
        (one.severity, one.count) for one in found
    ]


def test_the_bar_of_severities_is_full_and_counts_every_gap() -> None:
    large = fleet(28)
    found = severities(of(large))
    assert (large.run.totals.fail, 1000) == (
        sum(one.count for one in found),
        round(found[-1].x + found[-1].width),
    )


def test_without_a_gap_there_is_no_bar_of_severities() -> None:
    assert [] == severities(view())


def test_a_family_is_covered_by_weight() -> None:
    found = coverages(view(unread("LOG-003", "a", Reason.DENIED)))
    assert {"Access": 1.0, "Alerting": 0.75} == {
        one.family: one.share for one in found if one.family in ("Access", "Alerting")
    }


def test_a_single_familys_coverage_is_that_of_the_run() -> None:
    checks = [check("ACC-001"), check("ACC-002", severity=Severity.LOW)]
    one = of(run(checks, HOSTS, [unread("ACC-002", "a", Reason.DENIED)]))
    assert [one.run.run.coverage.share] == [
        round(found.share or 0, 3) for found in coverages(one)
    ]


def test_a_family_that_applies_nowhere_has_no_share() -> None:
    checks = [check("ACC-001")]
    one = run(checks, HOSTS, [finding("ACC-001", h.name, Verdict.NA) for h in HOSTS])
    assert [None] == [found.share for found in coverages(of(one))]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_picture_says_what_it_shows_or_stands_beside_its_figures(
    language: str,
) -> None:
    drawn = page(fleet(12), language).all("svg")
    silent = [
        one
        for one in drawn
        if not one.get("aria-label") and one.get("aria-hidden") != "true"
        if one.get("class") != "mark"  # inside a cell with a name of its own
    ]
    assert [] == silent
