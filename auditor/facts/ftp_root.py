"""What an anonymous FTP user could write to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from auditor.facts.ftp import VsftpdConfig
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


@dataclass(frozen=True, slots=True)
class FtpAccount:
    """The account that anonymous users act as: numbers as id(1) and passwd(5) say."""

    name: str
    uid: int
    groups: frozenset[int]
    home: str


@dataclass(frozen=True, slots=True)
class AnonymousFolder:
    """A folder below an anonymous root; `acl` holds entries beyond its mode."""

    path: str
    mode: int
    uid: int
    gid: int
    acl: tuple[str, ...]
    read: Read[str]

    def permits(self, account: FtpAccount, wanted: int) -> bool:
        """Whether the account has these permissions (bits of one octal digit)."""
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
            groups.append(_bits(named["group:"]) & mask if named else self.mode >> 3)
        if groups:
            return any(bits & wanted == wanted for bits in groups)
        return self.mode & wanted == wanted


def plain(path: str) -> str:
    """The path without doubled and last slashes."""
    return re.sub("/+", "/", path).rstrip("/") or "/"


def _bits(text: str) -> int:
    return sum(
        bit for bit, letter in zip((4, 2, 1), text, strict=True) if letter != "-"
    )


@dataclass(frozen=True, slots=True)
class AnonymousFolders(Fact):
    """Modes of each anonymous root of vsftpd and of the folders two levels down.

    The root is `anon_root`, else the home of the account (`ftp_username`). What
    id(1) and getfacl(1) print is kept: permissions, names and numbers of accounts.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (VsftpdConfig,)
    fragment: ClassVar[str] = r"""
accounts() {
  echo ftp
  body_of VsftpdConfig | awk -F '\t' 'sub(/^ *ftp_username=/, "", $2) { print $2 }'
}
home_of() {
  awk -F: -v name="$1" '$1 == name { print $6; exit }' /etc/passwd
}
walk() { # ROOT: the folder and what lies below it, links not followed
  if ! [ -d "$1" ]; then
    state_of "$1"
    head_line "$state" search "$1" -
    return
  fi
  source_command -root -as "stat $1" modes '' find "$1/" -xdev -maxdepth 2 -type d \
    -exec stat -c "$N %f %u %g %n" {} +
  marked=$(limited 20 find "$1/" -xdev -maxdepth 2 -type d -exec ls -ld {} + |
    awk 'substr($1, 11) == "+" { n = 1 } END { print n + 0 }')
  if [ "$marked" = 0 ]; then return; fi
  if ! command -v getfacl >/dev/null; then
    head_line no_tool command "getfacl $1" 127
    return
  fi
  source_command -root -as "getfacl $1" keep '' find "$1/" -xdev -maxdepth 2 -type d \
    -exec getfacl -pns {} +
}
accounts | awk '!seen[$0]++' | while IFS= read -r account; do
  case $account in
    '' | *[!A-Za-z0-9_.-]*) head_line failed value "$account" - ;;
    *)
      source_command -ok 1 keep '' id "$account"
      source_value "home $account" "$(home_of "$account")"
      ;;
  esac
done
{
  words_of VsftpdConfig anon_root
  accounts | while IFS= read -r account; do
    case $account in '' | *[!A-Za-z0-9_.-]*) ;; *) home_of "$account" ;; esac
  done
} | awk '/^\// && !seen[$0]++' | while IFS= read -r root; do
  walk "${root%"${root##*[!/]}"}"
done
refused_of VsftpdConfig anon_root
"""

    accounts: dict[str, FtpAccount]
    folders: tuple[AnonymousFolder, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines of id(1), of `MODE UID GID NAME` (the mode in hex), of getfacl(1)."""
        homes = {
            text.source.name.removeprefix("home "): text.lines[0].text
            for text in body.used()
            if text.source.name.startswith("home ") and text.lines
        }
        accounts = {
            account.name: account
            for text in body.used()
            for account in _account(text, homes)
        }
        acls: dict[str, tuple[str, ...]] = {}
        for text in body.used():
            if text.source.name.startswith("getfacl "):
                acls |= _acls(text)
        folders = tuple(
            folder
            for text in body.used()
            if text.source.name.startswith("stat ")
            for folder in _folders(text, acls)
        )
        return cls(body.sources, accounts, folders)

    def below(self, root: str) -> tuple[AnonymousFolder, ...]:
        """The folders seen below a root, not the root itself."""
        inside = plain(root).rstrip("/") + "/"
        return tuple(f for f in self.folders if f.path.startswith(inside))


def _account(text: SourceText, homes: dict[str, str]) -> Iterator[FtpAccount]:
    name = text.source.name.removeprefix("id ")
    if text.source.name == name or not text.lines:
        return
    ids = text.lines[0].text
    uid = re.match(r"uid=(\d+)", ids)
    groups = re.findall(r"(?:[=,])(\d+)\(", ids.partition(" ")[2])
    if uid:
        numbers = frozenset(int(group) for group in groups)
        yield FtpAccount(name, int(uid[1]), numbers, homes.get(name, ""))


def _folders(
    text: SourceText, acls: dict[str, tuple[str, ...]]
) -> Iterator[AnonymousFolder]:
    for line in text.lines:
        words = line.text.split(" ", 3)
        if len(words) == 4 and re.fullmatch(r"[0-9a-f]+ \d+ \d+", " ".join(words[:3])):
            mode, uid, gid = int(words[0], 16) & 0o7777, int(words[1]), int(words[2])
            path = plain(words[3])
            source = Source(text.source.fact, "entry", path, Status.OK)
            shown = Shown("mode", ValueKind.MODE, f"{mode:04o}")
            read = Read(path, source, None, (shown,))
            acl = acls.get(path, ())
            yield AnonymousFolder(path, mode, uid, gid, acl, read)


def _acls(text: SourceText) -> dict[str, tuple[str, ...]]:
    """getfacl's blocks: `# file: PATH`, then an entry a line."""
    found: dict[str, tuple[str, ...]] = {}
    path = ""
    for line in text.lines:
        words = line.text
        if words.startswith("# file: "):
            path = re.sub(
                r"\\([0-7]{3})",
                lambda m: chr(int(m[1], 8)),
                words.removeprefix("# file: "),
            )
            path = plain(path)
        elif not words.startswith(("#", "default:")) and ":" in words:
            found[path] = (*found.get(path, ()), words.split("\t")[0])
    return found
