"""The report in a real browser: script, policy, widths and print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from auditor.model.frameworks import load_frameworks
from auditor.report.as_html import render_html
from auditor.report.labels import LOCALES
from tests.report.browser import PROGRAM, Browser, BrowserError
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no Chromium here: apt-get install chromium"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("report")
    run = fleet(28)
    for language in LOCALES:
        html = render_html(run, texts(run), load_frameworks(), language)
        (where / f"{language}.html").write_text(html, "utf-8")
    return where


@pytest.fixture(scope="module")
def browser(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    with ExitStack() as stack:
        try:
            one = stack.enter_context(Browser(tmp_path_factory.mktemp("profile")))
            one.open(folder / "fr.html")
        except BrowserError as ended:
            pytest.skip(str(ended))
        if one.ask("document.querySelectorAll('main').length") != 1:
            pytest.skip(f"{PROGRAM} may not read files of {folder}")
        yield one


@pytest.fixture
def page(browser: Browser, folder: Path) -> Browser:
    browser.open(folder / "fr.html")
    return browser


def test_the_policy_stops_nothing_of_ours(page: Browser) -> None:
    page.errors.clear()
    page.ask("document.querySelector('.filter input').focus()")
    assert [] == page.errors


def test_the_style_is_in_force(page: Browser) -> None:
    assert "grid" == page.ask(
        "getComputedStyle(document.querySelector('.figures')).display"
    )


def test_the_script_folds_all_but_the_first_finding(page: Browser) -> None:
    assert 1 == page.ask("document.querySelectorAll('details[open]').length")


def test_the_filter_shows_what_it_is_asked_for_and_counts_it(page: Browser) -> None:
    page.ask(
        "(() => { const f = document.querySelector('.filter select[name=f]');"
        " f.value = 'ssh'; f.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    shown = page.ask(
        "[...document.querySelectorAll('.finding:not([hidden])')]"
        ".map(one => one.dataset.f).join()"
    )
    output = page.ask("document.querySelector('.filter output').textContent")
    assert ("ssh,ssh,ssh,ssh,ssh", "5 constats affichés sur 41") == (shown, output)


def test_the_search_ignores_case_and_accents(page: Browser) -> None:
    page.ask(
        "(() => { const q = document.querySelector('.filter input');"
        " q.value = 'ECHEANCE'; q.dispatchEvent(new Event('input', {bubbles: true}));"
        " })()"
    )
    assert "f-MIG-002" == page.ask(
        "document.querySelector('.finding:not([hidden])').id"
    )


def test_a_filter_in_the_address_is_applied(browser: Browser, folder: Path) -> None:
    browser.open(folder / "fr.html", fragment="#f=lifecycle&v=fail")
    assert "f-EOL-003" == browser.ask(
        "[...document.querySelectorAll('.finding:not([hidden])')].map(o => o.id).join()"
    )


def test_a_permalink_unfolds_its_finding(browser: Browser, folder: Path) -> None:
    browser.open(folder / "fr.html", fragment="#f-lis-35-PHI-007")
    assert browser.ask("document.querySelector('#f-PHI-007').open") is True


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
@pytest.mark.parametrize("language", sorted(LOCALES))
def test_no_width_makes_the_page_scroll_sideways(
    browser: Browser, folder: Path, language: str, width: int
) -> None:
    browser.open(folder / f"{language}.html", width=width)
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert 0 == browser.ask(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_the_decision_summary_prints_on_two_pages(
    browser: Browser, folder: Path, language: str
) -> None:
    browser.open(folder / f"{language}.html")
    browser.ask(
        "document.querySelectorAll('main > :not(.part-a), footer')"
        ".forEach(one => one.remove())"
    )
    assert 2 == browser.pdf().count(b"/Type /Page\n")


def test_print_unfolds_every_finding(page: Browser) -> None:
    page.ask("dispatchEvent(new Event('beforeprint'))")
    assert 0 == page.ask("document.querySelectorAll('.finding:not([open])').length")
