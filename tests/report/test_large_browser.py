"""The report of a large fleet in a real browser: from the index to a page and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model.frameworks import load_frameworks
from auditor.report.as_html import write
from auditor.report.formats import Document, Material
from auditor.store.documents import write_document
from tests.report.browser import Browser
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts

OPEN = "[...document.querySelectorAll('.sheet[open]')].map(one => one.id).join()"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, reports: Path) -> Path:
    """The index of 104 hosts, beside the other reports."""
    run = fleet(104)
    file = tmp_path_factory.mktemp("large", numbered=True) / "large fleet.html"
    made = write(Material(run, texts(run), load_frameworks(), "fr", name=file.name))
    assert isinstance(made, Document)
    write_document(file, made.data, made.folder, made.pages)
    assert reports.is_dir()
    return file


def page_of(index: Path, name: str) -> Path:
    (file,) = index.parent.rglob(name)
    return file


@pytest.mark.parametrize("fragment", ["#f-lis-35-ACC-001", "#h-lis-35"])
def test_a_permalink_of_the_index_leads_on_to_the_hosts_page(
    browser: Browser, index: Path, fragment: str
) -> None:
    browser.open(index, fragment=fragment)
    assert fragment == browser.ask(
        "new Promise(done => setTimeout(() => done(location.hash), 500))"
    )
    assert "lab-site-35.html" == browser.ask("location.pathname.split('/').pop()")
    assert "h-lis-35" == browser.ask(OPEN)


def test_a_laboratory_of_a_finding_leads_to_its_hosts_on_the_page(
    browser: Browser, index: Path
) -> None:
    browser.open(page_of(index, "lab-site-35.html"), fragment="#c=ACC-001")
    having = (
        "[...document.querySelectorAll('.sheet:has([id$=\"-ACC-001\"])')]"
        ".map(one => one.id).join()"
    )
    assert browser.ask(OPEN) == browser.ask(having) != ""


def test_hosts_are_filtered_by_what_was_found_there(
    browser: Browser, index: Path
) -> None:
    browser.open(page_of(index, "lab-site-29.html"), fragment="#v=unknown")
    shown = "document.querySelectorAll('.sheet:not([hidden])').length"
    with_unknown = "document.querySelectorAll('.sheet:has(h4.unknown)').length"
    assert browser.ask(shown) == browser.ask(with_unknown) > 0


@pytest.mark.parametrize(
    "name", ["large fleet.html", "lab-site-35.html", "framework-gdpr.html"]
)
@pytest.mark.parametrize("width", [320, 1440])
def test_no_file_scrolls_sideways(
    browser: Browser, index: Path, name: str, width: int
) -> None:
    browser.open(page_of(index, name), width=width)
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert 0 == browser.ask(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.mark.parametrize(
    "name", ["large fleet.html", "lab-site-35.html", "framework-gdpr.html"]
)
def test_axe_finds_nothing(browser: Browser, index: Path, name: str) -> None:
    browser.open(page_of(index, name))
    assert () == browser.axe().violations
