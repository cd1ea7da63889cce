"""The report in a real browser: what its script and its style do."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.report.text.labels import LOCALES
from tests.report.browser import Browser

LANGUAGES = sorted(LOCALES)
SHOWN = "[...document.querySelectorAll('.finding:not([hidden])')].map(o => o.id).join()"


@pytest.fixture
def page(browser: Browser, reports: Path) -> Browser:
    browser.open(reports / "fleet-fr.html")
    return browser


def choose(page: Browser, name: str, value: str) -> None:
    """Set a field of the filter as a person would."""
    page.ask(
        f"(() => {{ const field = document.querySelector('.filter [name={name}]');"
        f" field.value = '{value}';"
        " field.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def test_the_style_is_in_force(page: Browser) -> None:
    assert "grid" == page.ask(
        "getComputedStyle(document.querySelector('.figures')).display"
    )


def test_the_script_folds_all_but_the_first_finding(page: Browser) -> None:
    assert 1 == page.ask("document.querySelectorAll('details[open]').length")


def test_the_filter_shows_what_it_is_asked_for_and_counts_it(page: Browser) -> None:
    choose(page, "f", "ssh")
    shown = page.ask(
        "[...document.querySelectorAll('.finding:not([hidden])')]"
        ".map(one => one.dataset.f).join()"
    )
    output = page.ask("document.querySelector('.filter output').textContent")
    assert ("ssh,ssh,ssh,ssh,ssh", "Constats affichés : 5 sur 41") == (shown, output)


def test_the_search_ignores_case_and_accents(page: Browser) -> None:
    choose(page, "q", "ECHEANCE")
    assert "f-MIG-002" == page.ask(SHOWN)


def test_a_filter_is_kept_in_the_address(page: Browser) -> None:
    choose(page, "f", "lifecycle")
    assert "#f=lifecycle" == page.ask("location.hash")


def test_a_filter_in_the_address_is_applied(browser: Browser, reports: Path) -> None:
    browser.open(reports / "fleet-fr.html", fragment="#f=lifecycle&v=fail")
    assert "f-EOL-003" == browser.ask(SHOWN)


def test_a_permalink_unfolds_its_finding(browser: Browser, reports: Path) -> None:
    browser.open(reports / "fleet-fr.html", fragment="#f-lis-35-PHI-007")
    assert browser.ask("document.querySelector('#f-PHI-007').open") is True


def test_a_permalink_brings_its_row_into_view(browser: Browser, reports: Path) -> None:
    browser.open(reports / "fleet-fr.html", fragment="#f-lis-35-PHI-007")
    top = browser.ask(
        "document.getElementById('f-lis-35-PHI-007').getBoundingClientRect().top"
    )
    assert 0 <= top < 900


def test_copying_takes_the_command_and_nothing_else(
    browser: Browser, reports: Path
) -> None:
    browser.open(
        reports / "lab-en.html", permissions=["clipboard-read", "clipboard-write"]
    )
    browser.click("details[open] .command .copy")
    copied = browser.ask("navigator.clipboard.readText()")
    assert copied.startswith("auditor run -i inventory.toml --limit ")
    assert "\n" not in copied


def test_commands_can_be_copied_and_mere_names_can_not(
    browser: Browser, reports: Path
) -> None:
    browser.open(reports / "lab-en.html")
    offered = browser.ask(
        "[...document.querySelectorAll('#f-LOG-014 .fixes code')]"
        ".map(c => [c.textContent, c.nextSibling?.className === 'copy'])"
    )
    assert ["systemctl restart vsftpd", True] in offered
    assert ["xferlog_enable=YES", True] in offered
    assert ["[mysqld]", False] in offered


def test_copying_says_that_it_copied(browser: Browser, reports: Path) -> None:
    browser.open(
        reports / "lab-en.html", permissions=["clipboard-read", "clipboard-write"]
    )
    # watched in the page itself: it says so for two seconds only
    said = browser.ask(
        "new Promise(done => {"
        " const button = document.querySelector('details[open] .command .copy');"
        " new MutationObserver(() => done(button.textContent))"
        "  .observe(button, {childList: true});"
        " button.click(); })"
    )
    assert "Copied" == said


def test_without_a_clipboard_the_command_is_selected(page: Browser) -> None:
    page.ask("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.click("details[open] .command .copy")
    assert "auditor run -i" in page.ask("getSelection().toString()")


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["lab", "fleet"])
def test_no_width_makes_the_page_scroll_sideways(
    browser: Browser, reports: Path, name: str, language: str, width: int
) -> None:
    browser.open(reports / f"{name}-{language}.html", width=width)
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert 0 == browser.ask(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


UNSEEN_TEXT = """
(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const lost = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const around = node.parentElement;
    const meant = around.closest("script, style, .filter, .printed");
    if (node.data.trim() && !meant && !around.checkVisibility()) lost.push(node.data);
  }
  return lost;
})()
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_script_all_text_is_shown(
    browser: Browser, reports: Path, language: str
) -> None:
    browser.open(reports / f"lab-{language}.html", javaScriptEnabled=False)
    assert [] == browser.ask(UNSEEN_TEXT)


def test_without_script_nothing_that_needs_it_is_offered(
    browser: Browser, reports: Path
) -> None:
    browser.open(reports / "lab-en.html", javaScriptEnabled=False)
    offered = "[...document.querySelectorAll('button, input, select')]"
    assert 0 == browser.ask(f"{offered}.filter(o => o.checkVisibility()).length")


def test_nothing_moves(browser: Browser, reports: Path) -> None:
    browser.open(reports / "lab-en.html", reducedMotion="reduce")
    assert [] == browser.ask(
        "[...document.querySelectorAll('*')].filter(one => {"
        " const style = getComputedStyle(one);"
        " return style.transitionDuration !== '0s' || style.animationName !== 'none'"
        " || style.scrollBehavior === 'smooth'; }).map(one => one.tagName)"
    )


def test_forced_colours_leave_every_badge_a_border(
    browser: Browser, reports: Path
) -> None:
    browser.open(reports / "lab-en.html", forcedColors="active")
    borders = browser.ask(
        "[...new Set([...document.querySelectorAll('.v')].map(one =>"
        " getComputedStyle(one).borderTopStyle"
        " + getComputedStyle(one).borderTopWidth))]"
    )
    assert borders
    assert [] == [one for one in borders if one.startswith("none") or "0px" in one]
