"""Text that came from a target is hostile: nothing in it may hide or steer.

Control characters end lines and drive terminals, format characters turn text around
(U+202E) or vanish (U+200B); each becomes a visible ``\\u{hex}`` before any escaping
of HTML or of a terminal's markup.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Any

import msgspec

from auditor.model.run import Run

#: Unicode's categories that are shown by number: they have no shape of their own.
SHAPELESS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with every shapeless character as ``\\u{hex}``."""
    if text.isprintable():
        return text
    return "".join(
        f"\\u{{{ord(char):x}}}" if unicodedata.category(char) in SHAPELESS else char
        for char in text
    )


def visible_run(run: Run) -> Run:
    """The run with every string in it made visible, so that none can be forgotten."""
    plain = msgspec.to_builtins(run, builtin_types=(datetime, date))
    return msgspec.convert(_visible(plain), type=Run)


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(key): _visible(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_visible(below) for below in value]
    return value
