"""A laboratory of a large fleet: its score, and what is open there, worst first."""

from __future__ import annotations

import re
from typing import Any

import pytest

from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import FindingRecord, Level, Run
from auditor.report import as_html
from auditor.report.formats import Document, Material
from auditor.report.html.annex import sheets
from auditor.report.html.matrix import LabRow, lab_matrix
from auditor.report.sections.scored import Scored
from tests.report.fleet import fleet
from tests.report.levels import at
from tests.report.page import Page
from tests.report.runs import check, finding, host, run, sidecars
from tests.report.small import WAIVED, of, unread

#: Weights 10, 5 and 1; in the order of the catalogue, the least grave first.
CHECKS = [
    check("ACC-001", severity=Severity.LOW),
    check("ACC-002", severity=Severity.HIGH),
    check("ACC-003", severity=Severity.CRITICAL),
]
HOSTS = [
    host("r1", group="rennes"),
    host("r2", group="rennes"),
    host("b1", group="brest"),
]
GROUPS = {"rennes": "Laboratoire de Rennes", "brest": "Laboratoire de Brest"}


def fails(check_: str, on: str, severity: Severity, **changed: Any) -> FindingRecord:
    return finding(check_, on, Verdict.FAIL, severity=severity, **changed)


def labs(*found: FindingRecord) -> Run:
    return run(CHECKS, HOSTS, found, groups=GROUPS)


def row(one: Run, group: str) -> LabRow:
    (found,) = (lab for lab in lab_matrix(of(one)).rows if lab.group == group)
    return found


def document(one: Run) -> Document:
    made = as_html.write(
        Material(one, sidecars(one), load_frameworks(), "en", name="report.html")
    )
    assert isinstance(made, Document)
    return made


@pytest.fixture
def folder_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_html, "MOST_HOSTS", 0)


def test_a_laboratory_is_scored_by_the_sums_of_its_hosts() -> None:
    one = labs(
        fails("ACC-002", "r1", Severity.HIGH),
        unread("ACC-003", "r2", Reason.DENIED),
        fails("ACC-001", "b1", Severity.LOW),
    )
    # By weight 17 of 22 pass, of which 22 of 32 were seen: 68.75. The two hosts have 68
    # and 37, whose mean is 52.
    assert Scored(68, "coverage", None) == row(one, "rennes").score
    assert Scored(93, "", None) == row(one, "brest").score


def test_a_critical_gap_caps_its_own_laboratory_alone() -> None:
    one = labs(fails("ACC-003", "r2", Severity.CRITICAL))
    assert Scored(49, "critical_gap", None) == row(one, "rennes").score
    assert Scored(100, "", None) == row(one, "brest").score


def test_an_accepted_gap_counts_and_the_figure_without_it_stands_beside() -> None:
    one = labs(fails("ACC-002", "b1", Severity.HIGH, waived=WAIVED))
    # 11 of 16, and 11 of 11 without what is accepted
    assert Scored(68, "", 100) == row(one, "brest").score


def test_a_laboratory_that_was_not_reached_has_no_score() -> None:
    unseen = [unread(c.id, "b1", Reason.UNREACHABLE) for c in CHECKS]
    assert (None, 0.0) == (
        row(labs(*unseen), "brest").score,
        row(labs(*unseen), "brest").share,
    )


@pytest.mark.parametrize("level", Level)
def test_a_single_laboratory_s_score_is_that_of_the_run_at_every_level(
    level: Level,
) -> None:
    shown = fleet(12) if level is Level.R0 else at(level, fleet(12))
    alone = run(
        shown.checks,
        [host(h.name, group="one", state=h.state) for h in shown.hosts],
        shown.findings,
    )
    (found,) = lab_matrix(of(alone)).rows
    assert shown.run.score is not None
    assert found.score is not None
    assert shown.run.score.value == found.score.value
    assert round(found.share, 3) == shown.run.coverage.share


@pytest.mark.usefixtures("folder_always")
def test_index_and_page_show_the_laboratory_s_score() -> None:
    made = document(labs(fails("ACC-003", "r2", Severity.CRITICAL)))
    index = Page(made.data.decode()).text
    assert "Laboratoire de Rennes2 hosts" in index
    cells = re.findall(r'<td class="share">([^<]*)</td>', made.data.decode())
    assert ["49", "100%", "100", "100%"] == cells
    page = " ".join(Page(made.pages["lab-rennes.html"].decode()).text.split())
    assert "Score capped by a critical gap49 / 100" in page


@pytest.mark.usefixtures("folder_always")
def test_what_is_open_on_a_laboratory_s_page_stands_worst_first() -> None:
    gaps = [fails(c.id, "b1", c.severity) for c in CHECKS]
    page = Page(document(labs(*gaps)).pages["lab-brest.html"].decode())
    shown = [i for i in page.values("id") if i.startswith("f-b1-")]
    assert ["f-b1-ACC-003", "f-b1-ACC-002", "f-b1-ACC-001"] == shown
    offered = [one["value"] for one in page.all("option") if "ACC" in one["value"]]
    assert ["ACC-003", "ACC-002", "ACC-001"] == offered


def test_a_host_s_sheet_has_what_is_open_worst_first() -> None:
    (sheet, *_) = sheets(of(labs(*(fails(c.id, "r1", c.severity) for c in CHECKS))))
    (open_, *_) = sheet.parts
    assert [("ACC-003",), ("ACC-002",), ("ACC-001",)] == [
        line.checks for line in open_.lines
    ]
