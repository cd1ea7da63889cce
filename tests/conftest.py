"""What all tests share: the lab, and that nothing is skipped where CI looks."""

from __future__ import annotations

import os
import re
from collections.abc import Generator

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from tests.lab.pytest_lab import lab

__all__ = ["lab"]  # a fixture is found by its name here


#: Tests that need the lab: one lab a test run, whose base roots are built once.
LAB = re.compile(r"tests/lab/|/test_lab_")
#: Its hosts are its own.
YEAR = "/test_lab_year.py"


class LabTogether(LoadScopeScheduling):  # type: ignore[misc]
    """Lets one process have all that needs the lab, and any have each other test.

    By the file's name: marks of groups don't reach xdist 3.8 under pytest 9.2, which
    takes an item's id from elsewhere than where xdist writes the group.
    """

    def _split_scope(self, nodeid: str) -> str:
        if YEAR in nodeid:
            return "year"
        return "lab" if LAB.search(nodeid) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Producer
) -> LoadScopeScheduling:
    """Give xdist its order of work."""
    return LabTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the lab: it takes longest."""
    items.sort(key=lambda item: LAB.search(item.nodeid) is None)


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
