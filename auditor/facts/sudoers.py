"""What sudo and doas read: who may become root, and with which password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Self

from auditor.facts.accounts import directories
from auditor.facts.root_rules import RootRules
from auditor.facts.sudoers_grammar import GrammarError, Policy, Rule
from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, Source, SourceText, Status

INCLUDE = re.compile(r"[@#]include(dir)?\s+\"?([^\"]*)\"?")
DOAS = re.compile(
    r"(permit|deny)((?:\s+(?:nopass|nolog|persist|keepenv|setenv \{[^}]*\}))*)"
    r"\s+(\S+)(?:\s+as\s+(\S+))?(?:\s+cmd\s+(.*))?"
)


class Sudoers(Fact, frozen=True):
    """The rules of sudo and doas, includes followed as sudo does.

    Names with a dot and names that end with a tilde are no part of an included folder.
    Nothing is reduced but comments and free texts: aliases, tags, commands and Defaults
    all decide who becomes root. `programs` are the programs that are there.
    """

    fragment: ClassVar[str] = r"""
program() { # NAME PATH...: which of the paths is there
  name=$1
  shift
  for p in "$@"; do
    if [ -x "$p" ]; then source_value "$name" "$p"; return; fi
  done
  head_line absent value "$name" -
}
included() { # file|dir TAB PATH for the include lines of a reduced text
  awk '/^ [0-9]+\t[@#]include(dir)?(\\x09| )/ {
    sub(/^ [0-9]+\t/, ""); kind = /^.includedir/ ? "dir" : "file"
    sub(/^.include(dir)?(\\x09| )+/, ""); gsub(/"/, ""); gsub(/\\x5c /, " ")
    print kind "\t" $0
  }'
}
sudoers() { # FILE DEPTH
  text=$(source_file "$1" sudoers)
  printf '%s\n' "$text"
  printf '%s\n' "$text" | included | while IFS=$TAB read -r kind path; do
    if [ "$2" -ge 8 ]; then head_line truncated file "$path" -; continue; fi
    case $path in /*) ;; *) path=${1%/*}/$path ;; esac
    case $path in *%h*) path=${path%%\%h*}$host${path#*\%h} ;; esac
    # What travels escaped would not be found, which is no proof that it is not there.
    case $path in *\\x*) head_line failed file "$path" -; continue ;; esac
    if [ "$kind" = dir ]; then
      folder "$path" "$(($2 + 1))"
    else
      sudoers "$path" "$(($2 + 1))"
    fi
  done
}
folder() { # FOLDER DEPTH
  if ! [ -d "$1" ]; then
    state_of "$1"
    head_line "$state" search "$1" -
    return
  fi
  if ! [ -r "$1" ] || ! [ -x "$1" ]; then head_line denied search "$1" -; return; fi
  head_line ok search "$1" -
  count=0
  for f in "$1"/*; do
    case ${f##*/} in *.* | *'~') continue ;; esac
    if [ -d "$f" ] || ! [ -e "$f" ]; then continue; fi
    count=$((count + 1))
    if [ "$count" -gt 200 ]; then head_line truncated search "$1" 200; return; fi
    sudoers "$f" "$2"
  done
}
host=$(uname -n)
host=${host%%.*}
source_value hostname "$host"
program sudo /usr/bin/sudo /usr/local/bin/sudo /bin/sudo
program doas /usr/bin/doas /usr/local/bin/doas /bin/doas
sudoers /etc/sudoers 1
source_file /etc/doas.conf sudoers
source_glob '/etc/doas.d/*.conf' sudoers
source_file /etc/nsswitch.conf keep
source_file /etc/sssd/sssd.conf ini ''
"""

    programs: frozenset[str]
    sudo: RootRules
    doas: RootRules

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines are statements, continued ones joined; each source is one file."""
        name = body.named("hostname")
        hostname = name.lines[0].text if name and name.lines else ""
        sudo = RootRules("sudo", hostname)
        doas = RootRules("doas", hostname)
        sources = list(body.sources)
        sources += _read_sudoers(body, "/etc/sudoers", sudo.policy, 1)
        sources += _read_doas(body, doas.policy)
        asked = directories(body, "sudoers")
        if asked:
            where = f"sudoers of {' '.join(sorted(asked))}"
            sources.append(Source(body.fact, "command", where, Status.TRUNCATED))
        there = frozenset(
            text.source.name
            for text in body.texts
            if text.source.name in ("sudo", "doas") and text.lines
        )
        return cls(tuple(sources), there, sudo, doas)

    @property
    def files(self) -> tuple[Source, ...]:
        """The files of rules and their folders: a later line may take a rule back."""
        return tuple(s for s in self.sources if s.kind in ("file", "search"))

    @property
    def absences(self) -> Iterator[Read[bool]]:
        """Where sudo and doas were looked for."""
        for source in self.sources:
            if source.name in ("sudo", "doas"):
                shown = f"no {source.name}"
                yield SourceText(source).read(False, None, shown=shown)


def _read_sudoers(
    body: Body, path: str, policy: Policy, depth: int
) -> Iterator[Source]:
    """Add a file and, where an include line stands, the files that it names.

    Gives a failed source for each line that is not understood.
    """
    text = body.named(path)
    for line in text.lines if text and depth <= 8 else ():
        assert text is not None
        statement = line.text
        include = INCLUDE.fullmatch(statement)
        if include:
            for below in _included(body, path, include[1] is not None, include[2]):
                yield from _read_sudoers(body, below, policy, depth + 1)
            continue
        try:
            policy.add(statement, text.read(statement, line, key="sudoers"))
        except GrammarError:
            where = f"{path} line {line.number}"
            yield Source(body.fact, "file", where, Status.FAILED)


def _included(body: Body, path: str, folder: bool, name: str) -> Iterator[str]:
    """The names of the sources that an include line stands for, in reading order."""
    base = name.replace("\\ ", " ").rstrip("/")
    if not base.startswith("/"):
        base = f"{path.rpartition('/')[0]}/{base}"
    wanted = re.escape(base).replace("%h", "[^/]*")
    if folder:
        wanted += r"/[^/.]*[^/.~]"
    for source in body.sources:
        if source.kind == "file" and re.fullmatch(wanted, source.name):
            yield source.name


def _read_doas(body: Body, policy: Policy) -> Iterator[Source]:
    for text in body.used():
        if not text.source.name.startswith("/etc/doas."):
            continue
        for line in text.lines:
            match = DOAS.fullmatch(line.text)
            if match is None:
                where = f"{text.source.name} line {line.number}"
                yield Source(body.fact, "file", where, Status.FAILED)
                continue
            action, options, who, target, command = match.groups()
            read = text.read(line.text, line, key="doas")
            name = f"%{who[1:]}" if who.startswith(":") else who
            policy.rules.append(
                Rule(
                    (name,),
                    ("ALL",),
                    (target,) if target else ("ALL",),
                    "nopass" not in options.split(),
                    ("" if action == "permit" else "!") + (command or "ALL"),
                    read,
                )
            )
