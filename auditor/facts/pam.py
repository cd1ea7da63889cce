"""What PAM asks of whoever logs in (pam.d(5))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact
from auditor.model.sources import Body, Line, Read, SourceText


class Module(Struct, frozen=True):
    """One line of a stack; values of arguments are `_`."""

    kind: str
    control: str
    name: str
    arguments: tuple[str, ...]
    read: Read[str]


class PamStacks(Fact, frozen=True):
    """The stacks of services that let people in, and of password changes.

    `common-*` are Debian's, `system-auth` and `password-auth` RHEL's, `base-*`
    Alpine's. `stacks` is by the file's name without its folder.
    """

    fragment: ClassVar[str] = r"""
for stack in sshd login su vsftpd common-auth common-password system-auth \
  password-auth base-auth base-password; do
  source_file "/etc/pam.d/$stack" pam ''
done
"""

    stacks: dict[str, tuple[Module, ...]]
    includes: dict[str, tuple[str, ...]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines are `TYPE CONTROL MODULE ARGUMENT…` or `@include FILE`."""
        stacks = {}
        includes = {}
        for text in body.used():
            name = text.source.name.rpartition("/")[2]
            stacks[name] = tuple(_modules(text))
            includes[name] = tuple(_included(text))
        return cls(body.sources, stacks, includes)

    def of(self, service: str, kind: str) -> Iterator[Module]:
        """The modules of a kind (`auth`, `password` …), the included ones too."""
        todo, seen = [service], set()
        while todo:
            name = todo.pop(0)
            if name in seen:
                continue
            seen.add(name)
            yield from (m for m in self.stacks.get(name, ()) if m.kind == kind)
            todo += self.includes.get(name, ())


def _modules(text: SourceText) -> Iterator[Module]:
    for line in text.lines:
        kind, *words = line.fields
        if len(words) >= 2:
            control, path, *arguments = words
            name = path.rpartition("/")[2].removesuffix(".so")
            yield Module(
                kind.lstrip("-"),
                control,
                name,
                tuple(arguments),
                text.read(_shown(line), line, key="pam"),
            )


def _shown(line: Line) -> str:
    return " ".join(line.fields)


def _included(text: SourceText) -> Iterator[str]:
    for line in text.lines:
        match line.fields:
            case ["@include", name, *_]:
                yield name
            case [_, "include" | "substack", name, *_]:
                yield name
