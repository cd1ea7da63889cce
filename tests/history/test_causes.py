"""Why something changed: each cause by its own small pair of runs."""

from __future__ import annotations

import pytest
from msgspec import structs

from auditor.history.steps import Step
from auditor.model.changes import Cause, Kind
from auditor.model.findings import Reason, Verdict
from auditor.model.run import FindingRecord, Run
from tests.history.runs import (
    ACCEPTED,
    ATTESTED,
    CHECKS,
    CUT,
    DENIED,
    EXPIRED,
    FAIL,
    NOT_ASKED,
    WARN,
    between,
    of,
    other_code,
    steps,
    told,
)
from tests.report.runs import check, finding, host, run
from tests.report.small import HOSTS, unread


def cause(before: Run, after: Run) -> Cause:
    """The only cause of the only change that two run files show."""
    ((_, (found,)),) = told(between(before, after))
    return found


def test_the_host_is_the_cause_when_nothing_else_changed() -> None:
    assert Cause.HOST is cause(of(FAIL), of())


@pytest.mark.parametrize(
    "reason", [Reason.LOGIN_REFUSED, Reason.SUDO_REFUSED, Reason.DENIED]
)
def test_lost_rights_are_privilege(reason: Reason) -> None:
    assert Cause.PRIVILEGE is cause(of(FAIL), of(unread("ACC-001", "a", reason)))


def test_gained_rights_are_privilege_too() -> None:
    assert Cause.PRIVILEGE is cause(of(DENIED), of(FAIL))


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.TIMED_OUT])
def test_anything_else_that_was_not_read_is_sight(reason: Reason) -> None:
    assert Cause.SIGHT is cause(of(FAIL), of(unread("ACC-001", "a", reason)))


@pytest.mark.parametrize("pair", [(FAIL, ACCEPTED), (ACCEPTED, FAIL)])
def test_a_mark_that_comes_or_goes_is_the_waiver(
    pair: tuple[FindingRecord, FindingRecord],
) -> None:
    before, after = pair
    assert Cause.WAIVER is cause(of(before), of(after))


def test_a_waived_finding_that_became_another_one_is_the_hosts() -> None:
    assert Cause.HOST is cause(of(ACCEPTED), of(WARN))


@pytest.mark.parametrize("pair", [(FAIL, ATTESTED), (ATTESTED, EXPIRED)])
def test_a_declaration_that_comes_or_goes_is_the_attestation(
    pair: tuple[FindingRecord, FindingRecord],
) -> None:
    before, after = pair
    assert Cause.ATTESTATION is cause(of(before), of(after))


def test_a_host_or_check_on_one_side_only_is_scope() -> None:
    fewer = run(CHECKS[1:], HOSTS)
    other = run(CHECKS, [host("b"), host("c")], [finding("ACC-001", "c", Verdict.FAIL)])
    assert [(Kind.LEFT, (Cause.SCOPE,))] == told(between(of(FAIL), fewer))
    assert [(Kind.NEW, (Cause.SCOPE,))] == told(between(of(), other))


def test_other_code_of_the_check_leaves_untold_what_did_it() -> None:
    assert Cause.UNTOLD is cause(of(FAIL), other_code())


def test_other_code_of_another_check_changes_nothing_here() -> None:
    before = of(finding("ENC-001", "a", Verdict.FAIL))
    assert Cause.HOST is cause(before, other_code())


def test_a_run_that_kept_no_digest_of_its_checks_is_not_taken_for_the_same() -> None:
    bare = [check("ACC-001"), check("ENC-001")]
    before = run(bare, HOSTS, [FAIL], rules_sha256="00" * 32)
    assert Cause.UNTOLD is cause(before, of())


@pytest.mark.parametrize(
    "other",
    [
        {"tool": "0.2.0"},
        {"profile_sha256": "00" * 32},
        {"inputs": {"owners.toml": "00" * 32}},
    ],
    ids=["tool", "profile", "inputs"],
)
def test_another_tool_or_other_declarations_leave_it_untold(
    other: dict[str, str],
) -> None:
    before = of(FAIL, inputs={"owners.toml": "11" * 32})
    assert Cause.UNTOLD is cause(before, of(**({"inputs": before.run.inputs} | other)))


def test_other_waivers_leave_the_host_as_the_cause() -> None:
    before = of(FAIL, inputs={"waivers.toml": "11" * 32})
    assert Cause.HOST is cause(before, of(inputs={"waivers.toml": "22" * 32}))


def test_a_check_of_all_hosts_is_untold_when_other_hosts_were_compared() -> None:
    checks = [structs.replace(CHECKS[0], fleet=True)]
    before = run(checks, [*HOSTS, host("c")], [FAIL])
    assert Cause.UNTOLD is cause(before, run(checks, HOSTS))


