"""A TOML file as read: its values, and the line of every key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.positions import Key, locate

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Document(Struct, frozen=True):
    """A file that tomllib accepted."""

    file: str
    table: Mapping[str, Any]
    text: str

    def line(self, key: Key) -> int | None:
        """The line of a key, or of the nearest table around it."""
        lines = _lines(self.text)
        while key and key not in lines:
            key = key[:-1]
        return lines.get(key)

    def problem(self, key: Key, message: str) -> Problem:
        """One mistake at a key of this file."""
        return Problem(self.file, message, self.line(key), dotted(key))


# Only a file with mistakes, or with entries that name their place, is walked for lines.
_lines = cache(locate)


def dotted(key: Key) -> str:
    """A key as people write it; indices are left out, the line tells which."""
    words = [part for part in key if isinstance(part, str)]
    return ".".join(f'"{word}"' if "." in word else word for word in words)


def read_document(path: Path) -> Document:
    """Read a TOML file in UTF-8 (a leading byte order mark is skipped).

    Raises ConfigurationError with the line where the text stops being TOML.
    """
    file = str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise ConfigurationError([Problem(file, reason)]) from None
    return document_of(file, raw)


def document_of(file: str, raw: bytes) -> Document:
    """The content of a TOML file that is called so; raises as `read_document`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = "this is not UTF-8: save the file as UTF-8"
        raise ConfigurationError([Problem(file, message, line)]) from None
    try:
        return Document(file, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([_syntax(file, str(error), text)]) from None
    except (RecursionError, ValueError):  # what tomllib itself does not expect
        message = "this can't be read: nested too deep, or a number too long"
        raise ConfigurationError([Problem(file, message)]) from None


def _syntax(file: str, message: str, text: str) -> Problem:
    found = _POSITION.search(message)
    line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
    reason = _POSITION.sub("", message)
    return Problem(file, f"this is not TOML: {reason[:1].lower()}{reason[1:]}", line)


def meant(word: str, known: Mapping[str, Any] | tuple[str, ...] | list[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no known word is near."""
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""
