from __future__ import annotations

import re
from importlib import resources

import pytest

from auditor.report.brand import BACKGROUNDS, Brand, contrast


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),  # the known grey that just fails
        ("#0b5394", "#0b5394", 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio == round(contrast(other, one), 2)


def test_backgrounds_are_those_of_the_style() -> None:
    css = resources.files("auditor.templates").joinpath("report.css").read_text("utf-8")
    found = re.findall(r"--page: (#\w+); --surface: (#\w+);", css)[:2]
    full = [tuple(c if len(c) == 7 else c + c[1:] for c in pair) for pair in found]
    assert full == [BACKGROUNDS["light"], BACKGROUNDS["dark"]]


def test_print_has_the_light_accent() -> None:
    rules = Brand("X", light="#0b5394", dark="#8ab8f0").style.splitlines()
    assert rules[-1] == "@media print { :root { --link: #0b5394 } }"
    assert rules[1].startswith("@media screen")


def test_a_name_alone_changes_no_colour() -> None:
    assert Brand("X").style == ""
