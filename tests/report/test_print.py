"""The report as Chromium prints it."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from auditor.report.text.labels import LOCALES
from tests.report.browser import Browser

LANGUAGES = sorted(LOCALES)
#: A4 in points, as Chromium rounds it.
A4 = (595, 842)

ONLY_PART_A = (
    "document.querySelectorAll('main > :not(.part-a), footer')"
    ".forEach(one => one.remove())"
)


def sizes(file: Path) -> list[tuple[int, int]]:
    """Width and height of every page in points, rounded."""
    with pikepdf.open(file) as pdf:
        boxes = [[round(float(side)) for side in page.mediabox] for page in pdf.pages]
    return [(right - left, top - bottom) for left, bottom, right, top in boxes]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["lab", "fleet"])
def test_the_decision_summary_prints_on_two_pages(
    browser: Browser, reports: Path, tmp_path: Path, name: str, language: str
) -> None:
    browser.open(reports / f"{name}-{language}.html")
    browser.ask(ONLY_PART_A)
    browser.pdf(tmp_path / "summary.pdf")
    assert [A4, A4] == sizes(tmp_path / "summary.pdf")


def test_a_longer_summary_is_seen(
    browser: Browser, reports: Path, tmp_path: Path
) -> None:
    browser.open(reports / "lab-en.html")
    browser.ask(ONLY_PART_A)
    browser.ask("document.querySelector('.decisions li').style = 'height: 20cm'")
    browser.ask(
        "(() => { const page = document.querySelector('.part-a');"
        " page.append(page.cloneNode(true)); })()"
    )
    browser.pdf(tmp_path / "longer.pdf")
    assert len(sizes(tmp_path / "longer.pdf")) > 2


def test_only_the_matrix_lies_on_its_side(
    browser: Browser, reports: Path, tmp_path: Path
) -> None:
    browser.open(reports / "lab-fr.html")
    browser.pdf(tmp_path / "whole.pdf")
    found = sizes(tmp_path / "whole.pdf")
    assert [A4, A4, A4[::-1]] == found[:3]
    assert {A4} == set(found[3:])


def test_print_unfolds_every_finding(browser: Browser, reports: Path) -> None:
    browser.open(reports / "fleet-fr.html")
    browser.ask("dispatchEvent(new Event('beforeprint'))")
    assert 0 == browser.ask("document.querySelectorAll('.finding:not([open])').length")


def test_print_is_light_whatever_the_screen(browser: Browser, reports: Path) -> None:
    browser.open(reports / "lab-fr.html", colorScheme="dark")
    browser.media("print")
    colours = browser.ask(
        "[getComputedStyle(document.body).color,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert ["rgb(27, 36, 48)", "rgb(255, 255, 255)"] == colours
