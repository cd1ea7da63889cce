"""The one search for files by name, mode and owner over a host's local mounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.mounts import Mounts
from auditor.facts.served import Link, ServedFolders
from auditor.facts.walking import WALKING, folder_at, is_below, others_read
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import (
    Body,
    Read,
    Shown,
    Source,
    SourceText,
    Status,
    ValueKind,
)

#: Types of inode(7), which are the upper bits of a mode.
TYPES = {0o01: "p", 0o02: "c", 0o04: "d", 0o06: "b", 0o10: "f", 0o12: "l", 0o14: "s"}
#: Entries that one search may emit.
MOST_ENTRIES = 200_000
#: Words of `magic` for what nobody reads without a key.
ENCRYPTED = frozenset({"age", "openssl", "openpgp", "luks", "zip_encrypted"})
#: Words for what is no container of data by itself.
PLAIN = frozenset({"", "text", "data", "unread"})


class Entry(Struct, frozen=True):
    """One file or folder that the search emitted.

    `type` is `f`, `d` or another letter of ls(1); `mode` the permission bits; `mtime`
    seconds since 1970. `why` has the letters of what it matched: `p` set-id or
    writable by all, `u` an owner or group that no account has, `s` the name of a
    secret, `n` another name, `v` a name in a served folder. `magic` is a word for the
    first 512 bytes (`sql`, `gzip`, `age`, `text`, `data` …, `unread`), empty where
    they were not looked at; `key` tells of a file with the name of a secret whether a
    private key is in it: `plain`, `encrypted`, `none`, `unread`. `barrier` is the
    deepest folder above that others may not enter, empty when there is none, and
    `group_barrier` one that its own group may not; they are None where nobody looked
    (only for plain keys, in served folders, and for what has a `magic`).
    """

    path: str
    type: str
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    why: str
    magic: str
    key: str
    barrier: str | None
    group_barrier: str | None
    read: Read[str]

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return self.path.rpartition("/")[0] or "/"

    def open_below(self, folder: str) -> bool:
        """Whether others can read it once they are in that folder above it."""
        return others_read(self.mode, self.barrier, inside=folder)

    @property
    def open(self) -> bool:
        """Whether anybody with an account here can read it."""
        return others_read(self.mode, self.barrier)

    @property
    def open_to_group(self) -> bool:
        """Whether the members of its group can read it."""
        return bool(self.mode & 0o040) and self.group_barrier == ""

    def named(self, patterns: Iterable[str]) -> bool:
        """Whether its name matches a pattern; one with a slash the path's end."""
        path = self.path.casefold()
        name = path.rpartition("/")[2]
        return any(
            fnmatchcase(path, f"*/{pattern.casefold()}")
            if "/" in pattern
            else fnmatchcase(name, pattern.casefold())
            for pattern in patterns
        )

    def below(self, folder: str) -> bool:
        """Whether it lies in that folder or deeper."""
        return is_below(self.path, folder)


