"""The colours of the report, two by two: 4.5 for text, 3 for shapes (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from auditor.report.brand import contrast

CSS = resources.files("auditor.templates").joinpath("report.css").read_text("utf-8")
SCREEN, _, PRINT = CSS.partition("@media print")
LIGHT, _, DARK = SCREEN.partition("@media (prefers-color-scheme: dark)")
SCHEMES = {"light": LIGHT, "dark": DARK, "print": PRINT}
BUCKETS = ("fail", "warn", "pass", "unknown", "attested", "waived", "na")
#: What is written on what. Hatching shows tint and page by turns.
TEXT = [
    *((word, ground) for word in ("text", "muted") for ground in ("page", "surface")),
    *(("link", ground) for ground in ("page", "surface")),
    *((bucket, "page") for bucket in BUCKETS),
    *((bucket, f"{bucket}-tint") for bucket in BUCKETS),
    *((word, "fail-tint") for word in ("text", "muted")),
    ("fail", "surface"),
    ("unknown", "surface"),
]
SHAPES = [("border", "page"), ("border", "surface"), ("link", "page")]


def colours(scheme: str) -> dict[str, str]:
    """The variables of a scheme, as #rrggbb."""
    found = re.findall(r"--([\w-]+): #([0-9a-f]{3,6})\b", SCHEMES[scheme])
    return {name: twice(code) for name, code in reversed(found)}


def twice(code: str) -> str:
    return "#" + (code if len(code) == 6 else "".join(digit * 2 for digit in code))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out(scheme: str) -> None:
    known = colours(scheme)
    faint = [pair for pair in TEXT if contrast(*(known[one] for one in pair)) < 4.5]
    assert [] == faint


@pytest.mark.parametrize("scheme", SCHEMES)
def test_shapes_stand_out(scheme: str) -> None:
    known = colours(scheme)
    faint = [pair for pair in SHAPES if contrast(*(known[one] for one in pair)) < 3]
    assert [] == faint
