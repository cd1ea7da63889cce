from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs

from auditor.model.findings import Severity, Verdict
from auditor.model.run import GRAVEST_FIRST, Bucket, FindingRecord, Run, Score
from auditor.report import as_sarif, as_sarif_full
from auditor.report.sarif.results import Bases, base_uri, message
from auditor.report.text.visible import SHAPELESS
from tests.report.fleet import fleet
from tests.report.runs import check, evidence, finding, host, run
from tests.report.sarif_logs import (
    ACTIVE,
    contradictions,
    log_of_seven,
    results_of,
    strings_of,
    texts_of,
)
from tests.report.seven import CHECK_IN, material, seven
from tests.report.test_hostile import HOSTILE, hostile_run

Json = dict[str, Any]


def full(one: Run, language: str = "en") -> Json:
    log: Json = json.loads(as_sarif_full.write(material(one, language)))
    return log


def open_only(one: Run) -> Json:
    log: Json = json.loads(as_sarif.write(material(one)))
    return log


def of_check(log: Json, number: str) -> Json:
    """The result of a check on the host that was reached."""
    (one,) = [
        result
        for result in results_of(log)
        if result["ruleId"] == number
        and "lis-35" in result["locations"][0]["logicalLocations"][0][NAME]
    ]
    return one


NAME = "fullyQualifiedName"


def only(*found: FindingRecord) -> Json:
    """The result of the first finding of a run of one check and host."""
    (result, *_) = results_of(full(run([check("ACC-001")], [host("a")], found)))
    return result


@pytest.mark.parametrize(
    ("bucket", "kind", "level"),
    [
        (Bucket.FAIL, "fail", "error"),
        (Bucket.WARN, "fail", "warning"),
        (Bucket.PASS, "pass", "none"),
        (Bucket.NA, "notApplicable", "none"),
        (Bucket.UNKNOWN, "open", "none"),
        (Bucket.WAIVED, "fail", "error"),
        (Bucket.ATTESTED, "review", "none"),
    ],
)
def test_each_bucket_has_its_kind_and_level(
    bucket: Bucket, kind: str, level: str
) -> None:
    result = of_check(full(seven()), CHECK_IN[bucket])
    assert (kind, level, bucket) == (
        result["kind"],
        result["level"],
        result["properties"]["bucket"],
    )


@pytest.mark.parametrize(
    ("severity", "fails", "warns"),
    [
        (Severity.CRITICAL, "error", "warning"),
        (Severity.HIGH, "error", "warning"),
        (Severity.MEDIUM, "warning", "note"),
        (Severity.LOW, "note", "note"),
    ],
)
def test_a_warn_is_one_level_below_a_fail(
    severity: Severity, fails: str, warns: str
) -> None:
    levels = [
        only(finding("ACC-001", "a", verdict, severity=severity))["level"]
        for verdict in (Verdict.FAIL, Verdict.WARN)
    ]
    assert [fails, warns] == levels


def test_an_accepted_gap_is_suppressed_by_a_named_person_until_a_day() -> None:
    (accepted,) = of_check(full(seven()), "LOG-003")["suppressions"]
    assert ("external", "accepted", "old analyser", "F", "2027-01-31") == (
        accepted["kind"],
        accepted["status"],
        accepted["justification"],
        accepted["properties"]["by"],
        accepted["properties"]["until"],
    )


def test_every_other_result_says_that_it_is_not_suppressed() -> None:
    others = [r for r in results_of(full(seven())) if r["ruleId"] != "LOG-003"]
    assert [[]] * len(others) == [one["suppressions"] for one in others]


def test_what_is_not_evaluated_carries_its_reason() -> None:
    result = of_check(full(seven()), "ENC-002")
    assert "sudo_refused" == result["properties"]["reason"]


@pytest.mark.parametrize("one", [seven(), fleet(28)], ids=["seven", "fleet"])
def test_results_come_to_the_seven_sums(one: Run) -> None:
    log = full(one)
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for result in results_of(log):
        where = result["locations"][0]["logicalLocations"][0][NAME].partition("/")[0]
        said[result["ruleId"], where].add(result["properties"]["bucket"])
    gravest = [next(b for b in GRAVEST_FIRST if b in found) for found in said.values()]
    totals = {bucket: one.run.totals.of(bucket) for bucket in Bucket}
    assert totals == {bucket: gravest.count(bucket) for bucket in Bucket}
    assert totals == log["runs"][0]["properties"]["totals"]
    assert len(one.checks) * len(one.hosts) == len(gravest)


def test_only_open_results_reach_readers_that_alert_on_each() -> None:
    shown = results_of(open_only(seven()))
    buckets = {result["properties"]["bucket"] for result in shown}
    assert {"fail", "warn", "unknown", "waived"} == buckets


