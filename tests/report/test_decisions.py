"""What the report asks its reader to decide, and the path that it draws."""

from __future__ import annotations

from itertools import pairwise

from auditor.model.findings import Verdict
from auditor.model.run import FindingRecord
from auditor.report.html.path import data_path
from auditor.report.sections.decisions import decisions
from auditor.report.text.sentences import plain
from tests.report.fleet import fleet
from tests.report.runs import finding, value
from tests.report.small import WAIVED, fails, of, view


def test_findings_that_one_order_answers_are_one_decision() -> None:
    ordered = decisions(view(*fails("ACC-001@a", "PHI-007@b")))
    assert [("ACC-001", "PHI-007")] == [one.checks for one in ordered]


def test_decisions_follow_the_order_of_work() -> None:
    found = fails("EOL-003@a", "LOG-003@a", "IDN-012@a", "ACC-001@b")
    ordered = decisions(view(*found))
    assert ["ACC-001", "IDN-012", "LOG-003", "EOL-003"] == [
        one.checks[0] for one in ordered
    ]


def test_a_decision_names_hosts_and_what_its_gravest_check_costs() -> None:
    first = decisions(view(*fails("IDN-012@a", "IDN-012@b")))[0]
    assert ("Give every person an account of their own on a and b", "1 h") == (
        first.title,
        plain(first.effort),
    )


def test_there_are_at_most_five() -> None:
    assert 5 == len(decisions(of(fleet(28))))


def test_an_accepted_risk_asks_for_no_decision() -> None:
    assert [] == decisions(view(finding("ENC-001", "a", Verdict.FAIL, waived=WAIVED)))


def served(**values: object) -> FindingRecord:
    return finding("PHI-007", "a", Verdict.FAIL, "directory:/srv/mega", **values)


def test_the_path_shows_origin_service_directory_and_counts() -> None:
    counts = {"files": value("count", 41), "nir": value("count", 12480)}
    path = data_path(view(*fails("ACC-001@a"), served(values=counts)))
    assert path is not None
    assert [
        ("Internal network", "declared a private zone"),
        ("vsftpd", "no password"),
        ("/srv/mega", "served to anyone"),
        ("41 files", "at least 12,480 numbers of NIR form"),
    ] == [(node.top, node.bottom) for node in path.nodes]


def test_no_path_is_drawn_over_two_hosts() -> None:
    assert data_path(view(*fails("ACC-001@b"), served())) is None


def test_boxes_do_not_overlap() -> None:
    path = data_path(view(*fails("ACC-001@a"), served()))
    assert path is not None
    assert all(left.x + left.width < right.x for left, right in pairwise(path.nodes))
