"""Hostile strings in a real browser: nothing runs, nothing is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model.frameworks import load_frameworks
from auditor.report.as_html import render_html
from auditor.report.formats import Material
from tests.report.browser import Browser
from tests.report.runs import sidecars
from tests.report.test_hostile import HOSTILE, hostile_run

STRINGS = HOSTILE | {
    "remote image": "<img src='http://192.0.2.1/x.png'>",
    "remote style": "</style><link rel=stylesheet href='http://192.0.2.1/x.css'>",
    "style address": "url(http://192.0.2.1/x)",
    "refresh": "<meta http-equiv=refresh content='0;url=http://192.0.2.1/'>",
    "svg": "<svg onload=alert(1)><use href='http://192.0.2.1/x.svg#a'/></svg>",
    "form": "<form action='http://192.0.2.1/'><button autofocus>x</button></form>",
    "formula": '=HYPERLINK("http://192.0.2.1/","x")',
    "a line of 1 MB": "A" * 1_000_000,
}


def written(text: str, file: Path, language: str = "en") -> Path:
    """The report of a run that holds the text wherever a target may write."""
    run = hostile_run(text)
    texts = sidecars(run, fail="{account} and {person} get in.")
    html = render_html(Material(run, texts, load_frameworks(), language))
    file.write_text(html, "utf-8")
    return file


@pytest.mark.parametrize("text", STRINGS.values(), ids=STRINGS)
def test_it_stays_text(browser: Browser, tmp_path: Path, text: str) -> None:
    browser.open(written(text, tmp_path / "hostile.html"))
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    browser.ask("dispatchEvent(new Event('beforeprint'))")
    told = browser.told()
    assert ((), (), ()) == (told.errors, told.requests, told.dialogs)


@pytest.mark.parametrize("width", [360, 1440])
def test_a_word_without_end_leaves_the_page_its_width(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    browser.open(written("A" * 10_000, tmp_path / "long.html"), width=width)
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert 0 == browser.ask(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_what_is_asked_for_by_a_hostile_page_is_seen(
    browser: Browser, tmp_path: Path
) -> None:
    """Without escaping and policy the same strings are loud."""
    file = tmp_path / "open.html"
    file.write_text(
        "<!DOCTYPE html><title>t</title>" + STRINGS["script"] + STRINGS["remote image"],
        "utf-8",
    )
    browser.open(file)
    told = browser.told()
    assert (("1",), ("http://192.0.2.1/x.png",)) == (told.dialogs, told.requests)
