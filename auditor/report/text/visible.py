"""Text that came from a target is hostile: nothing in it may hide or steer.

Control characters end lines and drive terminals, format characters turn text around
(U+202E) or vanish (U+200B); each becomes a visible ``\\u{hex}`` before any escaping
of HTML or of a terminal's markup.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import structs

from auditor.model.run import Run

Part = TypeVar("Part", bound=msgspec.Struct)

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
    return structs.replace(
        run,
        run=visible_part(run.run),
        groups=_visible(run.groups),
        checks=tuple(map(visible_part, run.checks)),
        hosts=tuple(map(visible_part, run.hosts)),
        findings=tuple(map(visible_part, run.findings)),
        waivers=tuple(map(visible_part, run.waivers)),
        attestations=tuple(map(visible_part, run.attestations)),
    )


def visible_part(part: Part) -> Part:
    """A record with every string in it visible.

    As JSON it tells in one look that nothing is to be done: JSON has an escape for each
    control character and no other backslash.
    """
    text = msgspec.json.encode(part).decode("utf-8")
    if text.isprintable() and "\\" not in text:
        return part
    plain = msgspec.to_builtins(part, builtin_types=(datetime, date))
    return msgspec.convert(_visible(plain), type=type(part))


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(key): _visible(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_visible(below) for below in value]
    return value