def test_old_snapshots_under_other_code_name_the_rule() -> None:
    found = steps(of(), (Step.RULES, other_code(FAIL)), (Step.HOSTS, other_code(FAIL)))
    assert [(Kind.NEW, (Cause.RULE,))] == told(found)


def test_old_snapshots_under_the_same_code_name_the_tool() -> None:
    now = of(FAIL, tool="0.2.0")
    found = steps(of(), (Step.RULES, now), (Step.HOSTS, now))
    assert [(Kind.NEW, (Cause.TOOL,))] == told(found)


def test_what_the_rule_left_open_is_the_hosts() -> None:
    found = steps(of(FAIL), (Step.RULES, other_code(FAIL)), (Step.HOSTS, other_code()))
    assert [(Kind.FIXED, (Cause.HOST,))] == told(found)


def test_a_change_in_two_steps_has_two_causes() -> None:
    found = steps(of(), (Step.RULES, other_code(WARN)), (Step.HOSTS, other_code(FAIL)))
    assert [(Kind.NEW, (Cause.RULE, Cause.HOST))] == told(found)


def test_what_the_inputs_alone_change_is_declared() -> None:
    found = steps(of(FAIL), (Step.DECLARED, of()), (Step.HOSTS, of()))
    assert [(Kind.FIXED, (Cause.DECLARED,))] == told(found)


def test_a_waiver_that_was_added_is_the_waiver() -> None:
    now = of(ACCEPTED)
    found = steps(of(FAIL), (Step.DECLARED, now), (Step.HOSTS, now))
    assert [(Kind.BETTER, (Cause.WAIVER,))] == told(found)


def test_what_the_day_alone_changes_is_the_date() -> None:
    found = steps(of(), (Step.DATE, of(FAIL)), (Step.HOSTS, of(FAIL)))
    assert [(Kind.NEW, (Cause.DATE,))] == told(found)


def test_a_waiver_that_ended_is_the_waiver_and_the_date() -> None:
    found = steps(of(ACCEPTED), (Step.DATE, of(FAIL)), (Step.HOSTS, of(FAIL)))
    assert [(Kind.WORSE, (Cause.WAIVER, Cause.DATE))] == told(found)


def test_an_attestation_that_expired_is_the_attestation_and_the_date() -> None:
    now = of(EXPIRED)
    found = steps(of(ATTESTED), (Step.DATE, now), (Step.HOSTS, now))
    assert [(Kind.WORSE, (Cause.ATTESTATION, Cause.DATE))] == told(found)


def test_a_value_that_a_waiver_does_not_cover_is_the_hosts() -> None:
    found = steps(of(ACCEPTED), (Step.DATE, of(ACCEPTED)), (Step.HOSTS, of(FAIL)))
    assert [(Kind.WORSE, (Cause.HOST,))] == told(found)


def test_fewer_hosts_to_compare_are_scope() -> None:
    found = steps(of(FAIL), (Step.SCOPE, of()), (Step.HOSTS, of()))
    assert [(Kind.FIXED, (Cause.SCOPE,))] == told(found)


def test_what_today_asks_for_and_the_old_snapshot_never_held_is_untold() -> None:
    found = steps(of(FAIL), (Step.RULES, other_code(NOT_ASKED)), (Step.HOSTS, of()))
    assert [(Kind.FIXED, (Cause.UNTOLD,))] == told(found)


def test_lost_rights_are_named_under_other_rules_too() -> None:
    found = steps(
        of(FAIL), (Step.RULES, other_code(FAIL)), (Step.HOSTS, other_code(DENIED))
    )
    assert [(Kind.UNSEEN, (Cause.PRIVILEGE,))] == told(found)


def test_new_snapshots_with_old_inputs_tell_the_host_from_the_inputs() -> None:
    seen = of(WARN)
    found = steps(of(), (Step.HOSTS, seen), (Step.DECLARED, of(FAIL)))
    assert [(Kind.NEW, (Cause.DECLARED, Cause.HOST))] == told(found)


def test_new_snapshots_under_other_code_tell_the_host_from_nothing() -> None:
    found = steps(of(), (Step.HOSTS, other_code(FAIL)), (Step.DATE, other_code(FAIL)))
    assert [(Kind.NEW, (Cause.UNTOLD,))] == told(found)


def test_what_was_not_read_in_between_is_the_hosts_when_it_is_gone() -> None:
    left = between(of(FAIL), of(CUT)).carried
    assert [(Kind.FIXED, (Cause.HOST,))] == told(between(of(CUT), of(), left))
