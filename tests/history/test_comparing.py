"""What changed between two runs, by kind; causes apart."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from auditor.history.comparing import not_comparable, without
from auditor.history.states import lay_out
from auditor.model.changes import (
    Change,
    Changes,
    Kind,
    State,
    decode_changes,
    encode_changes,
)
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import FindingRecord, Level, Run
from tests.history.runs import (
    ACCEPTED,
    ATTESTED,
    CHECKS,
    CUT,
    DENIED,
    EXPIRED,
    FAIL,
    NA,
    WARN,
    between,
    of,
)
from tests.report.fleet import fleet
from tests.report.runs import finding, host, run
from tests.report.small import HOSTS, WAIVED, unread


def kinds(before: Run, after: Run) -> list[Kind]:
    return [change.kind for change in between(before, after).changes]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (NA, FAIL, Kind.NEW),
        (NA, WARN, Kind.NEW),
        (NA, ACCEPTED, Kind.NEW),
        (ATTESTED, FAIL, Kind.NEW),
        (CUT, FAIL, Kind.NEW),
        (FAIL, NA, Kind.FIXED),
        (WARN, NA, Kind.FIXED),
        (ACCEPTED, NA, Kind.FIXED),
        (WARN, FAIL, Kind.WORSE),
        (ACCEPTED, FAIL, Kind.WORSE),
        (ATTESTED, EXPIRED, Kind.WORSE),
        (FAIL, WARN, Kind.BETTER),
        (FAIL, ACCEPTED, Kind.BETTER),
        (FAIL, ATTESTED, Kind.BETTER),
        (EXPIRED, ATTESTED, Kind.BETTER),
        (FAIL, CUT, Kind.UNSEEN),
        (WARN, CUT, Kind.UNSEEN),
        (ACCEPTED, CUT, Kind.UNSEEN),
    ],
)
def test_each_change_is_of_one_kind(
    before: FindingRecord, after: FindingRecord, kind: Kind
) -> None:
    assert [kind] == kinds(of(before), of(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [(FAIL, FAIL), (NA, CUT), (CUT, NA), (CUT, DENIED), (NA, ATTESTED)],
)
def test_what_is_no_finding_either_way_is_no_change(
    before: FindingRecord, after: FindingRecord
) -> None:
    assert [] == kinds(of(before), of(after))


def test_a_graver_severity_is_worse() -> None:
    light = structs.replace(FAIL, severity=Severity.LOW)
    (change,) = between(of(light), of(FAIL)).changes
    assert (Kind.WORSE, Severity.CRITICAL) == (change.kind, change.severity)


def test_a_subject_that_is_no_longer_there_is_fixed() -> None:
    other = finding("ACC-001", "a", Verdict.FAIL, "service:proftpd")
    assert [Kind.FIXED] == kinds(of(FAIL, other), of(FAIL))


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.PASS])
def test_an_unknown_of_the_check_keeps_every_earlier_finding_open(
    verdict: Verdict,
) -> None:
    now = finding("ACC-001", "a", verdict, "service:proftpd")
    changes = between(of(FAIL), of(now, CUT)).changes
    assert (Kind.UNSEEN, State.OPEN, State.UNREAD) in [
        (one.kind, one.before, one.after) for one in changes
    ]


def test_a_declaration_that_is_missing_for_another_subject_hides_nothing() -> None:
    missing = finding(
        "ACC-001",
        "a",
        Verdict.UNKNOWN,
        "account:pat",
        reason=Reason.ATTESTATION_MISSING,
    )
    assert [Kind.FIXED] == kinds(of(FAIL, missing), of(missing))


def test_more_findings_than_are_listed_hide_what_became_of_the_rest() -> None:
    many = finding("ACC-001", "a", Verdict.FAIL, "service:proftpd", more=7)
    assert [Kind.NEW, Kind.UNSEEN] == kinds(of(FAIL), of(many))


def test_a_check_that_says_nothing_of_a_host_has_not_seen_it() -> None:
    bare = of()
    silent = structs.replace(
        bare, findings=tuple(f for f in bare.findings if f.check != "ACC-001")
    )
    assert [Kind.UNSEEN] == kinds(of(FAIL), silent)


def test_a_pair_that_is_not_evaluated_any_more_is_lost_and_that_is_worse() -> None:
    found = between(of(), of(DENIED))
    assert [("ACC-001", "a", Reason.DENIED)] == [
        (lost.check, lost.host, lost.reason) for lost in found.lost
    ]
    assert (True, ()) == (found.worse, found.changes)


def test_a_host_that_is_missing_is_worse_and_fixes_nothing() -> None:
    found = between(of(FAIL), run(CHECKS, HOSTS[1:]))
    assert (("a",), True, [Kind.LEFT]) == (
        found.missing,
        found.worse,
        [change.kind for change in found.changes],
    )


def test_what_comes_up_accepted_is_no_regression() -> None:
    assert not between(of(), of(ACCEPTED)).worse


def test_what_was_not_read_in_between_is_open_until_it_is_read() -> None:
    first = between(of(FAIL), of(CUT))
    second = between(of(CUT), of(DENIED), first.carried)
    assert ((), first.carried) == (second.changes, second.carried)


def test_what_is_read_as_open_again_is_not_new() -> None:
    left = between(of(FAIL), of(CUT)).carried
    found = between(of(CUT), of(FAIL), left)
    assert ((), ()) == (found.changes, found.carried)


def test_what_is_read_as_gone_again_is_fixed() -> None:
    left = between(of(FAIL), of(CUT)).carried
    found = between(of(CUT), of(), left)
    assert [(Kind.FIXED, State.OPEN, State.GONE)] == [
        (one.kind, one.before, one.after) for one in found.changes
    ]


def test_what_was_left_out_on_purpose_is_not_missing() -> None:
    other = finding("ENC-001", "b", Verdict.FAIL)
    found = between(of(FAIL, other), run(CHECKS, [host("z")]))
    assert (("a", "b"), ("b",)) == (
        found.missing,
        without(found, {"a"}, ()).missing,
    )
    assert ["ACC-001"] == [one.check for one in without(found, (), {"ENC-001"}).changes]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (of(client="Autre client"), "not of the same client"),
        (of(level=Level.R2), "handed over at R0 and at R2"),
        (run(CHECKS, [host("z")]), "no host in common"),
        (run([], HOSTS), "no check in common"),
        (of(FAIL), ""),
    ],
)
def test_runs_that_share_nothing_are_not_compared(other: Run, why: str) -> None:
    assert why == not_comparable(of(), other)


def test_changes_are_read_back_as_they_were_written() -> None:
    found = between(of(FAIL, finding("ENC-001", "b", Verdict.WARN)), of(CUT))
    assert found == decode_changes(encode_changes(found), "changes.json")


VERDICTS = st.sampled_from([v for v in Verdict if v is not Verdict.UNKNOWN])


@st.composite
def audits(draw: st.DrawFn) -> Run:
    """A run with any verdict on any of a few subjects, some waived, some unread."""
    found = []
    for check in ("ACC-001", "ENC-001"):
        for name in ("a", "b"):
            for subject in draw(st.sets(st.sampled_from(["x:1", "x:2", "x:3"]))):
                verdict = draw(VERDICTS)
                waived = WAIVED if draw(st.booleans()) else None
                found.append(finding(check, name, verdict, subject, waived=waived))
            if draw(st.booleans()):
                found.append(unread(check, name, draw(st.sampled_from(Reason))))
    return of(*found)


@given(audits())
def test_from_a_run_to_itself_nothing_changes(audit: Run) -> None:
    found = between(audit, audit)
    assert ((), (), (), False) == (
        found.changes,
        found.lost,
        found.missing,
        found.worse,
    )


def open_in(audit: Run) -> int:
    states = lay_out(audit).found.values()
    return sum(one.state in (State.OPEN, State.WARN, State.WAIVED) for one in states)


def counted(found: Changes) -> Counter[Kind]:
    def was_or_is_found(one: Change) -> bool:
        ends = {one.before, one.after}
        return bool(ends & {State.OPEN, State.WARN, State.WAIVED})

    return Counter(one.kind for one in found.changes if was_or_is_found(one))


def gone_of(found: Changes) -> int:
    kinds = counted(found)
    attested = sum(one.after is State.ATTESTED for one in found.changes)
    expired = sum(
        one.after is State.ATTESTED and one.before is State.UNREAD
        for one in found.changes
    )
    ended = kinds[Kind.FIXED] + kinds[Kind.UNSEEN] + kinds[Kind.LEFT]
    return ended + attested - expired


@given(audits(), audits())
def test_findings_then_and_now_are_what_stayed_and_what_went_or_came(
    before: Run, after: Run
) -> None:
    found = between(before, after)
    new = counted(found)[Kind.NEW]
    assert open_in(before) - gone_of(found) == open_in(after) - new


def test_a_whole_fleet_adds_up() -> None:
    before, after = fleet(12), fleet(28)
    found = between(before, after)
    new = counted(found)[Kind.NEW]
    assert open_in(before) - gone_of(found) == open_in(after) - new
