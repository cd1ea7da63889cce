"""Two findings of one subject are an error of the check, and never hide one."""

# ruff: noqa: ARG001 - what a check asks for, its findings rest on

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from auditor.evaluate.engine import evaluate_host
from auditor.model.findings import PASS, WARN, WHOLE_HOST, Finding, Reason, Subject
from tests.evaluate.facts import Door, check_of, inputs, snapshot

FRONT = Subject("door", "front")


def whole_host_twice(door: Door) -> Iterator[Finding]:
    yield PASS(WHOLE_HOST, "shut")
    yield WARN(WHOLE_HOST, "open")


def subject_twice_beside_the_host(door: Door) -> Iterator[Finding]:
    yield PASS(WHOLE_HOST, "shut")
    yield PASS(FRONT, "shut")
    yield WARN(FRONT, "open")


@pytest.mark.parametrize("check", [whole_host_twice, subject_twice_beside_the_host])
def test_a_finding_of_the_whole_host_does_not_hide_the_error(
    check: Callable[[Door], Iterator[Finding]],
) -> None:
    taken = inputs(snapshot(Door="ok|file|/etc/doors|0\n 3|front=open\n"))
    (row,) = evaluate_host([check_of(check)], taken)
    _, _, judged = row
    assert judged.finding.subject == WHOLE_HOST
    assert judged.finding.reason is Reason.CHECK_ERROR
