"""How long findings are open: what one more run makes of the episodes before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec import structs

from auditor.history.episodes import Episode, Known, Placed, follow
from auditor.history.states import lay_out
from auditor.model.changes import Cause, Change, Changes, Kind, State
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import FindingRecord, Run, SubjectRecord
from tests.report.runs import STARTED, check, finding, host, run
from tests.report.small import WAIVED

CHECKS = [check("ACC-001"), check("LOG-003")]
HOSTS = [host("a"), host("b")]
OPEN = finding("ACC-001", "a", Verdict.FAIL)
UNREAD = finding("ACC-001", "a", Verdict.UNKNOWN, "host:", reason=Reason.DENIED)
ACCEPTED = structs.replace(OPEN, waived=WAIVED)


def day(number: int) -> Any:
    return STARTED + timedelta(days=number)


def audit(number: int, *found: FindingRecord, **changed: Any) -> Placed:
    """The run of that day; what has no finding passes."""
    made = run(CHECKS, HOSTS, found, started=day(number), **changed)
    return placed(number, made)


def placed(number: int, made: Run, changes: Changes | None = None) -> Placed:
    return Placed(number, f"run-{number}", lay_out(made), changes)


def followed(*runs: Placed) -> tuple[list[Episode], list[Episode]]:
    """What is open after these runs, and what was closed by them."""
    known = Known()
    closed: list[Episode] = []
    for one in runs:
        after = follow(known, one)
        known = after.known
        closed += after.closed
    return list(known.open.values()), closed


def only(found: Iterable[Episode]) -> Episode:
    (one,) = found
    return one


def fixed(*causes: Cause) -> Changes:
    """That the finding went, for these causes."""
    gone = Change(
        check="ACC-001",
        host="a",
        subject=SubjectRecord(kind="service", name="vsftpd"),
        kind=Kind.FIXED,
        before=State.OPEN,
        after=State.GONE,
        severity=Severity.CRITICAL,
        causes=causes,
    )
    return Changes(since="run-1", since_started=day(1), run="run-2", changes=(gone,))


def test_a_finding_is_as_old_as_the_first_run_that_had_it() -> None:
    open_, closed = followed(audit(1), audit(2, OPEN), audit(3, OPEN))
    one = only(open_)
    assert ("run-2", day(2), "run-3", day(3)) == (
        one.first_run,
        one.first_seen,
        one.last_run,
        one.last_seen,
    )
    assert closed == []


def test_it_closes_in_the_run_that_no_longer_has_it_with_that_runs_cause() -> None:
    gone = structs.replace(audit(2), changes=fixed(Cause.HOST))
    open_, closed = followed(audit(1, OPEN), gone)
    one = only(closed)
    assert open_ == []
    assert (2, "run-2", day(2)) == (one.closed_number, one.closed_run, one.closed_at)
    assert (Cause.HOST,) == one.closed_by


def test_without_stored_changes_nothing_tells_why_it_closed() -> None:
    _, closed = followed(audit(1, OPEN), audit(2))
    assert () == only(closed).closed_by


def test_what_was_not_read_stays_open_and_was_last_seen_before() -> None:
    open_, closed = followed(audit(1, OPEN), audit(2, UNREAD))
    assert (1, day(1)) == (only(open_).last_number, only(open_).last_seen)
    assert closed == []


def test_a_check_that_said_nothing_keeps_it_open() -> None:
    silent = audit(2)
    kept = tuple(
        f for f in silent.run.findings if (f.check, f.host) != ("ACC-001", "a")
    )
    silent = placed(2, structs.replace(silent.run, findings=kept))
    open_, _ = followed(audit(1, OPEN), silent)
    assert 1 == only(open_).first_number


def test_other_findings_beyond_those_listed_keep_it_open() -> None:
    rest = finding("ACC-001", "a", Verdict.FAIL, "service:others", more=12)
    open_, _ = followed(audit(1, OPEN), audit(2, rest))
    assert {"vsftpd", "others"} == {one.subject for one in open_}


def test_a_host_or_check_out_of_scope_leaves_it_untouched() -> None:
    def narrow(checks: list[Any], hosts: list[Any]) -> Placed:
        return placed(2, run(checks, hosts, started=day(2)))

    before = only(followed(audit(1, OPEN))[0])
    for other in (narrow(CHECKS, HOSTS[1:]), narrow(CHECKS[1:], HOSTS)):
        open_, closed = followed(audit(1, OPEN), other)
        assert ([before], []) == (open_, closed)


def test_a_waiver_marks_it_and_mends_nothing() -> None:
    runs = [audit(1, OPEN), audit(2, ACCEPTED), audit(3, ACCEPTED)]
    one = only(followed(*runs)[0])
    assert (day(1), day(2), day(3)) == (one.first_seen, one.waived_since, one.last_seen)


def test_a_waiver_that_ended_leaves_no_mark() -> None:
    one = only(followed(audit(1, ACCEPTED), audit(2, OPEN))[0])
    assert (day(1), None) == (one.first_seen, one.waived_since)


def test_what_comes_back_is_a_new_episode_that_says_so() -> None:
    open_, closed = followed(audit(1, OPEN), audit(2), audit(3, OPEN))
    assert (day(3), True) == (only(open_).first_seen, only(open_).returned)
    assert not only(closed).returned


def test_it_is_as_grave_as_when_it_was_last_seen() -> None:
    lighter = structs.replace(OPEN, verdict=Verdict.WARN, severity=Severity.LOW)
    one = only(followed(audit(1, OPEN), audit(2, lighter))[0])
    assert (Verdict.WARN, Severity.LOW, 1) == (
        one.verdict,
        one.severity,
        one.first_number,
    )


def test_its_last_change_and_the_causes_of_that_are_kept() -> None:
    change = structs.replace(
        fixed().changes[0], kind=Kind.UNSEEN, causes=(Cause.SIGHT,)
    )
    unseen = structs.replace(fixed(), changes=(change,))
    runs = [audit(1, OPEN), structs.replace(audit(2, UNREAD), changes=unseen)]
    one = only(followed(*runs, audit(3, OPEN))[0])
    assert (2, day(2), Kind.UNSEEN, (Cause.SIGHT,)) == (
        one.changed_number,
        one.changed_at,
        one.changed_kind,
        one.changed_by,
    )


def test_the_order_is_the_chains_and_not_the_clocks() -> None:
    """The second run's clock is a year behind."""
    late = placed(2, run(CHECKS, HOSTS, [OPEN], started=day(-365)))
    open_, closed = followed(audit(1, OPEN), late, audit(3))
    one = only(closed)
    assert open_ == []
    assert (1, 2, 3) == (one.first_number, one.last_number, one.closed_number)


def test_subjects_are_apart() -> None:
    other = finding("ACC-001", "a", Verdict.FAIL, "service:proftpd")
    open_, closed = followed(audit(1, OPEN, other), audit(2, other))
    assert ("proftpd", "vsftpd") == (only(open_).subject, only(closed).subject)


def test_a_run_without_findings_opens_nothing() -> None:
    empty: Run = run(CHECKS, HOSTS)
    assert ([], []) == followed(placed(1, empty))
