"""What a target may put into a value, and how the report shows it."""

from __future__ import annotations

import io
import unicodedata
from functools import cache

import pytest
from rich.console import Console

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.model.snapshot import HostState
from auditor.report.formats import Material
from auditor.report.terminal import print_summary
from auditor.report.text.visible import SHAPELESS, visible, visible_run
from tests.report.page import Page, page
from tests.report.runs import check, evidence, finding, host, run, sidecars, value

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "end of script": "</script><script>alert(1)</script>",
    "end of style": "</style><style>*{display:none}</style>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "image": "<img src=x onerror=alert(1)>",
    "template": "{{7*7}}{% for x in y %}",
    "comment": "<!--",
    "entity": "&lt;b&gt;&#60;",
    "link": "javascript:alert(1)",
    "escape": "\x1b]0;owned\x07\x1b[31m",
    "bidi": "abc\u202edcb\u2066x",
    "line": "a\r\nb\u2028c\x85d",
    "null": "a\x00b",
    "tag": "\U000e0041",
    "markup": "[bold red]x[/]",
}


def hostile_run(text: str) -> Run:
    """A run with the text in everything that a target or a person may have written."""
    name = "a"
    unread = finding(
        "ACC-002", name, Verdict.UNKNOWN, "host:", reason=Reason.DENIED, detail=text
    )
    open_ = finding(
        "ACC-001",
        name,
        Verdict.FAIL,
        f"service:{text}",
        values={"account": value("account", text), "person": value("person", text)},
        evidence=(evidence(text, text),),
        group=text,
    )
    where = host(
        name,
        group=text,
        roles=(text,),
        zone=text,
        address=text,
        state=HostState.PARTIAL,
        reason=Reason.SUDO_REFUSED,
        detail=text,
        privilege=text,
    )
    served = finding("PHI-007", name, Verdict.FAIL, f"directory:{text}")
    return run(
        [check("ACC-001"), check("ACC-002"), check("PHI-007", family="patient_data")],
        [where],
        [unread, open_, served],
        client=text,
        auditor=text,
        profile=text,
        groups={text: text},
    )


def earlier_run(text: str) -> Run:
    """A run of a check and a host that are gone, both named so."""
    gone = check("OLD-001", family=text, title={"en": text})
    return run([gone], [host(text)], [finding("OLD-001", text, Verdict.FAIL)])


@cache
def shown(text: str) -> Page:
    """The report of a run full of that text, since another one."""
    earlier = earlier_run(text)
    said = "{account} and {person} get in."
    return page(hostile_run(text), "en", earlier, fail=said)


@pytest.fixture(scope="module")
def harmless() -> Page:
    return shown("harmless")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_it_adds_no_element_and_no_attribute(text: str, harmless: Page) -> None:
    def shape(one: Page) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(attributes)) for tag, attributes in one.elements]

    assert shape(harmless) == shape(shown(text))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_it_is_shown_as_it_is_written(text: str) -> None:
    assert visible(text) in shown(text).text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_it_changes_neither_script_nor_the_policys_hold_on_the_style(
    text: str, harmless: Page
) -> None:
    assert harmless.raw["script"] == shown(text).raw["script"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_shapeless_character_is_left(text: str) -> None:
    found = {c for c in shown(text).html if unicodedata.category(c) in SHAPELESS}
    assert {"\n"} == found


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_terminal_gets_no_control_character(text: str) -> None:
    stream = io.StringIO()
    hostile = hostile_run(text)
    material = Material(hostile, sidecars(hostile), load_frameworks(), "en", (hostile,))
    print_summary(material, Console(file=stream, width=200))
    left = {c for c in stream.getvalue() if unicodedata.category(c) in SHAPELESS}
    assert left <= {"\n"}


def test_a_number_stands_for_what_has_no_shape() -> None:
    assert r"a\u{1b}[31m\u{202e}\u{a}" == visible("a\x1b[31m\u202e\n")


def test_letters_accents_and_no_break_spaces_stay() -> None:
    text = "Élevé\u00a0: 491\u202f840 é"
    assert text == visible(text)


def test_keys_are_cleaned_as_values_are() -> None:
    groups = visible_run(hostile_run("\x07")).groups
    assert {r"\u{7}": r"\u{7}"} == groups


def test_a_clean_run_is_left_as_it_is() -> None:
    clean = hostile_run("harmless")
    assert clean == visible_run(clean)