class FileTree(Fact, frozen=True):
    """Entries by name (profile, manifests), set-id, writable by all, without owner.

    Names count outside /usr, /lib and /boot and below served folders, the other three
    everywhere. A folder that we can't enter, and a mount that is not walked, is a
    source of its own. The time is half of `scan_budget`; 200,000 entries at most, and
    of the answer's text 900 kB.
    """

    searches: ClassVar[bool] = True
    after: ClassVar[tuple[type[Fact], ...]] = (Mounts, ServedFolders)
    fragment: ClassVar[str] = (
        WALKING
        + r"""
LINKS='n=$1; shift; for l do t=$(readlink -f "$l" 2>/dev/null); '\
'if [ -n "$t" ]; then printf "%sl%s\n%st%s\n" "$n" "$l" "$n" "$t"; fi; done'
ours() { # FILE TEST STRANGE: true for an owner that the file, or else find, knows
  printf '%s\n' '('
  never
  awk -F: '$3 ~ /^[0-9]+$/ && !seen[$3]++ { print $3 }' "$1" | tests "$2"
  if find / -prune "$3" >/dev/null 2>&1; then printf '%s\n' -o ! "$3"; fi
  printf '%s\n' ')'
}
called() { # PATTERN...: names; a pattern with a slash is compared with the path's end
  for pattern do
    case $pattern in
      */*) printf '%s\n' -o -ipath "*/$pattern" ;;
      *) printf '%s\n' -o -iname "$pattern" ;;
    esac
  done
}
emit() { printf '%s\n' -exec stat -c "$N$1$F" '{}' +; }
scope() { # where names count
  printf '%s\n' -type f '(' ! -path '/usr/*' ! -path '/boot/*' ! -path '/lib/*' \
    ! -path '/lib64/*' ! -path '/lib32/*' -o -path '/usr/local/*'
  served | tests -path '/*'
  printf '%s\n' ')' '('
  never
}
search() { # SECRETS PATTERN...: the words of find; the first SECRETS patterns are those
  entered
  printf '%s\n' ! '('
  ours /etc/passwd -user -nouser
  ours /etc/group -group -nogroup
  printf '%s\n' ')'
  emit u
  never
  printf '%s\n' -o '(' -type f '(' -perm -4000 -o -perm -2000 ')' -o \
    '(' -type f -o -type d ')' -perm -0002 ')'
  emit p
  never
  printf '%s\n' -o -type l '('
  never
  served | tests -path '/*'
  printf '%s\n' ')' -exec sh -c "$LINKS" sh "$N" '{}' +
  never
  printf '%s\n' -o
  secrets=$1
  shift
  scope
  called "$@" | head -n "$((secrets * 3))"
  printf '%s\n' ')'
  emit s
  printf '%s\n' -o
  scope
  called "$@" | tail -n "+$((secrets * 3 + 1))"
  printf '%s\n' ')'
  emit n
}
if ! searchable; then return 0; fi
seconds=$1 most=$2
shift 2
words=$(search "$@")
reducer entries
entries=$r_awk
reducer tree
{
  served | awk -v n="$N" '{ print n "r" $0 }'
  walk "$seconds" "$words" /
  printf '%sz%s\n' "$N" "$?"
} | limited "$((seconds + 5))" awk -v nonce="$N" -v most="$most" \
  "$AWK_ESC$entries$r_awk" || head_line timed_out search / "$?"
walls away
"""
    )

    entries: tuple[Entry, ...]
    links: tuple[Link, ...]

    @classmethod
    def parameters(
        cls, host: Host, manifests: Manifests, profile: Profile
    ) -> tuple[str, ...]:
        """Seconds, entries, how many patterns are of secrets, those, the others."""
        secrets = profile.patterns["secret_globs"]
        others = [*profile.file_patterns]
        for migration in manifests.migrations.entries:
            others += migration.patterns
        rest = [name for name in dict.fromkeys(others) if name not in secrets]
        seconds = max(1, int(host.limits.scan_budget / 2))
        counts = (str(seconds), str(MOST_ENTRIES), str(len(secrets)))
        return (*counts, *secrets, *rest)

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines of reducers/tree.awk."""
        entries: list[Entry] = []
        links: list[Link] = []
        for text in body.used():
            folder = ""
            for line in text.lines:
                match line.fields:
                    case ["in", folder]:
                        pass
                    case ["link", path, target]:
                        links.append(Link(path, target))
                    case [words, name]:
                        entries += _entry(text, words, folder + name)
        return cls(body.sources, tuple(entries), tuple(links))

    def below(self, folder: str) -> Iterator[Entry]:
        """The entries that lie in a folder or deeper."""
        return (entry for entry in self.entries if entry.below(folder))

    def over(self, folders: Iterable[str]) -> tuple[Source, ...]:
        """The sources that could hide something in one of these folders."""
        wanted = tuple(folders)
        return tuple(
            source
            for source in self.sources
            if any(
                is_below(source.name, folder) or is_below(folder, source.name)
                for folder in wanted
            )
            or not source.name.startswith("/")
        )


def _entry(text: SourceText, words: str, path: str) -> Iterator[Entry]:
    found = re.fullmatch(
        r"([a-z]+) ([0-9a-f]+) (\d{1,18}) (\d{1,18}) (\d{1,18}) (-?\d{1,18})"
        r" (\S+) (\S+) (\S+) (\S+)",
        words,
    )
    if found is None:
        return
    why, bits, uid, gid, size, mtime, magic, key, *shut = found.groups()
    mode = int(bits, 16)
    source = Source(text.source.fact, "entry", path, Status.OK)
    shows = (
        Shown("mode", ValueKind.MODE, f"{mode & 0o7777:04o}"),
        Shown("size", ValueKind.SIZE, size),
        Shown("modified", ValueKind.TIME, _day(int(mtime))),
    )
    yield Entry(
        path=path,
        type=TYPES.get(mode >> 12, "?"),
        mode=mode & 0o7777,
        uid=int(uid),
        gid=int(gid),
        size=int(size),
        mtime=int(mtime),
        why=why,
        magic="" if magic == "-" else magic,
        key="" if key == "-" else key,
        barrier=folder_at(path, shut[0]),
        group_barrier=folder_at(path, shut[1]),
        read=Read(path, source, None, shows),
    )


def _day(mtime: int) -> str:
    """The date (UTC) of a file's time; as it came where it is none."""
    try:
        return datetime.fromtimestamp(mtime, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return str(mtime)
