"""What all tests share: the lab, and that nothing is skipped where CI looks."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.lab.pytest_lab import lab

__all__ = ["lab"]  # a fixture is found by its name here


LAB = Path(__file__).parent / "lab"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process have all that needs the lab, and begin with it: it takes longest.

    There is one lab a test run, and its base roots are built once. The year has hosts
    of its own.
    """
    for item in items:
        if "lab" in getattr(item, "fixturenames", ()) or item.path.is_relative_to(LAB):
            item.add_marker(pytest.mark.xdist_group("lab"))
        elif "year" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("year"))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Make a skip an error in CI, which has root, the lab and every tool."""
    report = yield
    in_ci = os.environ.get("CI") == "true"
    if in_ci and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        report.outcome = "failed"
        report.longrepr = f"{reason} (in CI a skip is an error)"
    return report
