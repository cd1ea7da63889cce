"""What was not read is never a PASS, and accuses nobody."""

# ruff: noqa: ARG001 - what a check asks for, its findings rest on

from __future__ import annotations

from collections.abc import Iterator

from auditor.evaluate.engine import evaluate_host
from auditor.model.findings import (
    ATTESTED,
    FAIL,
    NA,
    PASS,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
    Verdict,
)
from auditor.model.snapshot import Snapshot
from tests.evaluate.facts import Alarm, Door, check_of, inputs, snapshot

OPEN = "ok|file|/etc/doors|0\n 3|front=open\n"
SHUT = "ok|file|/etc/doors|0\n 3|front=shut\n"
DENIED = "denied|file|/etc/doors|-\n"
ALARM = "ok|file|/etc/alarm|0\n 1|on\n"
NO_ALARM = "denied|file|/etc/alarm|-\n"
FRONT = Subject("door", "front")


def door_open(door: Door, alarm: Alarm) -> Iterator[Finding]:
    front = door.doors.get("front")
    if front is not None and front.value == "open":
        yield FAIL(FRONT, "open", Evidence(front))
    else:
        yield PASS(FRONT, "shut")


def door_open_alone(door: Door, alarm: Alarm) -> Iterator[Finding]:
    for finding in door_open(door, alarm):
        if finding.verdict is Verdict.PASS:
            yield PASS(FRONT, "shut", without=[Alarm])
        else:
            yield finding


def door_open_without_alarm(door: Door, alarm: Alarm) -> Iterator[Finding]:
    yield FAIL(FRONT, "open", Evidence(door.doors["front"]), also=alarm.sources)


def no_door(door: Door) -> Iterator[Finding]:
    yield NA(FRONT, "none", Evidence(door.doors["front"]))


def vouched_for(door: Door, alarm: Alarm) -> Iterator[Finding]:
    yield ATTESTED(FRONT, "attested", rests_on=alarm.sources)


def na_without_proof(door: Door) -> Iterator[Finding]:
    yield NA(FRONT, "none")


def silent(door: Door) -> Iterator[Finding]:
    yield from ()


def twice(door: Door) -> Iterator[Finding]:
    yield PASS(FRONT, "shut")
    yield PASS(FRONT, "shut")


def broken(door: Door) -> Iterator[Finding]:
    yield PASS(FRONT, door.doors["garden"].value)


def said(function: object, taken: Snapshot) -> list[tuple[str, str, str, bool]]:
    rows = evaluate_host([check_of(function)], inputs(taken))  # type: ignore[arg-type]
    return [
        (
            str(judged.finding.subject),
            judged.finding.verdict.value,
            judged.finding.reason or "",
            judged.partial,
        )
        for _, _, judged in rows
    ]


def test_a_line_proves_a_fail() -> None:
    taken = snapshot(Door=OPEN, Alarm=ALARM)
    assert said(door_open, taken) == [("door:front", "FAIL", "", False)]


def test_a_pass_rests_on_every_fact_that_was_asked_for() -> None:
    taken = snapshot(Door=SHUT, Alarm=NO_ALARM)
    assert said(door_open, taken) == [("door:front", "UNKNOWN", "denied", False)]


def test_a_fact_left_out_by_name_does_not_count() -> None:
    taken = snapshot(Door=SHUT, Alarm=NO_ALARM)
    assert said(door_open_alone, taken) == [("door:front", "PASS", "", False)]


def test_a_fail_beside_an_unread_source_is_partial_and_leaves_the_check_open() -> None:
    taken = snapshot(Door=OPEN, Alarm=NO_ALARM)
    assert said(door_open, taken) == [
        ("door:front", "FAIL", "", True),
        (str(WHOLE_HOST), "UNKNOWN", "denied", False),
    ]


def test_a_fail_that_needs_an_absence_falls_with_its_source() -> None:
    taken = snapshot(Door=OPEN, Alarm=NO_ALARM)
    expected = [("door:front", "UNKNOWN", "denied", False)]
    assert said(door_open_without_alarm, taken) == expected


def test_an_unread_fact_is_called_with_a_value_that_proves_nothing() -> None:
    taken = snapshot(Door="", Alarm=ALARM)
    assert said(door_open, taken) == [("door:front", "UNKNOWN", "missing", False)]


def test_a_check_of_which_no_fact_was_read_is_not_called() -> None:
    taken = snapshot(Door="")
    assert said(broken, taken) == [(str(WHOLE_HOST), "UNKNOWN", "missing", False)]


def test_a_fact_never_asked_for_is_told_from_one_that_did_not_come() -> None:
    taken = snapshot()
    expected = [(str(WHOLE_HOST), "UNKNOWN", "not_collected_for", False)]
    assert said(silent, taken) == expected


def test_na_with_its_proof_stands() -> None:
    assert said(no_door, snapshot(Door=OPEN)) == [("door:front", "NA", "", False)]


def test_na_without_proof_silence_doubles_and_exceptions_are_check_errors() -> None:
    taken = snapshot(Door=OPEN)
    error = (str(WHOLE_HOST), "UNKNOWN", Reason.CHECK_ERROR.value, False)
    assert said(na_without_proof, taken) == [error]
    assert said(silent, taken) == [error]
    assert said(broken, taken) == [error]
    assert said(twice, taken) == [("door:front", "PASS", "", False), error]


def test_a_denied_source_is_unknown_not_absent() -> None:
    taken = snapshot(Door=DENIED, Alarm=ALARM)
    assert said(door_open, taken) == [("door:front", "UNKNOWN", "denied", False)]


def test_an_attestation_counts_only_where_what_it_rests_on_was_read() -> None:
    read, unread = (snapshot(Door=SHUT, Alarm=alarm) for alarm in (ALARM, NO_ALARM))
    assert said(vouched_for, read) == [("door:front", "ATTESTED", "", False)]
    assert said(vouched_for, unread) == [("door:front", "UNKNOWN", "denied", False)]
