"""The benchmark of the report: its parts, not its numbers."""

from __future__ import annotations

import sys
from xml.etree import ElementTree as ET

import pytest

from scripts.bench.peer import XCCDF, NoPeerError, results, run
from scripts.bench.report import Figure
from tests.report.fleet import fleet


@pytest.mark.parametrize(
    ("value", "verdict"), [(5.99, "ok"), (6.0, "ok"), (6.01, "OVER")]
)
def test_a_figure_is_judged_by_its_goal(value: float, verdict: str) -> None:
    assert Figure("a host", value, "kB", 6).row().endswith(f" 6.00  {verdict}")


def test_a_figure_without_a_goal_has_no_verdict() -> None:
    assert Figure("a host", 1.5, "kB").row().split() == ["a", "host", "1.50", "kB"]


def test_a_peer_gets_as_many_results_as_a_host_of_ours_has() -> None:
    found = ET.fromstring(results(fleet(28, 120)))
    said = [one.text for one in found.iterfind(f".//{{{XCCDF}}}result")]
    assert len(said) == 120
    assert {"fail", "pass", "notapplicable"} <= set(said)


def test_a_peer_that_cannot_be_had_says_why() -> None:
    argv = [sys.executable, "-c", "import sys; sys.exit('nothing there')"]
    with pytest.raises(NoPeerError, match="ended with 1: nothing there"):
        run(argv)
