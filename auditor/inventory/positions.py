"""Which line of a TOML text a key stands on.

`tomllib` gives values without positions and no library that keeps them reads as
strictly, so this walks a text that `tomllib` has already accepted and only notes
where keys and elements begin. Grammar: TOML 1.0.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable

Key = tuple[str | int, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_OPEN = re.compile(r"\[\[?[ \t]*")
_CLOSE = re.compile(r"[ \t]*\]\]?")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_PART = re.compile(r'[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_SCALAR = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\d{4}-\d{2}-\d{2} \d{2}:[^\s,\]}#]*"
    r"|[^\s,\]}#]+",
    re.DOTALL,
)


def locate(text: str) -> dict[Key, int]:
    """Return the line, from 1, of every table, key and element of a TOML text.

    A path holds table and key names, and indices from 0 for arrays and arrays of
    tables: `("waiver", 1, "hosts", 0)`. The text must be valid TOML; of any other
    the answer means nothing (`tomllib` has its own line then).
    """
    walk = _Walk(text.replace("\r\n", "\n"))
    walk.document()
    return walk.lines


class _Walk:
    """A position in the text, and what was found before it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.lines: dict[Key, int] = {}
        self.tables: dict[Key, int] = {}

    def document(self) -> None:
        """Read headers and keys up to the end of the text."""
        table: Key = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.assignment(table)
            self.skip(_BLANK)

    def header(self) -> Key:
        """Read `[a.b]` or `[[a.b]]`; return the path of the table it opens."""
        start = self.at
        several = self.text.startswith("[[", start)
        self.skip(_OPEN)
        *above, last = self.key()
        self.skip(_CLOSE)
        path: Key = ()
        for part in above:
            path = self.inside((*path, part))
            self.lines.setdefault(path, self.line(start))
        path = (*path, last)
        if several:
            self.lines.setdefault(path, self.line(start))
            self.tables[path] = self.tables.get(path, -1) + 1
        path = self.inside(path)
        self.lines[path] = self.line(start)
        return path

    def inside(self, path: Key) -> Key:
        """The last element when the path is an array of tables, else the path."""
        return (*path, self.tables[path]) if path in self.tables else path

    def assignment(self, table: Key) -> None:
        """Read `key = value` of a table."""
        start = self.at
        path = table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, self.line(start))
        self.skip(_EQUALS)
        self.value(path)

    def key(self) -> list[str]:
        """Read a dotted key."""
        parts = [self.part()]
        while self.skip(_DOT):
            parts.append(self.part())
        return parts

    def part(self) -> str:
        """Read one bare or quoted word of a key."""
        word = self.skip(_PART)
        return next(iter(tomllib.loads(f"{word} = 0"))) if word[0] in "\"'" else word

    def value(self, path: Key) -> None:
        """Read a value and note what lies in it."""
        match self.text[self.at]:
            case "[":
                self.elements("]", lambda index: self.element((*path, index)))
            case "{":
                self.elements("}", lambda _: self.assignment(path))
            case _:
                self.skip(_SCALAR)

    def element(self, path: Key) -> None:
        """Read one element of an array."""
        self.lines[path] = self.line(self.at)
        self.value(path)

    def elements(self, end: str, read: Callable[[int], None]) -> None:
        """Read what stands between a bracket and its `end`, comma by comma."""
        self.at += 1
        index = 0
        self.skip(_BLANK)
        while self.text[self.at] != end:
            read(index)
            index += 1
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_BLANK)
        self.at += 1

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Move past what the pattern matches here and return it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def line(self, offset: int) -> int:
        """The line of an offset."""
        return bisect_right(self.starts, offset)
