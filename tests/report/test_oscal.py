"""OSCAL assessment results: valid ones, broken ones, and what validators miss."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, FindingRecord, Level, Run
from auditor.report.as_oscal import write
from auditor.report.formats import Material
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.redaction import redact
from auditor.report.oscal.parts import NS, token
from auditor.report.text.visible import SHAPELESS, visible
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts
from tests.report.markup import ACTIVE, MARKUP, parse
from tests.report.oscal_rules import (
    constraint_errors,
    contradictions,
    parts,
    schema_errors,
)
from tests.report.runs import check, evidence, finding, host, run, sidecars
from tests.report.small import WAIVED
from tests.report.test_hostile import HOSTILE, hostile_run

Json = Any

#: A check on the host `a` in each bucket.
ON_A: dict[str, tuple[Verdict, dict[str, Any]]] = {
    "FAI-001": (Verdict.FAIL, {"evidence": (evidence("/etc/vsftpd.conf", "x=YES"),)}),
    "WAR-001": (Verdict.WARN, {}),
    "PAS-001": (Verdict.PASS, {}),
    "NAP-001": (Verdict.NA, {}),
    "UNK-001": (Verdict.UNKNOWN, {"reason": Reason.SUDO_REFUSED}),
    "WAI-001": (Verdict.FAIL, {"waived": WAIVED}),
    "ATT-001": (Verdict.ATTESTED, {}),
}


def seven() -> Run:
    """A run of seven checks on one host, one in each bucket."""
    found = [
        finding(number, "a", *said[:1], **said[1]) for number, said in ON_A.items()
    ]
    hosts = [host("a", address="2001:db8::1", group="site-35", roles=("lis", "web"))]
    groups = {"site-35": "Laboratoire de Rennes"}
    return run([check(number) for number in ON_A], hosts, found, groups=groups)


def oscal(of: Run, language: str = "en", **messages: str) -> Json:
    material = Material(of, sidecars(of, **messages), load_frameworks(), language)
    return json.loads(write(material))


def large(language: str) -> Json:
    of = fleet(28)
    return json.loads(write(Material(of, texts(of), load_frameworks(), language)))


def result(document: Json) -> Json:
    return document["assessment-results"]["results"][0]


def props(part: Json) -> dict[str, str]:
    return {prop["name"]: prop["value"] for prop in part["props"]}


def of_check(document: Json, kind: str, number: str) -> Json:
    """The only observation, risk or finding about a check."""
    found = [p for p in result(document)[kind] if props(p)["check"] == number]
    assert 1 == len(found)
    return found[0]


@pytest.fixture(scope="module")
def document() -> Json:
    return oscal(seven())


# What validators say


def test_nists_schema_accepts_what_we_write() -> None:
    lean = run([check("ACC-001")], [host("a")])
    documents = [
        large("en"),
        large("fr"),
        oscal(seven()),
        json.loads(write(Material(seven(), {}, {}, "fr"))),
        oscal(structs.replace(lean, findings=())),
    ]
    assert [[]] * len(documents) == schema_errors(documents)


def redacted(level: Level) -> Json:
    of = fleet(28)
    given = Material(of, texts(of), load_frameworks(), "fr")
    return json.loads(write(redact(given, level, Pseudonyms(b"k" * 32))))


def test_what_is_handed_over_is_as_valid() -> None:
    documents = [redacted(level) for level in Level]
    assert [[]] * len(Level) == schema_errors(documents)
    assert [[]] * len(Level) == [contradictions(one) for one in documents]


def test_nists_constraints_accept_what_we_write(tmp_path: Path) -> None:
    assert [] == constraint_errors(oscal(seven()), tmp_path)


def test_nothing_contradicts_itself() -> None:
    assert ([], []) == (contradictions(oscal(seven())), contradictions(large("fr")))


Break = Callable[[Json], object]

UUID_1 = "c2ee1f4e-2d2c-11ee-be56-0242ac120002"

#: What NIST's schema must refuse.
BROKEN: dict[str, Break] = {
    "unknown key": lambda r: r.update(made_up=1),
    "uuid of version 1": lambda r: r.update(uuid=UUID_1),
    "a third state": lambda r: r["findings"][0]["target"]["status"].update(
        state="unknown"
    ),
    "no status": lambda r: r["findings"][0]["target"].pop("status"),
    "no methods": lambda r: r["observations"][0].pop("methods"),
    "start without zone": lambda r: r.update(start="2026-11-25T09:00:00"),
    "empty array": lambda r: r.update(risks=[]),
    "empty property": lambda r: r["props"][0].update(value=""),
    "property of two lines": lambda r: r["props"][0].update(value="a\nb"),
    "control that is no token": lambda r: r["reviewed-controls"]["control-selections"][
        0
    ]["include-controls"][0].update({"control-id": "gdpr:Art. 32(1)(b)"}),
}

NOWHERE = "00000000-0000-4000-8000-000000000000"

#: What the schema lets through, so that our own rules must not.
MISSED: dict[str, Break] = {
    "observation that is not there": lambda r: r["observations"].pop(0),
    "risk that is not there": lambda r: r["risks"].pop(0),
    "host that is not there": lambda r: r["observations"][0]["subjects"][0].update(
        {"subject-uuid": NOWHERE}
    ),
    "reason off the list": lambda r: r["findings"][0]["target"]["status"].update(
        reason="made-up"
    ),
    "method off the list": lambda r: r["observations"][0].update(methods=["GUESS"]),
    "a uuid twice": lambda r: r["findings"][1].update(uuid=r["findings"][0]["uuid"]),
}


def broken(document: Json, change: Break) -> Json:
    changed = copy.deepcopy(document)
    change(result(changed))
    return changed


def test_nists_schema_refuses_broken_twins(document: Json) -> None:
    twins = {name: broken(document, change) for name, change in BROKEN.items()}
    found = schema_errors(list(twins.values()))
    accepted = [name for name, e in zip(twins, found, strict=True) if not e]
    assert [] == accepted


def test_nists_schema_lets_contradictions_through(document: Json) -> None:
    twins = [broken(document, change) for change in MISSED.values()]
    assert [[]] * len(MISSED) == schema_errors(twins)


@pytest.mark.parametrize("change", MISSED.values(), ids=MISSED)
def test_our_own_rules_refuse_what_validators_miss(
    document: Json, change: Break
) -> None:
    assert [] != contradictions(broken(document, change))


def test_our_own_rules_refuse_another_version(document: Json) -> None:
    changed = copy.deepcopy(document)
    changed["assessment-results"]["metadata"]["oscal-version"] = "9.9"
    assert ["no version 9.9"] == contradictions(changed)


def test_nists_constraints_refuse_a_uuid_that_stands_twice(
    document: Json, tmp_path: Path
) -> None:
    changed = broken(document, MISSED["a uuid twice"])
    assert [] != constraint_errors(changed, tmp_path)


# What is in it


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
    ("number", "state", "reason", "risk"),
    [
        ("FAI-001", "not-satisfied", "fail", "open"),
        ("WAR-001", "not-satisfied", "other", "open"),
        ("WAI-001", "not-satisfied", "fail", "deviation-approved"),
        ("UNK-001", "not-satisfied", "other", None),
        ("PAS-001", "satisfied", "pass", None),
        ("ATT-001", "satisfied", "other", None),
        ("NAP-001", "satisfied", "other", None),
    ],
)
def test_each_bucket_has_its_state_and_risk(
    document: Json, number: str, state: str, reason: str, risk: str | None
) -> None:
    one = of_check(document, "findings", number)
    status = one["target"]["status"]
    ids = [related["risk-uuid"] for related in one.get("related-risks", [])]
    risks = [r["status"] for r in result(document)["risks"] if r["uuid"] in ids]
    assert (state, reason, [risk] if risk else []) == (
        status["state"],
        status["reason"],
        risks,
    )


def test_what_was_not_evaluated_says_why_and_is_a_discovery(document: Json) -> None:
    one = of_check(document, "findings", "UNK-001")
    assert (
        r"Not evaluated\: administrator rights refused"
        == (one["target"]["status"]["remarks"])
    )
    assert "sudo_refused" == props(one)["reason"]
    assert ["discovery"] == of_check(document, "observations", "UNK-001")["types"]


def test_what_does_not_apply_is_marked_so(document: Json) -> None:
    target = of_check(document, "findings", "NAP-001")["target"]
    assert {"state": "not-applicable"} == target["implementation-status"]


def test_what_is_declared_was_asked_and_not_tested(document: Json) -> None:
    assert (["INTERVIEW"], ["TEST"]) == (
        of_check(document, "observations", "ATT-001")["methods"],
        of_check(document, "observations", "PAS-001")["methods"],
    )


def test_an_accepted_risk_has_a_last_instant_and_says_who_and_why(
    document: Json,
) -> None:
    risk = of_check(document, "risks", "WAI-001")
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
    risk = of_check(document, "risks", "FAI-001")
    facets = risk["characterizations"][0]["facets"]
    assert [{"name": "severity", "system": NS, "value": "critical"}] == facets
    assert ["debian", "alpine"] == [props(r)["system"] for r in risk["remediations"]]


def test_evidence_names_its_place(document: Json) -> None:
    (proof,) = of_check(document, "observations", "FAI-001")["relevant-evidence"]
    assert {
        "source": "/etc/vsftpd.conf",
        "line": "12",
        "status": "ok",
        "text": "x=YES",
    } == props(proof)


def test_a_host_is_an_inventory_item_with_its_address(document: Json) -> None:
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


def test_requirements_are_tokens_with_the_true_text_beside_them(document: Json) -> None:
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


def test_a_check_names_the_controls_that_it_is_mapped_to(document: Json) -> None:
    activities = document["assessment-results"]["local-definitions"]["activities"]
    (one,) = [a for a in activities if props(a)["check"] == "FAI-001"]
    assert [{"include-controls": [{"control-id": "gdpr-art-32-1-b"}]}] == (
        one["related-controls"]["control-selections"]
    )


def test_without_a_framework_the_checks_are_what_was_reviewed() -> None:
    document = json.loads(write(Material(seven(), {}, {}, "en")))
    (selection,) = result(document)["reviewed-controls"]["control-selections"]
    assert [token(number) for number in ON_A] == [
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


# Hostile text

HOSTILE_TEXTS = HOSTILE | MARKUP | {"blank": " ", "no-break": "\u00a0x\u2003"}


def test_hostile_text_stays_valid() -> None:
    documents = [oscal(hostile_run(text)) for text in HOSTILE_TEXTS.values()]
    assert [[]] * len(documents) == schema_errors(documents)


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_points_nowhere_else(text: str) -> None:
    assert [] == contradictions(oscal(hostile_run(text)))


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_no_shapeless_character_is_left_but_breaks_of_ours(text: str) -> None:
    found = {
        char
        for part in parts(oscal(hostile_run(text)))
        for value in part.values()
        if isinstance(value, str)
        for char in value
        if unicodedata.category(char) in SHAPELESS
    }
    assert found <= {"\n"}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_titles_and_descriptions_are_markdown_without_active_parts(text: str) -> None:
    found = {
        one.type
        for part in parts(oscal(hostile_run(text), fail="{account}"))
        for key in ("title", "description", "statement", "remarks")
        if isinstance(part.get(key), str)
        for one in parse(part[key])
    }
    assert set() == found & (ACTIVE | {"table_open", "heading_open", "hr"})


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_evidence_is_read_as_it_is_written(text: str) -> None:
    shown = json.dumps(oscal(hostile_run(text)), ensure_ascii=False)
    assert json.dumps(visible(text), ensure_ascii=False) in shown


def test_a_line_of_a_megabyte_is_kept() -> None:
    long = "A" * 1_000_000
    observations = result(oscal(hostile_run(long)))["observations"]
    sources = [
        props(proof)["source"]
        for one in observations
        for proof in one.get("relevant-evidence", [])
    ]
    assert [long] == sources
