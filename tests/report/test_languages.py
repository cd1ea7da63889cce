"""No English is left over in the French report, and no French in the English one.

The recorded lab is rendered in both languages, and everything that a reader reads or
hears outside of evidence and commands is looked at in three ways. What stands in both
reports is data, or a word that both languages share: what was forgotten in a template
or in the code would stand in both. A label or a check's text of the other language
stands nowhere. And no sentence holds the other language's function words, which hardly
any sentence does without: those in the lists are no words of the language tested, so
that one is enough to tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auditor.cli.request import Options
from auditor.cli.scope import read_scope
from auditor.evaluate.run import evaluate
from auditor.loading import load_checks
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.report.as_html import render_html
from auditor.report.formats import Material
from auditor.report.text.labels import FIELD, LOCALES, load_labels
from auditor.store.folder import read_snapshots
from tests.report.islands import words_of

HOSTS = Path(__file__).parents[1] / "hosts"
LANGUAGES = sorted(LOCALES)
OTHER = {"en": "fr", "fr": "en"}

#: Function words of each language that are no words of the other one. Left out are
#: those that both have (on, or, an, as, me, a, plus, but, but not …).
FUNCTION_WORDS = {
    "en": "the of and is are was were not with which that this these those from by for"
    " it its has have been be must should when where who whose than then there only"
    " every each nobody nothing can cannot does without into what how any all was to"
    " in at no yes other others",
    "fr": "le la les des du une un et est sont dans pour pas que qui sur avec aux ce"
    " cette ces ne par où leur leurs être été aucun aucune sans dont au il elle ont"
    " chaque tout tous ni puis mais",
}
_ACCENTED = re.compile("[À-ÖØ-öø-ÿŒœ]")
_WORD = re.compile(r"\b[^\W\d_]+\b")


@cache
def lab() -> Run:
    """The recorded lab, judged on the day it was recorded for."""
    scope, hosts = read_scope(Options(HOSTS / "inventory.toml", as_of="2026-11-25"))
    order = [one.name for one in hosts]
    return evaluate(read_snapshots(HOSTS, order), scope)


@cache
def page(language: str) -> str:
    """The report as HTML, with an earlier audit to compare with."""
    texts = {check.id: check.sidecar for check in load_checks()}
    now = lab()
    before = msgspec.structs.replace(now, hosts=now.hosts[:-1])
    return render_html(Material(now, texts, load_frameworks(), language, (before,)))


@cache
def read(language: str) -> tuple[str, ...]:
    """What the report says in its own words."""
    return tuple(dict.fromkeys(words_of(page(language))))


@cache
def details() -> frozenset[str]:
    """What the collector and the checks wrote, in English, of what is unknown."""
    run = lab()
    told = [*(one.detail for one in run.hosts), *(one.detail for one in run.findings)]
    return frozenset(detail for detail in told if detail)


@cache
def data() -> frozenset[str]:
    """What hosts and people wrote, in whatever language: names, values, reasons."""
    run = lab()
    info = run.run
    given = [info.client, info.auditor, info.timezone, info.id, info.profile, info.tool]
    given += [*run.groups, *run.groups.values(), *(one.id for one in run.checks)]
    for one in run.hosts:
        given += [one.name, one.address, *one.roles]
    for found in run.findings:
        given += [found.subject.name, found.group or ""]
        given += [str(v.value) for v in found.values.values() if v.kind != "word"]
        given += [text for e in found.evidence for text in (e.source, e.text)]
        if found.waived:
            accepted = found.waived
            given += [accepted.reason, accepted.owner, accepted.accepted_by]
    return frozenset(text for one in given if (text := " ".join(one.split())))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, dict):
        for below in value.values():
            yield from _strings(below)


def without_data(text: str) -> str:
    """The text without what comes from the run, the longest string first."""
    for string in sorted(data(), key=len, reverse=True):
        if len(string) > 1 and string in text:
            text = re.sub(rf"(?<!\w){re.escape(string)}(?!\w)", " ", text)
    return text


@cache
def words_shared() -> frozenset[str]:
    """Words of labels that both languages have under one key, and of names.

    Names are those of requirements and of this tool; `h` and `min` are units’ symbols,
    which no language translates (SI brochure, table 8).
    """
    labels = [load_labels(language).entries for language in LANGUAGES]
    told = [text for key, text in labels[0].items() if labels[1][key] == text]
    told += [name for f in load_frameworks().values() for name in f.requirements]
    return frozenset(
        {"auditor", "h", "min", *(w for text in told for w in _WORD.findall(text))}
    )


def test_what_both_reports_say_is_data_or_a_word_of_both_languages() -> None:
    unexplained = {
        text: left
        for text in set(read("en")) & set(read("fr"))
        if (left := set(_WORD.findall(without_data(text))) - words_shared())
    }
    assert {} == unexplained


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_of_the_other_language_is_left_over(language: str) -> None:
    ours = "\n".join(load_labels(language).entries.values())
    foreign = {
        part.strip()
        for text in load_labels(OTHER[language]).entries.values()
        for part in FIELD.split(text)[::2]
        if len(part.strip()) > 5 and part.strip() not in ours
    }
    text = without_data("\n".join(read(language)))
    assert [] == sorted(part for part in foreign if _stands(part, text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_check_in_the_other_language_is_left_over(language: str) -> None:
    foreign = {
        " ".join(part.split())
        for check in load_checks()
        for text in _strings(msgspec.to_builtins(check.sidecar.texts[OTHER[language]]))
        for part in re.split(r"`[^`]*`|\{[^}]*\}", text)
        if len(part.split()) > 3
    }
    text = "\n".join(read(language))
    assert [] == sorted(part for part in foreign if part in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_holds_function_words_of_the_other_language(language: str) -> None:
    foreign = set(FUNCTION_WORDS[OTHER[language]].split())
    found = [
        (sorted(foreign & set(_WORD.findall(text))), text)
        for text in map(without_data, read(language))
        if foreign & set(_WORD.findall(text))
    ]
    assert [] == found


def test_no_detail_is_left_over_in_english() -> None:
    text = unescape(page("fr"))
    assert [] == [detail for detail in details() if detail in text]


@pytest.mark.parametrize(
    "detail",
    [
        "no SSH banner; it says nothing",
        "10.20.29.42 port 22: No route to host",
        "FileTree /etc/ssl/private: denied",
    ],
)
def test_the_english_report_has_each_detail_as_it_was_written(detail: str) -> None:
    assert detail in details()
    assert f'<code lang="en" translate="no">{escape(detail)}</code>' in page("en")


def test_no_accented_letter_is_left_over_in_english() -> None:
    accented = [t for t in map(without_data, read("en")) if _ACCENTED.search(t)]
    assert [] == accented


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_languages_function_words_are_no_words_of_this_one(
    language: str,
) -> None:
    labels = " ".join(load_labels(language).entries.values())
    foreign = set(FUNCTION_WORDS[OTHER[language]].split())
    assert set() == foreign & set(_WORD.findall(FIELD.sub("", labels)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_any_sentence_does_without_a_function_word(language: str) -> None:
    own = set(FUNCTION_WORDS[language].split())
    sentences = [t for t in load_labels(language).entries.values() if t.endswith(".")]
    told = [text for text in sentences if own & set(_WORD.findall(text.lower()))]
    assert len(told) > 0.9 * len(sentences)


def test_a_left_over_word_would_be_found() -> None:
    html = '<html lang="fr"><p title="Close the access">Accès</p></html>'
    assert ["Close the access", "Accès"] == words_of(html)


def test_evidence_and_commands_are_islands() -> None:
    html = (
        '<html lang="fr"><pre lang="en" translate="no">set <i lang="fr">(lu)</i></pre>'
        '<a translate="no">lis-35</a></html>'
    )
    assert ["(lu)"] == words_of(html)


def _stands(part: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) is not None
