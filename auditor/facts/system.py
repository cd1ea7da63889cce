"""Which operating system it is, and where its packages come from."""

from __future__ import annotations

import re
import shlex
from typing import ClassVar, Self

from auditor.model.facts import Fact
from auditor.model.sources import Body, Line, Read, SourceText, ValueKind

#: No value of os-release(5) is longer; shlex takes the square of a length.
LONGEST = 4096


class OsRelease(Fact, frozen=True):
    """The system's name and version (os-release(5)).

    The file is kept whole: it is public, and derivatives name their parent in fields
    of their own.
    """

    fragment: ClassVar[str] = r"""
etc() { source_file /etc/os-release keep; }
usr() { source_file /usr/lib/os-release keep; }
first_of etc usr
"""

    fields: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME=value` lines, the value quoted as for a shell; the last wins."""
        fields = {}
        for text in body.used():
            for line in text.lines:
                name, sign, value = line.text.strip().partition("=")
                if sign and not name.startswith("#"):
                    kind = ValueKind.VERSION
                    fields[name] = text.read(
                        _unquoted(value), line, key=name, kind=kind
                    )
        return cls(body.sources, fields)


def _unquoted(value: str) -> str:
    if len(value) > LONGEST:
        return value
    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value


class AptSources(Fact, frozen=True):
    """Where apt fetches packages from (sources.list(5)), user names cut out of URIs."""

    fragment: ClassVar[str] = r"""
source_file /etc/apt/sources.list uris
source_glob '/etc/apt/sources.list.d/*.list' uris
source_glob '/etc/apt/sources.list.d/*.sources' uris
"""

    lines: tuple[tuple[SourceText, Line], ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """The lines in force; commented ones never left the host."""
        return cls(body.sources, tuple((t, n) for t in body.used() for n in t.lines))

    def first(self, pattern: str) -> Read[str] | None:
        """The first line that the pattern is found in, from its match on."""
        for text, line in self.lines:
            found = re.search(pattern, line.text)
            if found:
                shown = found[0]
                return text.read(shown, line, key="apt", kind=ValueKind.HOSTNAME)
        return None
