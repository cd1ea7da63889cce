"""Privilege on real hosts: one that asks for a password, one that refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.lab.pytest_lab import Lab

pytestmark = pytest.mark.lab

REFUSED = ["refused", "sudo_refused", "", 0]
FALLEN_BACK = ["partial", "sudo_refused", "user", 2]


@pytest.fixture(scope="module")
def visits(lab: Lab) -> dict[str, list[object]]:
    """How each visit ended: state, reason, privilege, number of facts."""
    python = ["env", f"PYTHONPATH={Path.cwd()}", sys.executable]
    done = lab.exec([*python, "-m", "tests.collect.lab_visits", str(lab.inventory)])
    assert done.stderr == ""
    found: dict[str, list[object]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("asks", ["audited", None, "root", 2]),
        ("asks, never", ["audited", None, "user", 2]),
        ("asks, no password", FALLEN_BACK),
        ("asks, doas", FALLEN_BACK),
        ("asks, wrong, preferred", REFUSED),
        ("asks, wrong, required", REFUSED),
        ("refuses, preferred", FALLEN_BACK),
        ("refuses, required", REFUSED),
    ],
)
def test_privilege(
    visits: dict[str, list[object]], name: str, expected: list[object]
) -> None:
    assert visits[name] == expected
