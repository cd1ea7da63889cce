"""OSCAL that validators accept, broken twins, and what they let through."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from auditor.model.frameworks import load_frameworks
from auditor.model.run import Level
from auditor.report.as_oscal import write
from auditor.report.formats import Material
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.redaction import redact
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts
from tests.report.oscal_documents import Json, large, oscal, result
from tests.report.oscal_rules import (
    constraint_errors,
    contradictions,
    schema_errors,
)
from tests.report.runs import check, host, run
from tests.report.seven import seven


@pytest.fixture(scope="module")
def document() -> Json:
    return oscal(seven())


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
