"""Folders as `stat` and `getfacl` show them, accounts as `id` does: who may do what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from auditor.model.sources import (
    Body,
    Read,
    Shown,
    Source,
    SourceText,
    Status,
    ValueKind,
)

READ, WRITE, ENTER = 4, 2, 1


class Account(Struct, frozen=True):
    """An account by the numbers that the kernel compares."""

    name: str
    uid: int
    groups: frozenset[int]


class Folder(Struct, frozen=True):
    """One folder; `acl` holds getfacl's entries when there are more than its mode."""

    path: str
    mode: int
    uid: int
    gid: int
    acl: tuple[str, ...]
    read: Read[str]

    def permits(self, account: Account, wanted: int) -> bool:
        """Whether the account has all these permissions (acl(5), access check)."""
        if account.uid == self.uid:
            return self.mode >> 6 & wanted == wanted
        named = {entry.rpartition(":")[0]: entry[-3:] for entry in self.acl}
        mask = _bits(named.get("mask:", "rwx"))
        own = named.get(f"user:{account.uid}")
        if own is not None:
            return _bits(own) & mask & wanted == wanted
        groups = [
            _bits(named[f"group:{gid}"]) & mask
            for gid in account.groups
            if f"group:{gid}" in named
        ]
        if self.gid in account.groups:
            own_group = _bits(named["group:"]) & mask if named else self.mode >> 3
            groups.append(own_group)
        if groups:
            return any(bits & wanted == wanted for bits in groups)
        return self.mode & wanted == wanted


def _bits(text: str) -> int:
    letters = zip((READ, WRITE, ENTER), text, strict=False)
    return sum(bit for bit, letter in letters if letter != "-")


def plain(path: str) -> str:
    """The path without doubled and last slashes."""
    return re.sub("/+", "/", path).rstrip("/") or "/"


def accounts(body: Body) -> dict[str, Account]:
    """By name, from sources called `id NAME`, as id(1) prints them."""
    found = {}
    for text in _called(body, "id "):
        ids = text.lines[0].text if text.lines else ""
        uid = re.match(r"uid=(\d{1,18})\b", ids)
        if uid:
            name = text.source.name.removeprefix("id ")
            groups = re.findall(r"[=,](\d{1,18})\b", ids.partition(" ")[2])
            found[name] = Account(name, int(uid[1]), frozenset(map(int, groups)))
    return found


def folders(body: Body) -> dict[str, Folder]:
    """By path, from sources called `stat PATH` (`MODE UID GID NAME`, mode in hex)."""
    acls: dict[str, tuple[str, ...]] = {}
    for text in _called(body, "getfacl "):
        acls |= _acls(text)
    found = [
        folder for text in _called(body, "stat ") for folder in _folders(text, acls)
    ]
    return {folder.path: folder for folder in found}


def _called(body: Body, start: str) -> Iterator[SourceText]:
    return (text for text in body.used() if text.source.name.startswith(start))


def _folders(text: SourceText, acls: dict[str, tuple[str, ...]]) -> Iterator[Folder]:
    for line in text.lines:
        found = re.fullmatch(
            r"([0-9a-f]+) (\d{1,18}) (\d{1,18}) (/.*)", line.text, re.DOTALL
        )
        if found:
            mode, path = int(found[1], 16) & 0o7777, plain(found[4])
            source = Source(text.source.fact, "entry", path, Status.OK)
            shown = Shown("mode", ValueKind.MODE, f"{mode:04o}")
            read = Read(path, source, None, (shown,))
            acl = acls.get(path, ())
            yield Folder(path, mode, int(found[2]), int(found[3]), acl, read)


def _acls(text: SourceText) -> dict[str, tuple[str, ...]]:
    """getfacl's blocks: `# file: PATH`, then an entry a line."""
    found: dict[str, tuple[str, ...]] = {}
    path = ""
    for line in text.lines:
        words = line.text
        if words.startswith("# file: "):
            path = plain(_unquoted(words.removeprefix("# file: ")))
        elif not words.startswith(("#", "default:")) and ":" in words:
            found[path] = (*found.get(path, ()), words.split("\t")[0])
    return found


def _unquoted(name: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), name)


#: Functions for a fragment, in sh. `listed PATH FIND-OPTION...` are sources `stat PATH`
#: and, where a listing marks one, `getfacl PATH`; PATH must be a folder.
LISTING = r"""
listed() {
  l_path=$1
  shift
  source_command -root -as "stat $l_path" modes '' \
    find "$@" -type d -exec stat -c "$N %f %u %g %n" {} +
  marked=$(limited 20 find "$@" -type d -exec ls -ld {} + |
    awk 'substr($1, 11) == "+" { n = 1 } END { print n + 0 }')
  if [ "$marked" = 0 ]; then return; fi
  if ! command -v getfacl >/dev/null; then
    head_line no_tool command "getfacl $l_path" 127
    return
  fi
  source_command -root -as "getfacl $l_path" keep '' \
    find "$@" -type d -exec getfacl -pns {} +
}
"""
