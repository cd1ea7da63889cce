"""Logs that others than their writer and root may read or change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact
from auditor.model.sources import (
    Body,
    Read,
    Shown,
    Source,
    SourceText,
    Status,
    ValueKind,
)

ROW = re.compile(r"([0-9a-f]+) (\S+) (\S+) (/.*)")


class LogFile(Struct, frozen=True):
    """One log, its permission bits, owner and group by name."""

    path: str
    mode: int
    owner: str
    group: str
    read: Read[str]

    @property
    def name(self) -> str:
        """The path without what a rotation adds (`.1`, `-20261101`, `.gz` …)."""
        return re.sub(r"([.-][0-9]+)*(\.(gz|xz|bz2|zst|old))?$", "", self.path)


class LogFiles(Fact, frozen=True):
    """Files below /var/log, four folders deep, that more than their owner can use.

    Besides: folders there that others can't enter, since nothing in them is open to
    all. Without root, folders closed to us hide what a group may write. Of a link it
    is the target that counts, where others can get to it; /var/log may be one, too.
    """

    fragment: ClassVar[str] = r"""
if ! [ -d /var/log ]; then
  state_of /var/log
  head_line "$state" file /var/log -
  return
fi
ended=0 # a log that is rotated away meanwhile ends find with 1
if [ "$uid" -eq 0 ]; then ended=1; fi
source_command -root -ok "$ended" -as 'find /var/log' keep '' \
  find -H /var/log -maxdepth 4 \
  '(' -type d ! -perm -0001 -o \
  -type f '(' -perm -0004 -o -perm -0002 -o -perm -0020 ')' ')' \
  -exec stat -c '%f %U %G %n' '{}' +
linked() { # MODE OWNER GROUP LINK of each link that leads others to a file
  limited 10 find -H /var/log -maxdepth 4 -type l 2>/dev/null | head -n 100 |
    while IFS= read -r link; do
      above=$(readlink -f "$link" 2>/dev/null)
      if ! [ -f "$above" ]; then continue; fi
      while above=${above%/*}; [ -n "$above" ]; do
        case $(stat -c %A "$above" 2>/dev/null) in *[xt]) ;; *) continue 2 ;; esac
      done
      stat -L -c '%f %U %G %n' "$link" 2>/dev/null
    done
}
found=$(linked | reduce keep '' '' 262144)
head_line ok search 'links below /var/log' -
if [ -n "$found" ]; then printf '%s\n' "$found"; fi
"""

    files: tuple[LogFile, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Rows `MODE OWNER GROUP PATH`, the mode in hexadecimal with the type."""
        files: list[LogFile] = []
        closed: list[str] = []
        for text in body.used():
            for file, folder in _rows(text):
                if folder:
                    closed.append(file.path + "/")
                else:
                    files.append(file)
        reachable = [f for f in files if not f.path.startswith(tuple(closed))]
        return cls(body.sources, tuple(reachable))


def _rows(text: SourceText) -> Iterator[tuple[LogFile, bool]]:
    for line in text.lines:
        match = ROW.fullmatch(line.text)
        if match is None:
            continue
        bits, owner, group, path = match.groups()
        mode = int(bits, 16)
        source = Source(text.source.fact, "entry", path, Status.OK)
        shown = f"{mode & 0o7777:04o}"
        shows = (
            Shown("mode", ValueKind.MODE, shown),
            Shown("owner", ValueKind.ACCOUNT, owner),
            Shown("group", ValueKind.ACCOUNT, group),
        )
        read = Read(path, source, None, shows)
        yield LogFile(path, mode & 0o7777, owner, group, read), mode >> 12 == 0o04
