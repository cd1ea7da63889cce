"""The kernel's audit: rules on disk, rules in force, its state."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact
from auditor.model.sources import Body, Line, Read, Source, SourceText, whole_number


class AuditRule(Struct, frozen=True):
    """One rule of auditctl(8): `path` is what a watch names, else empty."""

    path: str
    never: bool
    read: Read[str]

    def watches(self, path: str) -> bool:
        """Whether it watches the path: itself, or a folder that it lies in."""
        own = self.path.rstrip("/")
        return bool(own) and (path.rstrip("/") + "/").startswith(own + "/")


class AuditRules(Fact, frozen=True):
    """Rules of audit.rules(7) on disk and in force, and what `auditctl -s` says.

    Kept but for comments: a rule holds paths, system calls and a key for searching,
    no secret. auditctl talks to the kernel only (traced on 3.0.9); inside a PID
    namespace the kernel refuses it.
    """

    fragment: ClassVar[str] = r"""
source_glob '/etc/audit/rules.d/*.rules' uncommented
source_file /etc/audit/audit.rules uncommented
if ! command -v auditctl >/dev/null; then
  head_line absent command auditctl -
elif limited 5 auditctl -s >/dev/null 2>&1; then
  source_command keep '' auditctl -s
  source_command keep '' auditctl -l
else
  head_line denied command 'auditctl -s' -
fi
"""

    state: dict[str, Read[int]]
    live: tuple[AuditRule, ...]
    disk: tuple[AuditRule, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME NUMBER` of the state; rules one a line, of all files."""
        state: dict[str, Read[int]] = {}
        live: list[AuditRule] = []
        disk: list[AuditRule] = []
        for text in body.used():
            if text.source.name == "auditctl -s":
                state = dict(_state(text))
            elif text.source.name == "auditctl -l":
                live += _rules(text)
            elif text.source.kind == "file":
                disk += _rules(text)
        return cls(body.sources, state, tuple(live), tuple(disk))

    @property
    def in_force(self) -> tuple[Source, ...]:
        """What says which rules the kernel follows now."""
        asked = tuple(s for s in self.sources if s.name.startswith("auditctl"))
        return asked or self.sources


def _state(text: SourceText) -> Iterator[tuple[str, Read[int]]]:
    for line in text.lines:
        match line.text.split():
            case [name, word] if (number := whole_number(word)) is not None:
                yield name, text.read(number, line, key=name)


def _rules(text: SourceText) -> Iterator[AuditRule]:
    for line in text.lines:
        rule = _rule(text, line)
        if rule is not None:
            yield rule


def _rule(text: SourceText, line: Line) -> AuditRule | None:
    words = _words(line.text)
    path = ""
    for option, value in pairwise(words):
        if option == "-w":
            path = value
        elif option == "-F" and value.startswith(("path=", "dir=")):
            path = value.partition("=")[2]
    adds = words[:1] in (["-a"], ["-A"])
    if not path and not adds:
        return None
    never = adds and len(words) > 1 and "never" in words[1].split(",")
    whole = never and not any(word in ("-F", "-S") for word in words)
    return AuditRule(path, whole, text.read(line.text, line, key="rule"))


#: The kernel takes no longer rule (AUDIT_MESSAGE_TEXT_MAX); shlex takes the square of
#: a length.
LONGEST = 8560


def _words(text: str) -> list[str]:
    if len(text) > LONGEST:
        return []
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return []
