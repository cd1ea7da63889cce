"""Requirements that checks are mapped to: complete, bilingual, all of them known."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.errors import ConfigurationError
from auditor.model.frameworks import (
    Wording,
    find_requirement,
    load_frameworks,
    read_framework,
)

PROJECT = Path(__file__).resolve().parents[2]

# one of each framework, the odd forms among them
IDENTIFIERS = (
    "gdpr:Art. 32(1)(b)",
    "cnil-san-2022-009:5",
    "cnil-guide-2024:Fiche 4",
    "anssi-bp028-2.0:R62",
    "cis-debian12-1.1.0:2.1.6",
    "iso27001-2022:A.5.15",
    "hipaa:§164.312(d)",
    "nist-800-53r5:AC-3",
    "nis2:Art. 21(2)(i)",
    "hds-2:relates to",
)

MINIMAL = """\
id = "own"
version = "1"
source = { en = "A text of our own", fr = "Un texte à nous" }
title = { en = "Own", fr = "Propre" }
claim = { en = "Relates to it.", fr = "S’y rapporte." }

[[requirement]]
id = "1"
text = { en = "One", fr = "Un" }
"""


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_an_identifier_of_the_framework_itself_leads_to_its_words(
    identifier: str,
) -> None:
    _, _, own = identifier.partition(":")

    assert find_requirement(identifier).id == own


def test_each_of_these_identifiers_is_of_another_framework() -> None:
    named = {identifier.partition(":")[0] for identifier in IDENTIFIERS}

    assert named == set(load_frameworks())


def test_an_unknown_requirement_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        find_requirement("gdpr:Art. 99")


def test_every_requirement_that_a_check_names_is_known() -> None:
    known = {name for text in load_frameworks().values() for name in text.requirements}
    unknown = [
        f"{sidecar.relative_to(PROJECT)}: {requirement}"
        for sidecar in sorted((PROJECT / "checks").rglob("*.toml"))
        for requirement in tomllib.loads(sidecar.read_text())["requirements"]
        if requirement not in known
    ]

    assert unknown == []


def test_each_failing_of_the_founding_case_is_a_question_with_checks() -> None:
    failings = load_frameworks()["cnil-san-2022-009"].requirement

    assert [failing.id for failing in failings] == list("1234567")
    assert all(failing.question and failing.checks for failing in failings)


def test_each_failing_names_an_article_that_is_known() -> None:
    failings = load_frameworks()["cnil-san-2022-009"].requirement
    articles = [failing.article for failing in failings]

    assert articles == ["gdpr:Art. 29", *["gdpr:Art. 32"] * 6]
    assert all(find_requirement(article) for article in articles if article)


def wordings() -> Iterator[tuple[str, Wording]]:
    """Every text of every framework with where it stands."""
    for name, framework in load_frameworks().items():
        yield f"{name} title", framework.title
        yield f"{name} claim", framework.claim
        yield f"{name} source", framework.source
        if framework.listed:
            yield f"{name} listed", framework.listed
        for place, requirement in framework.requirements.items():
            yield place, requirement.text
            if requirement.question:
                yield f"{place} question", requirement.question


def test_french_texts_follow_french_typography() -> None:
    # U+2019 as apostrophe, U+00A0 before : and %, U+202F before ; ! ?
    wrong = re.compile(
        "'|[^\u00a0]:(?!\\d)|[^\u00a0]%|[^\u202f][;!?]|«[^\u00a0]|[^\u00a0]»"
    )

    assert [place for place, words in wordings() if wrong.search(words.fr)] == []


def test_english_texts_hold_no_french_spaces() -> None:
    wrong = re.compile("[\u00a0\u202f]")

    assert [place for place, words in wordings() if wrong.search(words.en)] == []


def test_no_text_claims_compliance() -> None:
    wrong = re.compile(r"complian|complies|\bconform", re.IGNORECASE)
    claims = [
        place
        for place, words in wordings()
        if wrong.search(words.en) or wrong.search(words.fr)
    ]

    assert claims == []


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('version = "1"', "version = 1", "Expected `str`, got `int` - at `$.version`"),
        ('version = "1"', 'version = " "', "$.version"),
        ('version = "1"', 'version = "1"\nedition = "1"', "edition"),
        (', fr = "Un"', "", "missing required field `fr`"),
        ('id = "own"', 'id = "other"', "holds the framework other"),
        ('id = "own"', "id = own", "Invalid value"),
    ],
    ids=["number", "empty", "unknown key", "one language", "other name", "no TOML"],
)
def test_a_mistake_in_a_framework_is_refused_with_its_place(
    written: str, instead: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_framework("own.toml", MINIMAL.replace(written, instead))

    assert said in str(caught.value)
    assert str(caught.value).startswith("own.toml")


def test_a_requirement_that_stands_twice_is_refused() -> None:
    again = MINIMAL + MINIMAL[MINIMAL.index("[[requirement]]") :]

    with pytest.raises(ConfigurationError, match=r"own\.toml: 1 stands here twice"):
        read_framework("own.toml", again)
