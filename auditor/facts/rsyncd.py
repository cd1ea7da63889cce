"""The rsync daemon: its modules and who may use them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

from msgspec import Struct, field

from auditor.facts.folders import Folder, folders
from auditor.facts.reach import Reach, Reached, reached
from auditor.facts.software import Process, Processes, Software
from auditor.facts.superservers import Served, Superservers
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Line, Read, SourceText, whole_number

#: Switches: a module keeps the default that was in force where it starts.
SWITCHES = frozenset({"readonly", "writeonly", "strictmodes", "transferlogging"})
FALSE = frozenset({"no", "false", "0"})
USUAL = "/etc/rsyncd.conf"


class Module(Struct, frozen=True):
    """One module; a text that it lacks is the last one of the global part.

    `file` is the configuration that the daemon is started with, not one included.
    """

    name: str
    file: str
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


class _State(Struct):
    """Where reading one configuration stands (tried on rsync 3.5)."""

    file: str
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
            module = Module(name, self.file, header, own, self.default)
            self.modules[self.section] = module

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


class RsyncdConfig(Fact, frozen=True):
    """rsyncd.conf(5) with what it includes, and the modes of its secrets files.

    Files are the usual one and those that a process or a superserver names.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (Processes, Superservers)
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
named() { # the files after --config among the arguments of rsync
  {
    body_of Processes | awk -F '\t' '$4 ~ /(^|\/)rsync$/'
    body_of Superservers | awk -F '\t' '$7 ~ /\/rsync$/ || $8 ~ /\/rsync$/'
  } | awk -F '\t' '{
    for (i = 5; i <= NF; i++) {
      path = $i
      if ($(i - 1) != "--config" && !sub(/^--config=/, "", path)) continue
      if (path ~ /^\/[A-Za-z0-9_.\/-]+$/ && !seen[path]++) print path
    }
  }'
}
read_from() { # FILE
  text=$(source_file "$1" ini "$keys")
  printf '%s\n' "$text"
  deeper "$text" 0
}
all=$(
  read_from /etc/rsyncd.conf
  named | while IFS= read -r config; do
    if [ "$config" = /etc/rsyncd.conf ]; then continue; fi
    source_value 'started with' "$config"
    read_from "$config"
  done
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
        """The first source is the usual file; `stat FILE` sources are secrets files."""
        texts = {text.source.name: text for text in body.used()}
        first = _State(body.texts[0].source.name, texts)
        first.read(body.texts[0])
        modules = list(first.modules.values())
        for file in _started_with(body):
            state = _State(file, texts)
            if file in texts:
                state.read(texts[file])
            modules += state.modules.values()
        return cls(body.sources, first.default, tuple(modules), folders(body))


def _started_with(body: Body) -> Iterator[str]:
    for text in body.used():
        if text.source.name == "started with":
            yield from (line.text for line in text.lines)


UNITS = ("rsync.socket", "rsyncd.socket")


class RsyncDaemon(Struct, frozen=True):
    """Derived fact: whether an rsync daemon runs, and how far it can be reached.

    The package alone is a client too, so it proves nothing. `files` are those that a
    daemon was started with, if any was seen; `other_file` is one of them whose name
    did not travel.
    """

    reached: Reached
    other_file: Read[str] | None
    files: frozenset[str] = frozenset()


@derived
def rsync_daemon(
    config: RsyncdConfig, software: Software, superservers: Superservers
) -> RsyncDaemon:
    """A process with --daemon, or what a superserver starts."""
    daemons = [p for p in software.processes.named("rsync") if _is_daemon(p)]
    defaults = [config.default, *(module.default for module in config.modules)]
    given = {whole_number(one["port"].value) for one in defaults if "port" in one}
    ports = {port for port in given if port is not None} | {873}
    anywhere = any(word.startswith("--port") for p in daemons for word in p.arguments)
    found = reached(
        software,
        ["rsync"],
        [] if anywhere else ports,
        units=UNITS,
        superservers=superservers,
    )
    if found.reach is Reach.STARTED and not daemons and not _socket(software):
        elsewhere = (*software.processes.sources, *software.listeners.sources)
        also = (*elsewhere, *software.units.sources, *superservers.sources)
        found = Reached(Reach.STOPPED, (), also)
    started: list[Process | Served] = [*daemons, *superservers.starting("rsync")]
    files = [(one.read, _file_of(one.arguments)) for one in started]
    hidden = [read for read, file in files if file is None]
    named = frozenset(file for _, file in files if file is not None)
    return RsyncDaemon(found, hidden[0] if hidden else None, named)


def _file_of(arguments: tuple[str, ...]) -> str | None:
    """The configuration that a daemon's arguments name; None when it did not travel."""
    for word, after in zip(arguments, (*arguments[1:], ""), strict=True):
        if word.startswith("--config"):
            path = after if word == "--config" else word.partition("=")[2]
            return path if path.startswith("/") else None
    return USUAL


def _is_daemon(process: Process) -> bool:
    return "--daemon" in process.arguments


def _socket(software: Software) -> bool:
    active = software.units.active
    return any(unit in active and active[unit].value == "active" for unit in UNITS)