def test_what_is_left_out_is_counted() -> None:
    figures = open_only(seven())["runs"][0]["properties"]
    assert {"pass": 1, "na": 1, "attested": 1} == figures["resultsLeftOut"]
    assert 14 == sum(figures["totals"].values())


def test_the_scores_stand_beside_the_sums() -> None:
    scored = seven(score=Score(value=49, cap=49, without_waived=61))
    figures = full(scored)["runs"][0]["properties"]
    assert (49, 61) == (figures["score"], figures["scoreWithoutWaived"])


def test_the_full_log_leaves_nothing_out() -> None:
    assert {} == full(seven())["runs"][0]["properties"]["resultsLeftOut"]


def test_a_pair_of_which_nothing_was_said_is_open() -> None:
    silent = run([check("ACC-001")], [host("a")])
    (result,) = results_of(full(structs.replace(silent, findings=())))
    assert ("open", "missing") == (result["kind"], result["properties"]["reason"])


def test_an_unreached_host_is_told_once_with_its_reason() -> None:
    (invocation,) = full(seven())["runs"][0]["invocations"]
    told = [
        (said["descriptor"]["id"], said["level"], said["locations"])
        for said in invocation["toolExecutionNotifications"]
    ]
    places = [
        [{"logicalLocations": [{NAME: name, "kind": "resource"}]}]
        for name in ("lis-35", "ftp-29")
    ]
    assert [
        ("sudo_refused", "warning", places[0]),
        ("unreachable", "error", places[1]),
    ] == told


@pytest.mark.parametrize(("code", "successful"), [(0, True), (1, True), (3, False)])
def test_findings_are_no_failure_of_the_tool(code: int, successful: bool) -> None:
    one = run([check("ACC-001")], [host("a")], exit_code=code)
    (invocation,) = full(one)["runs"][0]["invocations"]
    assert (successful, code) == (
        invocation["executionSuccessful"],
        invocation["exitCode"],
    )


def test_a_file_stands_below_its_host_with_line_and_snippet() -> None:
    log = full(seven())
    place = of_check(log, "ACC-001")["locations"][0]
    assert {
        "artifactLocation": {
            "uri": "etc/vsftpd%20conf/main.conf",
            "uriBaseId": "HOST_LIS_35",
        },
        "region": {"startLine": 12, "snippet": {"text": "anonymous_enable=YES"}},
    } == place["physicalLocation"]
    bases = log["runs"][0]["originalUriBaseIds"]
    assert "file://lis-35/" == bases["HOST_LIS_35"]["uri"]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("lis-35.example", "file://lis-35.example/"),
        ("a..b", "file:///a..b/"),
        ("a b/c", "file:///a%20b%2Fc/"),
    ],
)
def test_a_name_that_is_no_host_of_a_uri_is_a_folder(name: str, uri: str) -> None:
    assert uri == base_uri(name)


def test_the_thing_judged_is_a_resource_of_the_host() -> None:
    (thing,) = of_check(full(seven()), "ACC-001")["locations"][0]["logicalLocations"]
    assert {NAME: "lis-35/service/vsftpd", "kind": "resource"} == thing


def test_what_a_command_said_stands_below_the_host_itself() -> None:
    said = evidence("ss -H -lntup", "tcp LISTEN *:21", 3)
    result = only(finding("ACC-001", "a", Verdict.FAIL, evidence=(said,)))
    uris = [
        one["physicalLocation"]["artifactLocation"]["uri"]
        for one in (*result["locations"], *result["relatedLocations"])
    ]
    assert ["./", "./"] == uris
    (related,) = result["relatedLocations"]
    assert "ss -H -lntup:3: tcp LISTEN *:21" == related["message"]["text"]


def test_hosts_of_alike_names_have_bases_of_their_own() -> None:
    bases = Bases.of(["a-b", "a.b", "a_b", "c"]).ids
    assert ["HOST_A_B", "HOST_A_B_2", "HOST_A_B_3", "HOST_C"] == list(bases.values())


def test_a_finding_keeps_its_identity_when_its_words_change() -> None:
    before = finding("ACC-001", "a", Verdict.FAIL)
    after = finding("ACC-001", "a", Verdict.WARN, message="pass", evidence=())
    assert only(before)["partialFingerprints"] == only(after)["partialFingerprints"]


def test_another_subject_is_another_finding() -> None:
    one, other = (
        only(finding("ACC-001", "a", Verdict.FAIL, f"service:{name}"))
        for name in ("vsftpd", "proftpd")
    )
    assert one["partialFingerprints"] != other["partialFingerprints"]


def test_severities_are_numbers_that_readers_sort_by() -> None:
    checks = [check(f"ACC-00{at}", severity=s) for at, s in enumerate(Severity)]
    rules = full(run(checks, [host("a")]))["runs"][0]["tool"]["driver"]["rules"]
    sorted_by = [rule["properties"]["security-severity"] for rule in rules]
    assert ["9.5", "8.0", "5.0", "3.0"] == sorted_by


