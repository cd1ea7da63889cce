"""The report without a mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.browser import Browser

#: The focused element: what it is, whether its ring shows and nothing lies over it.
FOCUSED = """
(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getClientRects()[0] || one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const all = [...document.querySelectorAll("*")];
  const [x, y] = [box.left + Math.min(box.width, innerWidth) / 2, box.top + 2];
  // what is taller than the window is looked at where it enters it
  const seen = Math.max(1, Math.min(y, innerHeight - 1));
  const above = document.elementFromPoint(x, seen);
  return {
    what: one.tagName + " " + (one.textContent || one.name).trim().slice(0, 40),
    at: all.indexOf(one),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0
      && box.left < innerWidth,
    free: !!above && (one.contains(above) || above.contains(one)),
  };
})()
"""


def stops(browser: Browser, key: str = "Tab") -> list[dict[str, Any]]:
    """Every element that the key leads to, from the page's start to its end."""
    found: list[dict[str, Any]] = []
    while True:
        browser.press(key)
        one = browser.ask(FOCUSED)
        if one is None or (found and one["at"] == found[0]["at"]):
            return found
        found.append(one)


def test_the_first_stop_skips_to_the_summary(browser: Browser, reports: Path) -> None:
    browser.open(reports / "lab-en.html", width=360)
    browser.press("Tab")
    first = browser.ask(FOCUSED)
    assert first["what"].startswith("A Skip") or first["what"].startswith("A Go")
    assert (True, True, True) == (first["ring"], first["inside"], first["free"])
    browser.press("Enter")
    browser.press("Tab")
    assert browser.ask("!!document.activeElement.closest('main')")


@pytest.mark.parametrize("width", [360, 1440])
def test_every_stop_is_in_order_seen_and_ringed(
    browser: Browser, reports: Path, width: int
) -> None:
    browser.open(reports / "lab-fr.html", width=width)
    found = stops(browser)
    places = [one["at"] for one in found]
    assert len(found) > 50
    assert sorted(places) == places
    unseen = [one for one in found if not (one["ring"] and one["inside"])]
    covered = [one for one in found if not one["free"]]
    assert ([], []) == (unseen, covered)


def test_going_back_no_stop_is_hidden_by_the_sticky_row(
    browser: Browser, reports: Path
) -> None:
    browser.open(reports / "fleet-fr.html", width=1440)
    browser.ask("document.querySelector('.filter input').focus()")
    for _ in range(40):
        browser.press("Shift+Tab")
        one = browser.ask(FOCUSED)
        assert (True, True) == (one["inside"], one["free"]), one


def test_a_finding_unfolds_and_folds(browser: Browser, reports: Path) -> None:
    browser.open(reports / "lab-en.html")
    last = "document.querySelector('.step:last-of-type .finding:last-of-type')"
    browser.ask(f"{last}.querySelector('summary').focus()")
    browser.press("Enter")
    opened = browser.ask(f"{last}.open")
    browser.press("Space")
    assert (True, False) == (opened, browser.ask(f"{last}.open"))


def test_a_wide_table_scrolls_by_arrows(browser: Browser, reports: Path) -> None:
    browser.open(reports / "lab-en.html", width=360)
    region = "document.querySelector('.fleet .scroll')"
    browser.ask(f"{region}.focus()")
    browser.press(*["ArrowRight"] * 8)
    browser.ask("new Promise(done => setTimeout(done, 300))")
    assert browser.ask(f"{region}.scrollLeft") > 0
