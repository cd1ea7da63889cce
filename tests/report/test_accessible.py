"""Every report in every mode: quiet, alone, and without a fault that axe knows."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from auditor.report.text.labels import LOCALES
from tests.report.browser import Browser

PROJECT = Path(__file__).resolve().parents[2]
#: Kept as artefacts of CI.
SCREENSHOTS = PROJECT / ".cache/screenshots"

#: Rules that axe leaves to a person here, and what a person saw.
ARGUED = {
    "color-contrast": "badges over hatching and words in an SVG: axe computes neither"
    " background, so test_palette.py does",
    "th-has-data-cells": "a row that names a laboratory or a cause heads its <tbody>:"
    " scope=rowgroup, which axe does not count as heading cells",
}

MODES = [
    *product(("lab",), sorted(LOCALES), ("light", "dark"), (360, 1440)),
    # Drawn by the same rules, and ten times as long: two corners of it will do.
    ("fleet", "en", "dark", 360),
    ("fleet", "fr", "light", 1440),
]


@pytest.mark.parametrize(("name", "language", "scheme", "width"), MODES)
def test_a_report_is_quiet_alone_and_accessible(
    browser: Browser,
    reports: Path,
    name: str,
    language: str,
    scheme: str,
    width: int,
) -> None:
    file = reports / f"{name}-{language}.html"
    browser.open(file, width=width, colorScheme=scheme)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    browser.screenshot(SCREENSHOTS / f"{file.stem}-{scheme}-{width}.png", width, 5000)

    found = browser.axe()

    told = browser.told()
    assert ((), (), ()) == (told.errors, told.requests, told.dialogs)
    assert () == found.violations
    assert set() == {rule.id for rule in found.incomplete} - set(ARGUED)


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1440)])
def test_what_was_folded_is_accessible_too(
    browser: Browser, reports: Path, scheme: str, width: int
) -> None:
    browser.open(reports / "lab-fr.html", width=width, colorScheme=scheme)
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert () == browser.axe().violations


BROKEN = {
    "an image without words": ("<img src='data:,'>", "image-alt"),
    "a button without a name": ("<button></button>", "button-name"),
    "faint text": ("<p style='color:#bbb;background:#fff'>faint</p>", "color-contrast"),
    "a skipped heading": ("<h1>a</h1><h4>b</h4>", "heading-order"),
}


@pytest.mark.parametrize(("markup", "rule"), BROKEN.values(), ids=BROKEN)
def test_axe_refuses(browser: Browser, tmp_path: Path, markup: str, rule: str) -> None:
    file = tmp_path / "broken.html"
    file.write_text(
        f"<!DOCTYPE html><html lang=en><title>t</title><main><h1>t</h1>{markup}</main>",
        "utf-8",
    )
    browser.open(file)
    assert rule in {one.id for one in browser.axe().violations}


def test_a_page_that_breaks_its_policy_is_not_quiet(
    browser: Browser, reports: Path, tmp_path: Path
) -> None:
    """The three faults that the quiet test must be able to see."""
    html = (reports / "fleet-en.html").read_text("utf-8")
    changed = html.replace("<main", "<p style='color:red'>x</p><main").replace(
        "</main>", "<img src='http://192.0.2.1/x.png' alt=''></main>"
    )
    file = tmp_path / "changed.html"
    file.write_text(changed.replace("</style>", " </style>"), "utf-8")

    browser.open(file)

    told = browser.told()
    assert 3 == len(told.errors)
    assert ("http://192.0.2.1/x.png",) == told.requests
