"""The score over time, and what the report says of the last audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from auditor.model.findings import Verdict
from auditor.model.run import FindingRecord, Run
from auditor.report.sections.trend import Since, since
from tests.report.page import page
from tests.report.runs import STARTED, finding, run
from tests.report.small import CHECKS, HOSTS, fails, of

OTHER_RULES = {"rules_sha256": "00" * 32}


def audit(days_ago: int, *found: FindingRecord, **changed: Any) -> Run:
    at = STARTED - timedelta(days=days_ago)
    return run(CHECKS, HOSTS, found, started=at, **changed)


def told(now: Run, *earlier: Run) -> Since:
    found = since(of(now, "en", *earlier))
    assert found is not None
    return found


def test_a_report_without_an_earlier_run_says_nothing_of_one() -> None:
    assert since(of(audit(0))) is None
    assert 'id="since"' not in page(audit(0)).html


def test_the_last_of_the_earlier_runs_is_compared() -> None:
    found = told(audit(0), audit(180), audit(90, *fails("ACC-001@a")))
    assert (1, STARTED - timedelta(days=90)) == (
        found.changes.fixed,
        found.changes.since,
    )


def test_every_audit_is_a_point_higher_for_a_higher_score() -> None:
    found = told(audit(0), audit(90, *fails("ACC-001@a")))
    assert [49, 100] == [point.score for point in found.points]
    assert found.points[0].y > found.points[1].y


def test_the_line_has_a_gap_where_the_rules_changed() -> None:
    runs = [audit(180, **OTHER_RULES), audit(90)]
    found = told(audit(0), *runs)
    assert [False, False, True] == [point.joined for point in found.points]
    assert f"M{found.points[1].x} 6.0L{found.points[2].x} 6.0" == found.path


def test_scores_under_other_rules_are_not_set_side_by_side() -> None:
    found = told(audit(0), audit(90, **OTHER_RULES))
    assert (
        "The rules, the profile or the tool changed: no gap is called fixed or new."
        " The scores cannot be compared."
    ) == found.compared


def test_scores_under_the_same_rules_are() -> None:
    assert (
        "Score: 49 then, 100 now."
        == told(audit(0), audit(90, *fails("ACC-001@a"))).compared
    )


def test_the_picture_is_said_in_words() -> None:
    said = told(audit(0), audit(90, *fails("ACC-001@a"))).told
    day = "27\u00a0August 2026", "25\u00a0November 2026"
    assert f"Score: 49 on {day[0]}; 100 on {day[1]}" == said


def test_the_same_change_on_many_hosts_is_one_line() -> None:
    found = told(audit(0), audit(90, *fails("ACC-001@a", "ACC-001@b")))
    assert [("ACC-001", ("a", "b"))] == [
        (line.check, line.hosts) for line in found.lines
    ]


def test_the_page_counts_and_the_annex_names_what_changed() -> None:
    before = audit(90, *fails("ACC-001@a", "PHI-007@b"))
    text = " ".join(page(audit(0, *fails("PHI-007@b")), "en", before).text.split())
    assert "1 gap fixed 0 new gaps 1 still open" in text
    assert "FixedACC-001ACC-001 is wrongFailsPassesa" in text


def test_a_check_that_only_the_earlier_run_had_keeps_its_title() -> None:
    now = run(CHECKS[1:], HOSTS)
    found = told(now, audit(90, *fails("ACC-001@a")))
    assert ["ACC-001 is wrong"] == [line.title for line in found.lines]


def test_a_host_that_is_gone_is_named_without_a_link() -> None:
    now = run(CHECKS, HOSTS[:1])
    shown = page(now, "en", audit(90, finding("ACC-001", "b", Verdict.FAIL)))
    targets = set(shown.values("id"))
    links = {link[1:] for link in shown.values("href")}
    assert set() == links - targets
    assert "not in scope" in shown.text
