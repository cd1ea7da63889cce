"""The rsync daemon: its modules and who may use them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

from auditor.facts.folders import Folder, folders
from auditor.facts.reach import Reach, Reached, reached
from auditor.facts.software import Process, Software
from auditor.facts.superservers import Served, Superservers
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Line, Read, SourceText, whole_number

#: Switches: a module keeps the default that was in force where it starts.
SWITCHES = frozenset({"readonly", "writeonly", "strictmodes", "transferlogging"})
FALSE = frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Module:
    """One module; a text that it lacks is the last one of the global part."""

    name: str
    header: Read[str]
    own: Mapping[str, Read[str]]
    default: Mapping[str, Read[str]]

    def get(self, key: str) -> Read[str] | None:
        """The setting by its name without blanks; None where the built-in applies."""
        found = self.own.get(key)
        if found is None and key not in SWITCHES:
            return self.default.get(key)
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list's words: blanks and commas separate them."""
        found = self.get(key)
        return () if found is None else tuple(re.findall(r"[^\s,]+", found.value))

    @property
    def writable(self) -> bool:
        """Whether clients may send files (`read only` is on by default)."""
        found = self.get("readonly")
        return found is not None and found.value.lower() in FALSE


@dataclass(slots=True)
class _State:
    """Where reading stands (tried on rsync 3.5)."""

    texts: dict[str, SourceText]
    default: dict[str, Read[str]] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    own: dict[str, dict[str, Read[str]]] = field(default_factory=dict)
    section: str = "global"

    def read(self, text: SourceText, depth: int = 0) -> None:
        for line in text.lines:
            raw = line.text
            name, sign, value = raw.partition("=")
            if raw.startswith("["):
                self._open(raw.strip("[]").strip(), text, line)
            elif raw.startswith("&") and depth < 8:
                self._include(raw, depth)
            elif sign and value.strip() != "_":
                key = re.sub(r"\s", "", name).lower()
                place = self.own.get(self.section, self.default)
                place[key] = text.read(value.strip(), line, key=name.strip())

    def _open(self, name: str, text: SourceText, line: Line) -> None:
        self.section = name.lower()
        if self.section != "global" and self.section not in self.own:
            self.own[self.section] = own = dict(self.default)
            header = text.read(name, line, key="module")
            self.modules[self.section] = Module(name, header, own, self.default)

    def _include(self, directive: str, depth: int) -> None:
        kind, _, path = directive.partition(" ")
        end = ".conf" if kind == "&include" else ".inc"
        inside = f"{path.strip().rstrip('/')}/"
        names = [
            name
            for name in sorted(self.texts)
            if name == path.strip() or (name.startswith(inside) and name.endswith(end))
        ]
        kept = dict(self.default)
        for name in names:
            self.read(self.texts[name], depth + 1)
        if kind == "&include":
            # What the file says for all stays its own; the global part goes on.
            self.default.clear()
            self.default.update(kept)
            self.section = "global"


@dataclass(frozen=True, slots=True)
class RsyncdConfig(Fact):
    """rsyncd.conf(5) with what it includes, and the modes of its secrets files."""

    fragment: ClassVar[str] = r"""
keys='path authusers secretsfile hostsallow hostsdeny readonly writeonly list address
port strictmodes logfile transferlogging uid usechroot'
included() { # DIRECTIVE PATH
  case $1 in '&include') kind=conf ;; *) kind=inc ;; esac
  if [ -d "$2" ]; then
    source_glob "${2%/}/*.$kind" ini "$keys"
  else
    source_file "$2" ini "$keys"
  fi
}
deeper() { # TEXT DEPTH
  paths=$(printf '%s\n' "$1" |
    awk -F '\t' '$2 ~ /^&(include|merge) / && !seen[$2]++ { print $2 }')
  if [ -z "$paths" ]; then return; fi
  if [ "$2" -ge 6 ]; then head_line truncated file "$paths" 6; return; fi
  text=$(printf '%s\n' "$paths" | while read -r directive path; do
    included "$directive" "$path"
  done)
  printf '%s\n' "$text"
  deeper "$text" $(($2 + 1))
}
all=$(
  text=$(source_file /etc/rsyncd.conf ini "$keys")
  printf '%s\n' "$text"
  deeper "$text" 0
)
printf '%s\n' "$all"
printf '%s\n' "$all" | awk -F '\t' '{
  name = $2
  if (!sub(/ = .*/, "", name)) next
  gsub(/ |\\x09/, "", name)
  if (tolower(name) == "secretsfile") print substr($2, index($2, " = ") + 3)
}' | awk '!seen[$0]++' | while IFS= read -r secrets; do
  case $secrets in
    [!/]* | *[!A-Za-z0-9_./\ -]*) head_line failed file "$secrets" - ;;
    *)
      if [ -f "$secrets" ]; then
        source_command -root -as "stat $secrets" modes '' \
          stat -L -c "$N %f %u %g %n" "$secrets"
      else
        state_of "$secrets"
        head_line "$state" search "$secrets" -
      fi
      ;;
  esac
done
"""

    default: Mapping[str, Read[str]]
    modules: tuple[Module, ...]
    secrets: Mapping[str, Folder]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """The first source is the main file; `stat FILE` sources are secrets files."""
        state = _State({text.source.name: text for text in body.used()})
        state.read(body.texts[0])
        modules = tuple(state.modules.values())
        return cls(body.sources, state.default, modules, folders(body))


UNITS = ("rsync.socket", "rsyncd.socket")


@dataclass(frozen=True, slots=True)
class RsyncDaemon:
    """Derived fact: whether an rsync daemon runs, and how far it can be reached.

    The package alone is a client too, so it proves nothing. `other_file` is a daemon
    started with a configuration that is not the usual one.
    """

    reached: Reached
    other_file: Read[str] | None


@derived
def rsync_daemon(
    config: RsyncdConfig, software: Software, superservers: Superservers
) -> RsyncDaemon:
    """A process with --daemon, or what a superserver starts."""
    daemons = [p for p in software.processes.named("rsync") if _is_daemon(p)]
    port = config.default.get("port")
    given = None if port is None else whole_number(port.value)
    number = 873 if given is None else given
    anywhere = any(word.startswith("--port") for p in daemons for word in p.arguments)
    found = reached(
        software,
        ["rsync"],
        [] if anywhere else [number],
        units=UNITS,
        superservers=superservers,
    )
    if found.reach is Reach.STARTED and not daemons and not _socket(software):
        elsewhere = (*software.processes.sources, *software.listeners.sources)
        also = (*elsewhere, *software.units.sources, *superservers.sources)
        found = Reached(Reach.STOPPED, (), also)
    started: list[Process | Served] = [*daemons, *superservers.starting("rsync")]
    named = [p for p in started if any(w.startswith("--config") for w in p.arguments)]
    return RsyncDaemon(found, named[0].read if named else None)


def _is_daemon(process: Process) -> bool:
    return "--daemon" in process.arguments


def _socket(software: Software) -> bool:
    active = software.units.active
    return any(unit in active and active[unit].value == "active" for unit in UNITS)
