"""Files that hold a key: where they really lie, and who can read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.folders import plain
from auditor.model.sources import (
    Body,
    Read,
    Shown,
    Source,
    SourceText,
    Status,
    ValueKind,
)

#: A function for a fragment: `told PATH` is a source `stat PATH` with the file that the
#: path leads to and each folder above it, or says that there is none.
TOLD = r"""
told() { # PATH
  t_name="stat $1"
  t_path=$(readlink -f "$1" 2>/dev/null)
  if ! [ -f "${t_path:-$1}" ]; then
    state_of "$1"
    head_line "$state" search "$t_name" -
    return
  fi
  set -- "$t_path"
  while [ "$t_path" != / ]; do
    t_path=${t_path%/*}
    t_path=${t_path:-/}
    set -- "$@" "$t_path"
  done
  source_command -as "$t_name" modes '' stat -c "$N %f %u %g %n" "$@"
}
"""


class KeyFile(Struct, frozen=True):
    """A file, `path` after links; `open` tells whether everybody here can read it."""

    path: str
    mode: int
    open: bool
    read: Read[str]

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return self.path.rpartition("/")[0] or "/"


def key_files(body: Body) -> dict[str, KeyFile]:
    """By the path that was asked for; what was cut off tells nothing."""
    found = {}
    for text in told_sources(body):
        rows = list(_rows(text))
        if rows and len(rows) == _depth(rows[0][1]) + 1:
            asked = text.source.name.removeprefix("stat ")
            found[asked] = _key_file(text, rows)
    return found


def told_sources(body: Body) -> Iterator[SourceText]:
    """What `told` said."""
    return (text for text in body.texts if text.source.name.startswith("stat "))


def _depth(path: str) -> int:
    return 0 if path == "/" else path.count("/")


def _rows(text: SourceText) -> Iterator[tuple[int, str]]:
    for line in text.lines:
        found = re.fullmatch(r"([0-9a-f]+) \d+ \d+ (/.*)", line.text, re.DOTALL)
        if found:
            yield int(found[1], 16) & 0o7777, plain(found[2])


def _key_file(text: SourceText, rows: list[tuple[int, str]]) -> KeyFile:
    (mode, path), *above = rows
    entered = all(folder & 0o001 for folder, _ in above)
    source = Source(text.source.fact, "entry", path, Status.OK)
    shown = Shown("mode", ValueKind.MODE, f"{mode:04o}")
    read = Read(path, source, None, (shown,))
    return KeyFile(path, mode, bool(mode & 0o004) and entered, read)
