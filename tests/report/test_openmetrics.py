"""OpenMetrics: read by both parsers that monitoring has, and the figures add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as strict,
)
from prometheus_client.parser import text_string_to_metric_families as textfile

from auditor.model.findings import Severity
from auditor.model.run import Run
from auditor.model.snapshot import HostState
from auditor.report.as_openmetrics import write
from auditor.report.formats import Material
from tests.report.runs import check, finding, host, run
from tests.report.seven import seven
from tests.report.small import fails
from tests.report.test_hostile import HOSTILE

SEVEN = seven()
Parser = Callable[[str], Iterable[Any]]
PARSERS = pytest.mark.parametrize("parser", [strict, textfile])


def written(of: Run) -> str:
    return write(Material(of, {}, {}, "en")).decode("utf-8")


def read(of: Run, parser: Parser = strict) -> dict[tuple[str, ...], float]:
    """(Name, the values of its labels in the order of their names) -> figure."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in parser(written(of))
        for sample in family.samples
    }


@PARSERS
def test_the_buckets_add_up_to_checks_x_hosts(parser: Parser) -> None:
    figures = read(SEVEN, parser)
    of_run = [n for (name, *_), n in figures.items() if name == "auditor_pairs"]
    by_host = [n for (name, *_), n in figures.items() if name == "auditor_host_pairs"]
    selected = SEVEN.run.selected
    assert sum(of_run) == sum(by_host) == selected.checks * selected.hosts


def test_gaps_are_counted_by_their_gravest_finding() -> None:
    medium = finding("ACC-001", "a", fails("ACC-001@a")[0].verdict)
    graver = fails("ACC-001@a")[0]
    figures = read(run([check("ACC-001")], [host("a")], [medium, graver]))
    assert figures["auditor_gaps", Severity.CRITICAL] == 1
    assert sum(n for (name, *_), n in figures.items() if name == "auditor_gaps") == 1


def test_a_host_that_was_not_reached_is_not_audited() -> None:
    gone = host("b", state=HostState.UNREACHABLE, group="site-35")
    figures = read(run([check("ACC-001")], [host("a"), gone]))
    assert figures["auditor_host_audited", "", "a"] == 1
    assert figures["auditor_host_audited", "site-35", "b"] == 0


def test_when_the_audit_began_is_in_seconds() -> None:
    figures = read(SEVEN)
    began = SEVEN.run.started.timestamp()
    assert figures["auditor_run_started_timestamp_seconds",] == began


@PARSERS
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_stay_one_value(parser: Parser, text: str) -> None:
    figures = read(run([check("ACC-001")], [host("a")], client=text), parser)
    (about,) = (labels for labels in figures if labels[0] == "auditor_run")
    assert text in about
