"""Checks that correlate over all hosts of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from auditor.evaluate.engine import FleetView
from auditor.model.check import Fleet
from auditor.model.findings import FAIL, Evidence, Finding, Subject
from auditor.model.snapshot import Snapshot
from tests.evaluate.facts import Door, check_of, inputs, snapshot


def same_door(doors: Fleet[Door]) -> Iterator[Finding]:
    """The same state of the front door on several hosts."""
    states = defaultdict(list)
    for host, door in doors.read.items():
        if "front" in door.doors:
            states[door.doors["front"].value].append(host)
    for state, hosts in states.items():
        for host in hosts if len(hosts) > 1 else ():
            read = doors.read[host].doors["front"]
            yield FAIL(
                Subject("door", "front"), "same", Evidence(read), on=host, group=state
            )


def door(state: str) -> str:
    return f"ok|file|/etc/doors|0\n 1|front={state}\n"


def said(*snapshots: Snapshot) -> list[tuple[str, str, str]]:
    view = FleetView([check_of(same_door)])
    for taken in snapshots:
        view.add(inputs(taken))
    return [
        (host, judged.finding.verdict.value, judged.finding.reason or "")
        for _, host, judged in view.evaluate()
    ]


def test_members_of_a_group_fail_and_the_others_pass() -> None:
    assert said(
        snapshot("a", Door=door("red")),
        snapshot("b", Door=door("red")),
        snapshot("c", Door=door("blue")),
    ) == [("a", "FAIL", ""), ("b", "FAIL", ""), ("c", "PASS", "")]


def test_a_host_that_did_not_give_the_fact_is_unknown() -> None:
    assert said(
        snapshot("a", Door=door("red")),
        snapshot("b", Door=door("red")),
        snapshot("c", Door=""),
    ) == [("a", "FAIL", ""), ("b", "FAIL", ""), ("c", "UNKNOWN", "missing")]


def test_an_absent_fact_was_given() -> None:
    assert said(
        snapshot("a", Door=door("red")),
        snapshot("b", Door="absent|file|/etc/doors|-\n"),
    ) == [("a", "PASS", ""), ("b", "PASS", "")]


def test_one_host_has_nothing_to_compare_with() -> None:
    assert said(snapshot("a", Door=door("red"))) == [("a", "NA", "")]


def test_one_answer_among_several_hosts_proves_nothing() -> None:
    assert said(snapshot("a", Door=door("red")), snapshot("b", Door="")) == [
        ("a", "UNKNOWN", "missing"),
        ("b", "UNKNOWN", "missing"),
    ]
