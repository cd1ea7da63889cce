"""Who may write to the files that decide who gets in by SSH."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.accounts import Group, Groups, Passwd
from auditor.facts.authorized_keys import AuthorizedKeys
from auditor.facts.ssh_servers import SshServers
from auditor.facts.sshd import SshdSettings
from auditor.model.facts import Fact
from auditor.model.sources import (
    Body,
    Line,
    Read,
    SourceText,
    ValueKind,
    whole_number,
)


class FileMode(Struct, frozen=True):
    """Mode bits and owners of a file or folder; of a link, those of its target."""

    path: str
    bits: int
    uid: int
    gid: int
    read: Read[str]


class SshFiles(Fact, frozen=True):
    """Modes of sshd's files, host keys and key files, and of the folders above.

    Of key files the folders up to the home, of others the one that they lie in.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (SshServers, SshdSettings, AuthorizedKeys)
    fragment: ClassVar[str] = r"""
paths() { # each path once; escaped ones are left out
  {
    # A folder that Include names counts also while nothing is in it.
    body_of SshServers | awk -F'\t' '
      $2 == "file" && ($1 != "absent" || $3 ~ /[*?]/) { print $3 "\tc" }'
    body_of SshdSettings | awk '/^ [0-9]+\thostkey / { print $3 "\tc" }'
    body_of AuthorizedKeys | awk -F'\t' '
      $2 == "file" { print $3 "\tk" }'
  } | awk -F'\t' '
    function put(p) {
      if (p !~ /^\// || p ~ /[\\*?]/ || seen[p]++) return
      if (++n <= 2000) print p
    }
    function above(p) { sub(/\/[^\/]*$/, "", p); return p == "" ? "/" : p }
    {
      put($1); put(above($1))
      if ($2 == "k" && $1 ~ /\/\.ssh\/[^\/]*$/) put(above(above($1)))
    }'
}
modes() {
  paths | {
    set --
    while IFS= read -r p; do
      if [ -e "$p" ]; then set -- "$@" "$p"; continue; fi
      state_of "$p" # sshd names host keys that nobody made
      if [ "$state" != absent ]; then echo unseen; fi
    done
    if [ $# -gt 0 ]; then stat -L -c '%a %u %g %n' "$@" </dev/null; fi
  }
}
if ! command -v stat >/dev/null; then head_line no_tool command stat 127; return; fi
found=$(modes | reduce keep '' '' 262144)
state=ok
case $found in *"${TAB}unseen"*) state=denied ;; esac
head_line "$state" search 'files of SSH' -
if [ -n "$found" ]; then printf '%s\n' "$found"; fi
"""

    modes: dict[str, FileMode]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`MODE UID GID PATH` lines, the mode in octal."""
        found = [
            mode
            for text in body.used()
            for line in text.lines
            if (mode := _mode(text, line)) is not None
        ]
        return cls(body.sources, {mode.path: mode for mode in found})

    def above(self, path: str) -> Iterator[FileMode]:
        """The modes of a path and of the folders above it, as far as they are known."""
        while path:
            if path in self.modes:
                yield self.modes[path]
            path = path.rpartition("/")[0]


def _mode(text: SourceText, line: Line) -> FileMode | None:
    words = line.text.split(" ", 3)
    if len(words) != 4 or not re.fullmatch(r"[0-7]{1,6}", words[0]):
        return None
    bits, *owners, path = words
    uid, gid = (whole_number(owner) for owner in owners)
    if uid is None or gid is None:
        return None
    read = text.read(bits, line, key=path, kind=ValueKind.MODE)
    return FileMode(path, int(bits, 8), uid, gid, read)


def writable_by_others(
    mode: FileMode, passwd: Passwd, groups: Groups, allowed: frozenset[int]
) -> tuple[Read[str], ...]:
    """What shows that others than the accounts of those numbers may write; else empty.

    A group counts when somebody else is in it: a private group has its owner only.
    """
    if mode.bits & 0o002 or mode.uid not in allowed:
        return (mode.read,)
    if mode.bits & 0o020:
        for group in groups.groups.values():
            others = _others(group, passwd, allowed) if group.gid == mode.gid else ()
            if others:
                return (mode.read, *others)
    return ()


def _others(
    group: Group, passwd: Passwd, allowed: frozenset[int]
) -> tuple[Read[str], ...]:
    """The line that puts somebody else into the group."""
    for entry in passwd.accounts:
        if entry.uid in allowed:
            continue
        if entry.gid == group.gid:
            return (entry.read,)
        if entry.name in group.members:
            return (group.read, entry.read)
    return ()
