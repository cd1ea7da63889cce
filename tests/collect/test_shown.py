"""What a target says can't act on whoever reads it."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from auditor.collect.shown import MOST, shown


def test_what_moves_or_hides_text_stands_as_its_number() -> None:
    assert shown("a\x1b]0;x\x07b\u202ec\u200bd") == (
        "a\\u{1b}]0;x\\u{7}b\\u{202e}c\\u{200b}d"
    )


def test_lines_become_one() -> None:
    assert shown("one\r\n  two\tthree\n") == "one two three"


def test_bytes_that_are_no_utf8_stay_visible() -> None:
    assert shown(b"caf\xe9") == "caf\\xe9"


def test_long_text_is_cut() -> None:
    assert shown("x" * 5000, 10) == "xxxxxxxxx…"


@given(st.one_of(st.text(), st.binary()))
def test_nothing_harmful_is_left(raw: str | bytes) -> None:
    said = shown(raw)
    assert len(said) <= MOST
    assert all(unicodedata.category(c)[0] not in "CZ" or c == " " for c in said)
