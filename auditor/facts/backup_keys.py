"""Where jobs of cron take the passphrase of a backup from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self, get_args

from msgspec import Struct

from auditor.facts.key_files import TOLD, KeyFile, key_files, told_sources
from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, Source, SourceText, ValueKind

Kind = Literal["inline", "file", "elsewhere", "public", "output", "sourced"]
KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


class KeyLine(Struct, frozen=True):
    """One line of a job; `kind` and `path` as reducers/key_lines.awk says."""

    kind: Kind
    path: str
    read: Read[str]


class BackupKeys(Fact, frozen=True):
    """Crontabs, the scripts that they call and what those source, one level deep.

    Of a line only its kind and a path leave the host. Programs that are no scripts are
    not read; nor are jobs that only timers of systemd start.
    """

    fragment: ClassVar[str] = (
        TOLD
        + r"""
jobs() {
  source_file /etc/crontab key_lines
  for pattern in '/etc/cron.d/*' '/etc/cron.hourly/*' '/etc/cron.daily/*' \
    '/etc/cron.weekly/*' '/etc/cron.monthly/*' '/etc/crontabs/*' \
    '/etc/periodic/*/*' '/var/spool/cron/crontabs/*' '/var/spool/cron/*'; do
    source_glob "$pattern" key_lines
  done
}
read_files() { # of sources on standard input
  awk -F '\t' '/^[a-z]/ && $1 == "ok" && $2 == "file" && $3 ~ /^\// { print $3 }'
}
said() { # KIND: the paths of lines of that kind
  awk -F '\t' -v kind="$1" '/^ / && $2 == kind && $3 ~ /^\// && !seen[$3]++ {
    print $3 }'
}
telling() { # files with a line `inline`
  awk -F '\t' '/^[a-z]/ { name = $3 } /^ / && $2 == "inline" && !seen[name]++ {
    print name }'
}
called() { # paths among the words of crontabs
  while IFS= read -r tab; do
    awk '!/^[ \t]*#/ {
      gsub(/[;&|"()<>`=]/, " ")
      for (i = 1; i <= NF; i++) if ($i ~ /^\/[A-Za-z0-9_.\/-]+$/) print $i
    }' "$tab"
  done | awk '!seen[$0]++'
}
script() { # FILE: whether it is text that a shell runs
  case $1 in *.sh) return 0 ;; esac
  [ "$(head -c 2 "$1" 2>/dev/null)" = '#!' ]
}
scripts() { # paths on standard input
  most=50
  while IFS= read -r path; do
    if ! [ -f "$path" ]; then continue; fi
    if [ -r "$path" ] && ! script "$path"; then continue; fi
    if [ "$most" -eq 0 ]; then
      head_line truncated file 'commands of crontabs' 50
      return
    fi
    most=$((most - 1))
    source_file "$path" key_lines
  done
}
each() { # COMMAND: called with each line of standard input
  while IFS= read -r one; do "$1" "$one"; done
}
sourced() { source_file "$1" key_lines; }
all=$(jobs)
more=$(printf '%s\n' "$all" | read_files | called | scripts)
if [ -n "$more" ]; then all=$all$NL$more; fi
more=$(printf '%s\n' "$all" | said sourced | each sourced)
if [ -n "$more" ]; then all=$all$NL$more; fi
printf '%s\n' "$all"
{
  printf '%s\n' "$all" | said file
  printf '%s\n' "$all" | telling
} | awk '!seen[$0]++' | each told
"""
    )

    lines: dict[str, tuple[KeyLine, ...]]
    files: dict[str, KeyFile]
    missing: dict[str, Source]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`KIND [PATH]` lines by job; `stat PATH` by key file and telling job."""
        lines: dict[str, tuple[KeyLine, ...]] = {}
        for text in body.used():
            found = tuple(_lines(text))
            if found:
                lines[text.source.name] = found
        missing = {
            text.source.name.removeprefix("stat "): text.source
            for text in told_sources(body)
        }
        return cls(body.sources, lines, key_files(body), missing)

    @property
    def outputs(self) -> frozenset[str]:
        """Where the backups go: files, or stores that are folders."""
        return frozenset(
            line.path
            for lines in self.lines.values()
            for line in lines
            if line.kind == "output"
        )


def _lines(text: SourceText) -> Iterator[KeyLine]:
    for line in text.lines:
        kind, *paths = line.fields
        if kind in KINDS and len(paths) <= 1 and text.source.kind == "file":
            path = paths[0] if paths else ""
            shown = f"{kind} {path}".strip()
            read = text.read(path, line, key="key", kind=ValueKind.WORD, shown=shown)
            yield KeyLine(KINDS[kind], path, read)
