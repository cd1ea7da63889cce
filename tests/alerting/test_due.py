"""What is due: once, while it is open, to whom it was not told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from auditor.alerting.due import Step, due, told, with_ends
from auditor.alerting.record import Item, Memory, What
from auditor.model.changes import Cause, Kind, State
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.host import Alerts
from auditor.model.manifests import Attestation, Manifest, Manifests, Waiver
from auditor.model.snapshot import HostState
from tests.alerting.stories import HOSTS, change, day, failing, lost, out, over
from tests.report.runs import finding, host

POLICY = Alerts()
ME = "my address"


def at(memory: Memory, step: Step, policy: Alerts = POLICY) -> list[Item]:
    """What is due to me after that run."""
    return list(due(memory, step.run, policy, ME, step.run.run.started))


def kinds(items: list[Item]) -> list[tuple[What, str, str]]:
    return [(item.what, item.check, item.host) for item in items]


NEW = [(What.NEW, "ACC-001", "lis-35")]


def test_a_new_failure_is_due() -> None:
    second = day(2, change(Kind.NEW))

    assert NEW == kinds(at(over(day(1), second), second))


def test_what_was_told_is_not_due_again_while_it_is_open() -> None:
    second, third = day(2, change(Kind.NEW)), day(3, findings=failing("vsftpd"))
    memory = over(day(1), second)
    heard = told(memory, memory.open, ME, second.run.run.started)

    assert [] == at(over(third, memory=heard), third)


def test_what_reached_nobody_is_due_after_the_next_run() -> None:
    third = day(3, findings=failing("vsftpd"))

    assert NEW == kinds(at(over(day(1), day(2, change(Kind.NEW)), third), third))


def test_each_address_is_told_by_itself() -> None:
    second = day(2, change(Kind.NEW))
    memory = over(day(1), second)
    heard = told(memory, memory.open, "another", second.run.run.started)

    assert NEW == kinds(at(heard, second))


def test_what_was_fixed_before_anybody_was_told_is_not_due() -> None:
    third = day(3, change(Kind.FIXED))

    assert [] == at(over(day(1), day(2, change(Kind.NEW)), third), third)


@pytest.mark.parametrize("told_first", [True, False])
def test_what_was_fixed_once_has_returned(told_first: bool) -> None:
    first = [day(1), day(2, change(Kind.NEW))] if told_first else [day(1)]
    fourth = day(4, change(Kind.NEW))
    memory = over(*first, day(3, change(Kind.FIXED)), fourth)

    assert [(What.RETURNED, "ACC-001", "lis-35")] == kinds(at(memory, fourth))


def test_what_was_not_read_stays_open_and_is_not_told_again() -> None:
    second = day(2, change(Kind.NEW))
    memory = over(day(1), second)
    heard = told(memory, memory.open, ME, second.run.run.started)
    third = day(3, change(Kind.UNSEEN), findings=[UNREAD])
    memory = over(third, memory=heard)

    assert [] == at(memory, third)
    assert heard.open.keys() == memory.open.keys()


def test_a_failure_of_the_first_run_that_left_and_came_back_is_no_regression() -> None:
    left = day(2, change(Kind.LEFT))
    back = day(3, change(Kind.NEW, before=State.OUT, causes=(Cause.SCOPE,)))

    assert [] == at(over(day(1), left, back), back)


def test_a_waiver_that_ended_makes_it_worse() -> None:
    second = day(2, change(Kind.WORSE, causes=(Cause.WAIVER, Cause.DATE)))

    assert [(What.WORSE, "ACC-001", "lis-35")] == kinds(
        at(over(day(1), second), second)
    )


def test_what_got_worse_is_told_though_it_was_open() -> None:
    second = day(2, change(Kind.NEW, severity=Severity.HIGH))
    memory = over(day(1), second)
    heard = told(memory, memory.open, ME, second.run.run.started)
    third = day(3, change(Kind.WORSE, before=State.OPEN))
    (item,) = at(over(third, memory=heard), third)

    assert (What.WORSE, second.run.run.started) == (item.what, item.since)


def test_an_accepted_risk_is_not_due() -> None:
    second = day(2, change(Kind.NEW, after=State.WAIVED))

    assert [] == at(over(day(1), second), second)


def test_what_attention_is_drawn_to_is_no_failure() -> None:
    second = day(2, change(Kind.NEW, after=State.WARN))

    assert [] == at(over(day(1), second), second)


@pytest.mark.parametrize(
    ("least", "expected"), [(Severity.HIGH, []), (Severity.MEDIUM, [What.NEW])]
)
def test_the_inventory_says_from_which_severity_on(
    least: Severity, expected: list[What]
) -> None:
    second = day(2, change(Kind.NEW, severity=Severity.MEDIUM))
    found = at(over(day(1), second), second, Alerts(from_severity=least))

    assert expected == [item.what for item in found]


def test_a_reminder_comes_when_it_was_asked_for() -> None:
    second = day(2, change(Kind.NEW))
    memory = over(day(1), second)
    heard = told(memory, memory.open, ME, second.run.run.started)
    policy = Alerts(remind=7)

    assert [] == at(heard, day(8), policy)
    assert NEW == kinds(at(heard, day(9), policy))


def test_a_host_is_due_when_it_was_unreachable_twice_in_a_row() -> None:
    away = [out("lis-35"), HOSTS[1]]
    first, second = day(1, hosts=away), day(2, hosts=away)

    assert [] == at(over(first), first)
    assert [(What.UNAUDITED, "", "lis-35")] == kinds(at(over(first, second), second))


def test_a_host_that_answered_in_between_is_counted_anew() -> None:
    away = [out("lis-35"), HOSTS[1]]
    third = day(3, hosts=away)

    assert [] == at(over(day(1, hosts=away), day(2), third), third)


def test_another_host_key_is_due_at_once() -> None:
    first = day(1, hosts=[out("lis-35", HostState.UNTRUSTED)])

    assert [(What.UNAUDITED, "", "lis-35")] == kinds(at(over(first), first))


def test_a_host_that_was_left_out_of_a_run_waits() -> None:
    away = [out("lis-35"), HOSTS[1]]
    third = day(3, hosts=HOSTS[1:])
    memory = over(day(1, hosts=away), day(2, hosts=away), third)

    assert [] == at(memory, third)


def test_an_interruption_says_nothing_of_a_host() -> None:
    first = day(1, hosts=[out("lis-35", HostState.INTERRUPTED)])

    assert {} == over(first, first).open


UNREAD = finding("ACC-001", "lis-35", Verdict.UNKNOWN, "host:", reason=Reason.DENIED)


def test_lost_sight_is_due_once() -> None:
    second = day(2, lost=[lost("ACC-001", "lis-35")], findings=[UNREAD])
    memory = over(day(1), second)
    heard = told(memory, memory.open, ME, second.run.run.started)
    third = day(3, findings=[UNREAD])

    assert [(What.SIGHT, "ACC-001", "lis-35")] == kinds(at(memory, second))
    assert [] == at(over(third, memory=heard), third)


def test_sight_that_came_back_is_forgotten() -> None:
    passed = finding("ACC-001", "lis-35", Verdict.PASS)
    second = day(2, lost=[lost("ACC-001", "lis-35")], findings=[UNREAD])

    assert {} == over(day(1), second, day(3, findings=[passed])).open


def test_checks_of_an_unreachable_host_are_not_told_one_by_one() -> None:
    unread = [lost("ACC-001", "lis-35", Reason.UNREACHABLE)]
    away = day(2, lost=unread, findings=[UNREAD], hosts=[out("lis-35")])
    back = day(3, findings=[UNREAD])
    memory = over(day(1), away)

    assert [] == at(memory, away)
    assert [What.SIGHT] == [i.what for i in at(over(back, memory=memory), back)]


def test_a_missing_host_is_due_until_it_is_back() -> None:
    second = day(2, missing=["lis-36"], hosts=HOSTS[:1])
    memory = over(day(1), second)

    assert [(What.MISSING, "", "lis-36")] == kinds(at(memory, second))
    assert {} == over(day(3), memory=memory).open


WAIVER = Waiver(
    check="ACC-001",
    hosts=("lis-*",),
    subjects=("*",),
    reason="old",
    owner="G",
    accepted_by="F",
    accepted_on=date(2026, 1, 1),
    until=date(2026, 12, 20),
)
SAID = Attestation(
    subject="alert-path-test",
    scope=("lis-35",),
    statement="tried",
    signed_by="F",
    signed_on=date(2026, 1, 1),
    valid_until=date(2026, 12, 20),
)


def ending(step: Step, *entries: Waiver | Attestation) -> list[tuple[What, str]]:
    """What is due of these manifests after the run."""
    waivers = Manifest("w", tuple(e for e in entries if isinstance(e, Waiver)))
    said = Manifest("a", tuple(e for e in entries if isinstance(e, Attestation)))
    manifests = Manifests(waivers=waivers, attestations=said)
    memory = with_ends(over(step), manifests, step.run, POLICY)
    return [(item.what, str(item.until)) for item in at(memory, step)]


def test_ends_are_due_within_thirty_days_and_past_the_last_day() -> None:
    """The runs are of 26 November on: day 1 has 24 days to the end, day 25 none."""
    near, past = (What.ENDING, "2026-12-20"), (What.ENDED, "2026-12-20")

    assert [near, near] == ending(day(1), WAIVER, SAID)
    assert [near] == ending(day(25), WAIVER)
    assert [past] == ending(day(26), WAIVER)
    assert [past] == ending(day(26), SAID)


def test_an_end_far_away_is_not_due() -> None:
    assert [] == ending(day(1), replace(WAIVER, until=date(2026, 12, 27)))


def test_what_was_renewed_does_not_end() -> None:
    renewed = replace(WAIVER, accepted_on=date(2026, 11, 1), until=date(2027, 6, 1))
    again = replace(SAID, signed_on=date(2026, 11, 1), valid_until=date(2027, 6, 1))

    assert [] == ending(day(1), WAIVER, renewed, SAID, again)


def test_what_covers_no_host_of_the_run_is_not_due() -> None:
    assert [] == ending(day(1), replace(WAIVER, hosts=("other",)))


def test_an_end_is_told_once() -> None:
    manifests = Manifests(waivers=Manifest("w", (WAIVER,)))
    first, second = day(1), day(2)
    memory = with_ends(over(first), manifests, first.run, POLICY)
    heard = told(memory, memory.open, ME, first.run.run.started)
    later = with_ends(over(second, memory=heard), manifests, second.run, POLICY)

    assert [] == at(later, second, Alerts(remind=1))


def test_a_failure_out_of_scope_waits() -> None:
    limited = day(3, hosts=[host("lis-36")])

    assert [] == at(over(day(1), day(2, change(Kind.NEW)), limited), limited)


def test_ages_count_from_the_run_in_which_it_came_up() -> None:
    second, third = day(2, change(Kind.NEW)), day(3, findings=failing("vsftpd"))
    (item,) = at(over(day(1), second, third), third)

    assert timedelta(days=1) == third.run.run.started - item.since


def test_what_a_run_shows_to_be_over_is_over_whatever_changes_say() -> None:
    """A run of less told it; the next is compared with one before that."""
    second = day(2, change(Kind.NEW), hosts=HOSTS[:1])
    memory = over(day(1), second, day(3))
    again = day(4, change(Kind.NEW))

    assert {} == memory.open
    assert [What.RETURNED] == [i.what for i in at(over(again, memory=memory), again)]


def test_another_subject_of_the_same_check_keeps_nothing_open() -> None:
    third = day(3, findings=failing("proftpd"))

    assert {} == over(day(1), day(2, change(Kind.NEW)), third).open


def test_what_is_not_listed_any_more_is_not_over() -> None:
    more = replace(failing("proftpd")[0], more=12)

    assert 1 == len(
        over(day(1), day(2, change(Kind.NEW)), day(3, findings=[more])).open
    )
