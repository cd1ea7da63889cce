"""What became of the gaps between two runs, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from auditor.history.steps import Stage, Step, Steps, by_files
from auditor.model.changes import Cause
from auditor.model.findings import Reason, Verdict
from auditor.model.run import Bucket, FindingRecord, Run
from auditor.report.judged import judge
from auditor.report.sections.changes import Change, Changes, changes, first_seen
from tests.report.fleet import fleet
from tests.report.runs import STARTED, finding, host, run
from tests.report.small import CHECKS, HOSTS, WAIVED, fails, unread

FAIL = fails("ACC-001@a")
WARN = [finding("ACC-001", "a", Verdict.WARN)]
NA = [finding("ACC-001", "a", Verdict.NA)]
ACCEPTED = [finding("ACC-001", "a", Verdict.FAIL, waived=WAIVED)]
DECLARED = [finding("ACC-001", "a", Verdict.ATTESTED)]


def of(*found: FindingRecord, **changed: Any) -> Run:
    return run(CHECKS, HOSTS, found, **changed)


def between(before: Run, after: Run) -> Changes:
    return changes(judge(before), judge(after), by_files(before, after))


def judged_again(before: Run, rules: Run, after: Run) -> Changes:
    """What is told when the old snapshots gave `rules` under today's rules."""
    stages = (Stage(Step.RULES, rules), Stage(Step.HOSTS, after))
    return changes(judge(before), judge(after), Steps(before, stages))


def causes(before: Run, after: Run) -> list[tuple[Cause, bool]]:
    return [(one.cause, one.gone) for one in between(before, after).changes]


def test_nothing_changed_between_a_run_and_itself() -> None:
    found = between(of(*FAIL), of(*FAIL))
    assert (1, (), 0, 0) == (found.still, found.changes, found.fixed, found.new)


@pytest.mark.parametrize("now", [[], WARN, NA], ids=["pass", "warn", "na"])
def test_a_gap_that_the_host_lost_is_fixed(now: list[FindingRecord]) -> None:
    found = between(of(*FAIL), of(*now))
    assert (1, 0, 0) == (found.fixed, found.new, found.still)


@pytest.mark.parametrize("then", [[], WARN, NA], ids=["pass", "warn", "na"])
def test_a_gap_that_the_host_gained_is_new(then: list[FindingRecord]) -> None:
    found = between(of(*then), of(*FAIL))
    assert (0, 1, 0) == (found.fixed, found.new, found.still)


def test_a_warn_that_comes_or_goes_is_no_gap() -> None:
    assert [] == causes(of(*WARN), of()) + causes(of(), of(*WARN))


@pytest.mark.parametrize(
    "reason", [Reason.LOGIN_REFUSED, Reason.SUDO_REFUSED, Reason.DENIED]
)
def test_lost_rights_fix_nothing(reason: Reason) -> None:
    found = between(of(*FAIL), of(unread("ACC-001", "a", reason)))
    assert (0, {Cause.PRIVILEGE: 1}) == (found.fixed, found.others)


def test_a_gap_that_gained_rights_show_is_not_new() -> None:
    found = between(of(unread("ACC-001", "a", Reason.DENIED)), of(*FAIL))
    assert (0, {Cause.PRIVILEGE: 1}) == (found.new, found.others)


def test_a_host_that_no_longer_answers_fixes_nothing() -> None:
    lost = unread("ACC-001", "a", Reason.UNREACHABLE)
    assert [(Cause.SIGHT, True)] == causes(of(*FAIL), of(lost))


def test_a_pair_without_any_finding_was_not_seen() -> None:
    bare = of()
    silent = Run(
        run=bare.run,
        checks=bare.checks,
        hosts=bare.hosts,
        findings=tuple(f for f in bare.findings if f.check != "ACC-001"),
    )
    assert [(Cause.SIGHT, True)] == causes(of(*FAIL), silent)


def test_an_accepted_gap_is_not_fixed() -> None:
    assert [(Cause.WAIVER, True)] == causes(of(*FAIL), of(*ACCEPTED))


def test_a_gap_whose_waiver_ended_is_not_new() -> None:
    assert [(Cause.WAIVER, False)] == causes(of(*ACCEPTED), of(*FAIL))


def test_a_gap_that_is_accepted_beside_what_is_open_is_not_fixed() -> None:
    beside = finding("ACC-001", "a", Verdict.WARN, "service:proftpd")
    found = causes(of(*FAIL, beside), of(*ACCEPTED, beside))
    assert [(Cause.WAIVER, True)] == found


