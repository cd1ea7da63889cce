"""OSCAL of hostile text."""

from __future__ import annotations

import json
import unicodedata

import pytest

from auditor.report.text.visible import SHAPELESS, visible
from tests.report.markup import ACTIVE, MARKUP, parse
from tests.report.oscal_documents import oscal, props, result
from tests.report.oscal_rules import (
    contradictions,
    parts,
    schema_errors,
)
from tests.report.test_hostile import HOSTILE, hostile_run

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
