"""What SARIF says of each result beside the last audit that was given."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import FindingRecord, Run
from auditor.report import as_sarif, as_sarif_full
from auditor.report.formats import Material
from tests.report.runs import STARTED, check, evidence, finding, host, run, sidecars
from tests.report.sarif_logs import Json, contradictions
from tests.report.small import WAIVED, unread

Write = Callable[[Material], bytes]

CHECKS = [check("ACC-001"), check("ACC-002")]
HOSTS = [host("a"), host("b")]
FAIL = finding("ACC-001", "a", Verdict.FAIL)
OTHER = finding("ACC-001", "a", Verdict.FAIL, "service:proftpd")


def then(*found: FindingRecord, **changed: Any) -> Run:
    """An audit of three months ago."""
    dated: dict[str, Any] = {"id": "then", "started": STARTED - timedelta(days=91)}
    return run(CHECKS, HOSTS, found, **(dated | changed))


def now(*found: FindingRecord) -> Run:
    return run(CHECKS, HOSTS, found)


def log(this: Run, *earlier: Run, write: Write = as_sarif_full.write) -> Json:
    given = Material(this, sidecars(this), load_frameworks(), "en", earlier)
    made: Json = json.loads(write(given))
    assert [] == contradictions(made)
    return made["runs"][0]  # type: ignore[no-any-return]


def states(made: Json, number: str = "ACC-001", on: str = "a") -> dict[str, str | None]:
    """The thing judged -> its state, of one check on one host."""
    places = [(r, r["locations"][0]["logicalLocations"][0]) for r in made["results"]]
    return {
        place["fullyQualifiedName"]: result.get("baselineState")
        for result, place in places
        if result["ruleId"] == number
        and place["fullyQualifiedName"].split("/")[0] == on
    }


def test_without_an_earlier_audit_nothing_is_compared() -> None:
    made = log(now(FAIL))
    assert "baselineGuid" not in made
    assert {"a/service/vsftpd": None} == states(made)


def test_a_log_names_the_audit_that_it_is_compared_with() -> None:
    before = then(FAIL)
    made, earlier = log(now(FAIL), before), log(before)
    assert earlier["automationDetails"]["guid"] == made["baselineGuid"]
    assert made["automationDetails"]["guid"] != made["baselineGuid"]


def test_of_several_earlier_audits_the_last_counts() -> None:
    older = then(id="older", started=STARTED - timedelta(days=200))
    assert {"a/service/vsftpd": "unchanged"} == states(
        log(now(FAIL), older, then(FAIL))
    )


def test_a_result_that_was_not_there_is_new() -> None:
    made = log(now(FAIL, OTHER), then(FAIL))
    assert {"a/service/vsftpd": "unchanged", "a/service/proftpd": "new"} == states(made)


@pytest.mark.parametrize(
    "changed",
    [
        {"waived": WAIVED},
        {"severity": Severity.LOW},
        {"message": "another"},
        {"verdict": Verdict.WARN},
    ],
    ids=["accepted", "severity", "message", "verdict"],
)
def test_a_result_of_which_something_else_is_said_is_updated(
    changed: dict[str, Any],
) -> None:
    made = log(now(structs.replace(FAIL, **changed)), then(FAIL))
    assert {"a/service/vsftpd": "updated"} == states(made)


def test_a_setting_that_moved_to_another_line_is_unchanged() -> None:
    one, other = (
        structs.replace(FAIL, evidence=(evidence("/etc/vsftpd.conf", "x=YES", line),))
        for line in (12, 13)
    )
    assert {"a/service/vsftpd": "unchanged"} == states(log(now(other), then(one)))


def test_a_gap_that_was_corrected_is_absent() -> None:
    closed = finding("ACC-001", "a", Verdict.PASS, "host:")
    made = log(now(closed), then(FAIL))
    assert {"a": "new", "a/service/vsftpd": "absent"} == states(made)
    (absent,) = (r for r in made["results"] if r["baselineState"] == "absent")
    assert ("fail", "error") == (absent["kind"], absent["level"])


def test_one_of_two_gaps_of_a_check_may_be_corrected() -> None:
    made = log(now(FAIL), then(FAIL, OTHER))
    assert {"a/service/vsftpd": "unchanged", "a/service/proftpd": "absent"} == states(
        made
    )


def test_a_corrected_gap_whose_place_now_passes_is_updated() -> None:
    made = log(now(structs.replace(FAIL, verdict=Verdict.PASS)), then(FAIL))
    assert {"a/service/vsftpd": "updated"} == states(made)


@pytest.mark.parametrize(
    "reason", [Reason.SUDO_REFUSED, Reason.UNREACHABLE, Reason.ATTESTATION_EXPIRED]
)
def test_a_gap_that_is_no_longer_seen_is_not_absent(reason: Reason) -> None:
    made = log(now(unread("ACC-001", "a", reason)), then(FAIL))
    assert {"a": "new"} == states(made)


def test_a_gap_that_may_be_among_those_not_listed_is_not_absent() -> None:
    capped = structs.replace(OTHER, more=7)
    assert {"a/service/proftpd": "new"} == states(log(now(capped), then(FAIL)))


def test_other_rules_correct_nothing() -> None:
    closed = finding("ACC-001", "a", Verdict.PASS, "host:")
    assert {"a": "new"} == states(log(now(closed), then(FAIL, rules_sha256="0" * 64)))


def test_a_host_that_left_corrected_nothing() -> None:
    alone = run(CHECKS, [host("b")])
    assert {} == states(log(alone, then(FAIL)))


def test_for_readers_that_alert_on_each_result_a_corrected_one_is_not_there() -> None:
    made = log(now(FAIL), then(FAIL, OTHER), write=as_sarif.write)
    assert {"a/service/vsftpd": "unchanged"} == states(made)


def test_for_readers_that_never_saw_the_pass_a_gap_is_new() -> None:
    passed = structs.replace(FAIL, verdict=Verdict.PASS)
    made = log(now(FAIL), then(passed), write=as_sarif.write)
    assert {"a/service/vsftpd": "new"} == states(made)


def test_absent_results_are_in_no_sum() -> None:
    made = log(now(FAIL), then(FAIL, OTHER))
    assert 4 == sum(made["properties"]["totals"].values())