def test_a_declaration_fixes_nothing() -> None:
    assert [(Cause.ATTESTATION, True)] == causes(of(*FAIL), of(*DECLARED))


def test_a_declaration_that_expired_is_a_matter_of_declarations() -> None:
    expired = unread("ACC-001", "a", Reason.ATTESTATION_EXPIRED)
    assert [(Cause.ATTESTATION, False)] == causes(of(expired), of(*FAIL))


def test_a_host_that_left_fixes_nothing_and_one_that_came_is_not_new() -> None:
    one, other = (run(CHECKS, [host(n)], fails(f"ACC-001@{n}")) for n in "ab")
    assert [(Cause.SCOPE, True), (Cause.SCOPE, False)] == causes(one, other)


def test_a_check_that_was_not_chosen_again_fixes_nothing() -> None:
    fewer = run(CHECKS[1:], HOSTS)
    assert [Change("ACC-001", "a", Bucket.FAIL, None, (Cause.SCOPE,))] == list(
        between(of(*FAIL), fewer).changes
    )


@pytest.mark.parametrize(
    "other",
    [{"rules_sha256": "00" * 32}, {"tool": "0.2.0"}, {"profile_sha256": "00" * 32}],
    ids=["rules", "tool", "profile"],
)
def test_under_other_rules_nothing_is_fixed_or_new(other: dict[str, str]) -> None:
    found = between(of(*FAIL), of(*fails("PHI-007@b"), **other))
    assert (0, 0, {Cause.UNTOLD: 2}) == (found.fixed, found.new, found.others)
    assert (False, False) == (found.comparable, found.told)


def test_what_was_judged_again_tells_the_host_from_the_rules() -> None:
    rules = {"rules_sha256": "00" * 32}
    found = judged_again(
        of(*FAIL), of(*fails("ACC-001@a", "PHI-007@b"), **rules), of(**rules)
    )
    assert (1, 0, {}, True) == (found.fixed, found.new, found.others, found.told)
    found = judged_again(
        of(), of(*fails("PHI-007@b"), **rules), of(*fails("PHI-007@b"), **rules)
    )
    assert (0, 0, {Cause.RULE: 1}) == (found.fixed, found.new, found.others)


def test_of_two_causes_the_gap_is_counted_under_the_one_that_is_not_the_hosts() -> None:
    rules = {"rules_sha256": "00" * 32}
    gone = of(*WARN, **rules)
    stages = (
        Stage(Step.RULES, gone),
        Stage(Step.DATE, of(*FAIL, **rules)),
        Stage(Step.HOSTS, of(**rules)),
    )
    before, after = of(*FAIL), of(**rules)
    found = changes(judge(before), judge(after), Steps(before, stages))
    assert [(Cause.RULE, Cause.DATE, Cause.HOST)] == [o.causes for o in found.changes]
    assert (0, {Cause.RULE: 1}) == (found.fixed, found.others)


def test_lost_rights_are_named_under_other_rules_too() -> None:
    lost = unread("ACC-001", "a", Reason.DENIED)
    after = of(lost, rules_sha256="00" * 32)
    assert [(Cause.PRIVILEGE, True)] == causes(of(*FAIL), after)


def test_scores_compare_under_the_same_rules_and_scope_only() -> None:
    fewer = run(CHECKS, HOSTS[:1])
    assert (True, False) == (
        between(of(), of(*FAIL)).comparable,
        between(of(), fewer).comparable,
    )


def test_gaps_then_and_now_are_what_stayed_and_what_went_or_came() -> None:
    before, after = fleet(12), fleet(28)
    found = between(before, after)
    gone = sum(one.gone for one in found.changes)
    assert (before.run.totals.fail, after.run.totals.fail) == (
        found.still + gone,
        found.still + len(found.changes) - gone,
    )


def test_the_first_observation_is_that_of_the_earliest_run_that_failed() -> None:
    earlier = STARTED - timedelta(days=90)
    before = run(CHECKS, [host("a", started=earlier)], FAIL)
    runs = [judge(of()), judge(before), judge(of(*FAIL))]
    assert earlier == first_seen([("ACC-001", "a")], runs)


def test_what_never_failed_was_never_seen() -> None:
    assert first_seen([("ACC-001", "a")], [judge(of())]) is None