def test_a_check_is_related_to_the_requirements_that_it_is_mapped_to() -> None:
    (log,) = full(seven())["runs"]
    rule = log["tool"]["driver"]["rules"][0]
    targets = [one["target"] for one in rule["relationships"]]
    assert [("gdpr", "Art. 32(1)(b)"), ("cnil-san-2022-009", "5")] == [
        (target["toolComponent"]["name"], target["id"]) for target in targets
    ]
    assert ["cnil-san-2022-009", "gdpr"] == [one["name"] for one in log["taxonomies"]]


def test_a_rule_has_no_more_tags_than_code_scanning_takes() -> None:
    mapped = tuple(f"gdpr:Art. {number}" for number in range(30))
    one = run([check("ACC-001", requirements=mapped)], [host("a")])
    (rule,) = full(one)["runs"][0]["tool"]["driver"]["rules"]
    assert (20, 30) == (len(rule["properties"]["tags"]), len(rule["relationships"]))


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("fr", "fr-FR")])
def test_a_log_is_in_one_language(language: str, tag: str) -> None:
    (log,) = full(seven(), language)["runs"]
    title = log["tool"]["driver"]["rules"][0]["shortDescription"]["text"]
    wrong = {"en": "ACC-001 is wrong", "fr": "ACC-001 ne va pas"}
    assert (tag, wrong[language]) == (log["language"], title)


def test_findings_that_are_not_listed_are_counted() -> None:
    result = only(finding("ACC-001", "a", Verdict.FAIL, more=7))
    assert "It is open. (and 7 others)" == result["message"]["text"]


def test_a_message_shows_braces_and_brackets_as_they_are() -> None:
    assert {"text": r"{{0}} \[a\](b) \\\["} == message(r"{0} [a](b) \[")


@pytest.mark.parametrize("one", [seven(), fleet(28)], ids=["seven", "fleet"])
@pytest.mark.parametrize("write", [as_sarif.write, as_sarif_full.write])
def test_a_log_does_not_contradict_itself(
    one: Run, write: Callable[[Any], bytes]
) -> None:
    assert [] == contradictions(json.loads(write(material(one))))


def _pass_of_level_error(run: Json) -> None:
    next(one for one in run["results"] if one["kind"] == "pass")["level"] = "error"


def _rule_that_is_not_there(run: Json) -> None:
    run["results"][0]["ruleId"] = "ACC-999"


def _index_of_another_rule(run: Json) -> None:
    run["results"][0]["ruleIndex"] += 1


def _base_never_declared(run: Json) -> None:
    del run["originalUriBaseIds"]["HOST_LIS_35"]


def _rule_twice(run: Json) -> None:
    run["tool"]["driver"]["rules"].append(run["tool"]["driver"]["rules"][0])


def _result_twice(run: Json) -> None:
    run["results"].append(run["results"][0])


def _taxon_of_another_text(run: Json) -> None:
    run["taxonomies"].reverse()


def _place_without_a_file(run: Json) -> None:
    del run["results"][0]["locations"][0]["physicalLocation"]


@pytest.mark.parametrize(
    "spoil",
    [
        _pass_of_level_error,
        _rule_that_is_not_there,
        _index_of_another_rule,
        _base_never_declared,
        _rule_twice,
        _result_twice,
        _taxon_of_another_text,
        _place_without_a_file,
    ],
)
def test_a_contradiction_is_seen(spoil: Callable[[Json], None]) -> None:
    log = json.loads(log_of_seven())
    spoil(log["runs"][0])
    assert [] != contradictions(log)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_no_placeholder_no_link_and_no_control(text: str) -> None:
    one = hostile_run(text)
    log = json.loads(as_sarif_full.write(material(one, fail="{account} gets in.")))
    texts = list(texts_of(log))
    assert [] == [said for said in texts if ACTIVE.search(said)]
    left = {c for said in strings_of(log) for c in said if shapeless(c)}
    assert {"\n"} == left
    assert [] == contradictions(log)


def shapeless(char: str) -> bool:
    return unicodedata.category(char) in SHAPELESS


@pytest.mark.parametrize("text", ["{0}", "[a](b)", r"\\[a](b)", "{{{0}", "]", "a{{b"])
def test_what_is_active_is_seen(text: str) -> None:
    assert bool(ACTIVE.search(text)) is (text != "a{{b")


def test_a_long_value_stays_one_result() -> None:
    read = evidence("/x", "y" * 10**6)
    long = finding("ACC-001", "a", Verdict.FAIL, evidence=(read,))
    assert 1 == len(results_of(full(run([check("ACC-001")], [host("a")], [long]))))
