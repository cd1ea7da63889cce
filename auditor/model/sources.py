"""What was read on a host: sources with a status, and values that name them.

A fact's body (formats of the answer) is, per source, a head line
``status TAB kind TAB name TAB rc`` and then its lines ``SP number TAB text``; bytes
outside 0x20-0x7e and the backslash stand as ``\\xHH``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


class Status(StrEnum):
    """How the reading of one source ended."""

    OK = "ok"
    ABSENT = "absent"
    DENIED = "denied"
    NO_TOOL = "no_tool"
    TIMED_OUT = "timed_out"
    TRUNCATED = "truncated"
    FAILED = "failed"
    MISSING = "missing"
    NOT_COLLECTED_FOR = "not_collected_for"


#: Statuses in which everything that there is was seen.
SEEN = frozenset({Status.OK, Status.ABSENT})

#: A fact takes the first of these that one of its sources has.
GRAVEST_FIRST = (
    Status.FAILED,
    Status.DENIED,
    Status.TIMED_OUT,
    Status.TRUNCATED,
    Status.NO_TOOL,
    Status.MISSING,
    Status.NOT_COLLECTED_FOR,
)


class ValueKind(StrEnum):
    """The closed set of what a value can be; redaction goes by it."""

    ACCOUNT = "account"
    PERSON = "person"
    PATH = "path"
    ADDRESS = "address"
    HOSTNAME = "hostname"
    PORT = "port"
    SERVICE = "service"
    PACKAGE = "package"
    VERSION = "version"
    SETTING = "setting"
    OPTION = "option"
    FINGERPRINT = "fingerprint"
    DIGEST = "digest"
    MODE = "mode"
    COUNT = "count"
    SIZE = "size"
    TIME = "time"
    DURATION = "duration"
    WORD = "word"


class Source(Struct, frozen=True):
    """One file, command, search or entry of a search that a fact rests on."""

    fact: str
    kind: str
    name: str
    status: Status
    rc: str = ""

    @property
    def seen(self) -> bool:
        """Whether all that this source holds was seen (an unused one counts)."""
        return self.kind == "alternative" or self.status in SEEN


class Shown(Struct, frozen=True):
    """A value as evidence shows it; `key` may be empty."""

    key: str
    kind: ValueKind
    value: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}" if self.key else self.value


class Read(Struct, Generic[T_co], frozen=True):
    """A value together with where it was read: the only stuff of evidence.

    `line` counts from 1 and is None where no line says it: a built-in default, an
    absence, or the entry of a search (whose source is the entry's own path).
    """

    value: T_co
    source: Source
    line: int | None
    shows: tuple[Shown, ...]

    @property
    def proven(self) -> bool:
        """Whether a line, or an entry that was found, says it by itself."""
        return self.line is not None or self.source.kind == "entry"

    def with_value(self, value: U) -> Read[U]:
        """The same place, read as another value."""
        return Read(value, self.source, self.line, self.shows)


class Line(Struct, frozen=True):
    """One line of a source: its number there and its text, still escaped."""

    number: int
    raw: str

    @property
    def text(self) -> str:
        """The text, escapes resolved; bytes that are no UTF-8 stay visible."""
        return unescape(self.raw)

    @property
    def fields(self) -> tuple[str, ...]:
        """The text split at the tabs that a reducer wrote, escapes resolved."""
        return tuple(unescape(part) for part in self.raw.split("\t"))


class SourceText(Struct, frozen=True):
    """A source and the lines that came from it."""

    source: Source
    lines: tuple[Line, ...] = ()

    def read(
        self,
        value: U,
        line: Line | None,
        *,
        key: str = "",
        kind: ValueKind = ValueKind.SETTING,
        shown: str | None = None,
    ) -> Read[U]:
        """`value` as read here, shown in evidence as `key=shown` of that kind."""
        text = str(value) if shown is None else shown
        number = None if line is None else line.number
        return Read(value, self.source, number, (Shown(key, kind, text),))


class Body(Struct, frozen=True):
    """The whole answer of one fact."""

    fact: str
    texts: tuple[SourceText, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources in the order in which they were read."""
        return tuple(text.source for text in self.texts)

    def used(self) -> Iterator[SourceText]:
        """The texts whose source answered with content."""
        return (
            t
            for t in self.texts
            if t.source.kind != "alternative" and t.source.status != Status.ABSENT
        )

    def named(self, name: str) -> SourceText | None:
        """The text of the source of that name, if it was tried."""
        return next((t for t in self.texts if t.source.name == name), None)


#: As many as always fit into 64 bits with a sign.
MOST_DIGITS = 18
STATUSES = frozenset(status.value for status in Status)
_ESCAPED = re.compile(r"((?:\\x[0-9a-f]{2})+)")


def unescape(raw: str) -> str:
    """Resolve ``\\xHH``; bytes that are no UTF-8 stay as ``\\xHH``."""
    if "\\" not in raw:
        return raw
    return _ESCAPED.sub(
        lambda m: bytes.fromhex(m[1].replace("\\x", "")).decode(
            "utf-8", "backslashreplace"
        ),
        raw,
    )


def whole_number(text: str) -> int | None:
    """The number that at most 18 ASCII digits write; None for anything else.

    A host may send thousands of digits, on which int() raises, digits that only
    Unicode knows, or a number that no field of a file holds.
    """
    short = len(text) <= MOST_DIGITS and text.isascii()
    return int(text) if short and text.isdigit() else None


def parse_body(fact: str, text: str) -> Body:
    """Split a fact's body into its sources.

    A line that fits the format nowhere makes the source before it `failed`, and is
    itself a failed one: what stands there is not understood, so nothing may be
    concluded from it.
    """
    texts: list[SourceText] = []
    lines: list[Line] = []
    for row in text.split("\n"):
        if row.startswith(" "):
            number, tab, raw = row[1:].partition("\t")
            counted = whole_number(number)
            if tab and counted is not None and texts:
                lines.append(Line(counted, raw))
                continue
        head = row.split("\t")
        if len(head) == 4 and head[0] in STATUSES:
            _close(texts, lines)
            source = Source(fact, head[1], unescape(head[2]), Status(head[0]), head[3])
            texts.append(SourceText(source))
        elif row:
            _close(texts, lines)
            if texts:
                texts[-1] = _failed(texts[-1])
            texts.append(SourceText(Source(fact, "value", fact, Status.FAILED)))
    _close(texts, lines)
    if not texts:
        texts.append(SourceText(Source(fact, "value", fact, Status.FAILED)))
    return Body(fact, tuple(texts))


def _close(texts: list[SourceText], lines: list[Line]) -> None:
    if texts and lines:
        texts[-1] = replace(texts[-1], lines=texts[-1].lines + tuple(lines))
    lines.clear()


def _failed(text: SourceText) -> SourceText:
    return replace(text, source=replace(text.source, status=Status.FAILED))


def unread_body(fact: str, status: Status) -> Body:
    """The body of a fact that was not read at all: one source of that status."""
    return Body(fact, (SourceText(Source(fact, "value", fact, status)),))


def status_of(sources: tuple[Source, ...]) -> Status:
    """A fact's status, from its sources: the gravest, else ok if any is, else absent.

    Alternatives count only when no other source is there: then the last one's.
    """
    counted = [s for s in sources if s.kind != "alternative"] or list(sources[-1:])
    found = {source.status for source in counted}
    for status in GRAVEST_FIRST:
        if status in found:
            return status
    return Status.OK if Status.OK in found else Status.ABSENT
