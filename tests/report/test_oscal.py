"""What stands in OSCAL assessment results."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from msgspec import structs

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, FindingRecord
from auditor.report.as_oscal import write
from auditor.report.formats import Material
from auditor.report.oscal.parts import NS, token
from tests.report.fleet import fleet
from tests.report.oscal_documents import Json, large, of_bucket, oscal, props, result
from tests.report.oscal_rules import (
    contradictions,
    parts,
)
from tests.report.runs import check, finding, host, run
from tests.report.seven import CHECK_IN, seven
from tests.report.small import WAIVED


@pytest.fixture(scope="module")
def document() -> Json:
    return oscal(seven())


def test_there_is_a_finding_for_each_check_on_each_host() -> None:
    of = fleet(28)
    found = [props(one) for one in result(large("en"))["findings"]]
    pairs = {(one["check"], one["host"]) for one in found}
    assert (28 * 44, 28 * 44) == (len(found), len(pairs))
    counted = Counter(one["bucket"] for one in found)
    assert {b.value: of.run.totals.of(b) for b in Bucket} == dict(counted)


def test_the_results_own_figures_add_up_to_checks_times_hosts() -> None:
    said = props(result(large("en")))
    assert 28 * 44 == sum(int(said[f"bucket-{bucket}"]) for bucket in Bucket)


def test_there_is_an_observation_for_each_finding_of_ours() -> None:
    assert len(fleet(28).findings) == len(result(large("en"))["observations"])


@pytest.mark.parametrize(
    ("bucket", "state", "reason", "risk"),
    [
        (Bucket.FAIL, "not-satisfied", "fail", "open"),
        (Bucket.WARN, "not-satisfied", "other", "open"),
        (Bucket.WAIVED, "not-satisfied", "fail", "deviation-approved"),
        (Bucket.UNKNOWN, "not-satisfied", "other", None),
        (Bucket.PASS, "satisfied", "pass", None),
        (Bucket.ATTESTED, "satisfied", "other", None),
        (Bucket.NA, "satisfied", "other", None),
    ],
)
def test_each_bucket_has_its_state_and_risk(
    document: Json, bucket: Bucket, state: str, reason: str, risk: str | None
) -> None:
    one = of_bucket(document, "findings", bucket)
    status = one["target"]["status"]
    ids = [related["risk-uuid"] for related in one.get("related-risks", [])]
    risks = [r["status"] for r in result(document)["risks"] if r["uuid"] in ids]
    assert (state, reason, [risk] if risk else []) == (
        status["state"],
        status["reason"],
        risks,
    )


def test_what_was_not_evaluated_says_why_and_is_a_discovery(document: Json) -> None:
    one = of_bucket(document, "findings", Bucket.UNKNOWN)
    assert (
        r"Not evaluated\: administrator rights refused"
        == (one["target"]["status"]["remarks"])
    )
    assert "sudo_refused" == props(one)["reason"]
    assert ["discovery"] == of_bucket(document, "observations", Bucket.UNKNOWN)["types"]


def test_what_does_not_apply_is_marked_so(document: Json) -> None:
    target = of_bucket(document, "findings", Bucket.NA)["target"]
    assert {"state": "not-applicable"} == target["implementation-status"]


def test_what_is_declared_was_asked_and_not_tested(document: Json) -> None:
    assert (["INTERVIEW"], ["TEST"]) == (
        of_bucket(document, "observations", Bucket.ATTESTED)["methods"],
        of_bucket(document, "observations", Bucket.PASS)["methods"],
    )


def test_an_accepted_risk_has_a_last_instant_and_says_who_and_why(
    document: Json,
) -> None:
    risk = of_bucket(document, "risks", Bucket.WAIVED)
    (entry,) = risk["risk-log"]["entries"]
    # Paris is an hour ahead: the last day counts until its midnight there.
    assert "2027-01-31T22:59:59Z" == risk["deadline"]
    assert ("F", "G", "old analyser") == (
        props(entry)["accepted-by"],
        props(entry)["owner"],
        entry["description"],
    )


def test_a_gap_of_which_only_a_part_is_accepted_stays_open() -> None:
    found = [
        finding("ACC-001", "a", Verdict.FAIL, "service:b", waived=WAIVED),
        finding("ACC-001", "a", Verdict.FAIL, "service:c"),
    ]
    document = oscal(run([check("ACC-001")], [host("a")], found))
    (risk,) = result(document)["risks"]
    assert ("open", False, 1) == (
        risk["status"],
        "deadline" in risk,
        len(risk["risk-log"]["entries"]),
    )


def test_a_risk_has_its_severity_and_how_to_mend_it(document: Json) -> None:
    risk = of_bucket(document, "risks", Bucket.FAIL)
    facets = risk["characterizations"][0]["facets"]
    assert [{"name": "severity", "system": NS, "value": "critical"}] == facets
    assert ["debian", "alpine"] == [props(r)["system"] for r in risk["remediations"]]


def test_evidence_names_its_place(document: Json) -> None:
    (proof,) = of_bucket(document, "observations", Bucket.FAIL)["relevant-evidence"]
    assert {
        "source": "/etc/vsftpd conf/main.conf",
        "line": "12",
        "status": "ok",
        "text": "anonymous_enable=YES",
    } == props(proof)


def test_a_host_is_an_inventory_item_with_its_address() -> None:
    hosts = [host("a", address="2001:db8::1", group="site-35", roles=("lis", "web"))]
    groups = {"site-35": "Laboratoire de Rennes"}
    document = oscal(run([check("ACC-001")], hosts, groups=groups))
    (item,) = result(document)["local-definitions"]["inventory-items"]
    assert ("a", "2001:db8::1", "lis web", "Laboratoire de Rennes") == tuple(
        props(item)[name]
        for name in ("asset-id", "ipv6-address", "roles", "group-title")
    )


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("10.35.0.4", "ipv4-address"),
        ("lis-35.example", "fqdn"),
        ("a host; with signs", "address"),
    ],
)
def test_an_address_stands_under_the_name_that_fits(address: str, name: str) -> None:
    document = oscal(run([check("ACC-001")], [host("a", address=address)]))
    (item,) = result(document)["local-definitions"]["inventory-items"]
    assert address == props(item)[name]


def test_requirements_are_tokens_with_the_true_text_beside_them() -> None:
    document = oscal(run([check("ACC-001")], [host("a")]))
    (selection,) = result(document)["reviewed-controls"]["control-selections"]
    (requirement,) = selection["props"]
    assert [{"control-id": "gdpr-art-32-1-b"}] == selection["include-controls"]
    assert ("gdpr-art-32-1-b", "gdpr:Art. 32(1)(b)") == (
        requirement["class"],
        requirement["value"],
    )


def test_every_shipped_requirement_has_a_token_of_its_own() -> None:
    wanted = [
        one
        for framework in load_frameworks().values()
        for one in framework.requirements
    ]
    assert len(wanted) == len({token(one) for one in wanted})


def test_a_check_names_the_controls_that_it_is_mapped_to() -> None:
    document = oscal(run([check("ACC-001")], [host("a")]))
    activities = document["assessment-results"]["local-definitions"]["activities"]
    (one,) = activities
    assert [{"include-controls": [{"control-id": "gdpr-art-32-1-b"}]}] == (
        one["related-controls"]["control-selections"]
    )


def test_without_a_framework_the_checks_are_what_was_reviewed() -> None:
    document = json.loads(write(Material(seven(), {}, {}, "en")))
    (selection,) = result(document)["reviewed-controls"]["control-selections"]
    assert [token(number) for number in CHECK_IN.values()] == [
        control["control-id"] for control in selection["include-controls"]
    ]


def uuids(document: Json) -> list[str]:
    return [part["uuid"] for part in parts(document) if "uuid" in part]


def test_identifiers_are_the_same_in_every_rendering() -> None:
    english, french = uuids(oscal(seven())), uuids(oscal(seven(), "fr"))
    assert uuids(oscal(seven())) == english
    # The document itself is another one; all that it speaks of is the same.
    assert english[1:] == french[1:]
    assert english[0] != french[0]


def test_a_host_keeps_its_identifier_from_audit_to_audit() -> None:
    def host_and_result(run_id: str) -> tuple[str, str]:
        one = run([check("ACC-001")], [host("a")], id=run_id)
        found = result(oscal(one))
        (item,) = found["local-definitions"]["inventory-items"]
        return item["uuid"], found["uuid"]

    first, second = host_and_result("one"), host_and_result("two")
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_two_findings_of_one_subject_are_two_observations() -> None:
    same: list[FindingRecord] = [finding("ACC-001", "a", Verdict.PASS)] * 2
    document = oscal(run([check("ACC-001")], [host("a")], same))
    assert [] == contradictions(document)


def test_a_pair_of_which_nothing_was_said_is_not_evaluated() -> None:
    whole = run([check("ACC-001")], [host("a", reason=Reason.UNREACHABLE)])
    document = oscal(structs.replace(whole, findings=()))
    (one,) = result(document)["findings"]
    assert ("unknown", "unreachable") == (props(one)["bucket"], props(one)["reason"])
