"""PostgreSQL: where its clusters listen and whom they believe."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import ClassVar, Self

from msgspec import Struct, field
from msgspec.structs import replace

from auditor.facts.globbing import matching
from auditor.facts.reach import Reach, Reached, reached
from auditor.facts.software import Presence, Processes, Software
from auditor.model.facts import Fact, derived
from auditor.model.sources import (
    Body,
    Line,
    Read,
    Source,
    SourceText,
    ValueKind,
    whole_number,
)

Network = IPv4Network | IPv6Network
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
TRUE = frozenset({"on", "true", "yes", "1", "t", "y"})


class Rule(Struct, frozen=True):
    """One line of pg_hba.conf; tokens in quotes keep them and are no keywords.

    `address` is empty for `local`, else as written, a mask joined by a slash.
    """

    kind: str
    databases: frozenset[str]
    users: frozenset[str]
    address: str
    method: str
    options: tuple[str, ...]
    read: Read[str]

    @property
    def network(self) -> Network | None:
        """The address as a network; None for a name, samehost and samenet."""
        try:
            return ip_network(self.address.strip('"'), strict=False)
        except ValueError:
            return None

    @property
    def everywhere(self) -> bool:
        """Whether it is for every address."""
        network = self.network
        return self.address == "all" or (network is not None and network.prefixlen == 0)

    @property
    def loopback(self) -> bool:
        """Whether only this host can be meant."""
        network = self.network
        if network is None:
            return self.address.strip('"') == "localhost"
        return any(
            network.version == own.version and network.subnet_of(own)  # type: ignore[arg-type]
            for own in LOOPBACK
        )

    def covers(self, other: Rule) -> bool:
        """Whether whoever matches the other rule matches this one too."""
        return (
            _kind_covers(self.kind, other.kind)
            and _databases_cover(self.databases, other.databases)
            and ("all" in self.users or other.users <= self.users)
            and _address_covers(self, other)
        )

    @property
    def in_clear(self) -> bool:
        """Whether connections without TLS match."""
        return self.kind in ("host", "hostnossl", "hostnogssenc")

    def clear_refused_by(self, earlier: Rule) -> bool:
        """Whether an earlier rule refuses what comes without TLS."""
        return earlier.method == "reject" and earlier.covers(
            replace(self, kind="hostnossl")
        )


def _kind_covers(kind: str, other: str) -> bool:
    return kind == other or (kind == "host" and other.startswith("host"))


def _databases_cover(mine: frozenset[str], other: frozenset[str]) -> bool:
    # `all` does not mean replication.
    return other <= mine or ("all" in mine and "replication" not in other)


def _address_covers(mine: Rule, other: Rule) -> bool:
    if mine.address in ("all", other.address):
        return True
    network, inner = mine.network, other.network
    if network is None or inner is None or network.version != inner.version:
        return False
    return inner.subnet_of(network)  # type: ignore[arg-type]


class Cluster(Struct, frozen=True):
    """One server: its main file, its settings (the last wins), its rules in order."""

    name: str
    text: SourceText
    settings: Mapping[str, Read[str]]
    rules: tuple[Rule, ...]
    hba: SourceText

    def get(self, name: str, default: str) -> Read[str]:
        """The setting, or the built-in default, which no line says."""
        found = self.settings.get(name)
        if found is not None:
            return found
        return self.text.read(default, None, key=f"{name} (default)")

    def is_on(self, name: str) -> bool:
        """Whether a switch that is off by default is on."""
        return self.get(name, "off").value.lower() in TRUE

    @property
    def port(self) -> int:
        """Where it listens."""
        value = self.get("port", "5432").value
        port = whole_number(value)
        return 5432 if port is None else port

    @property
    def effective(self) -> tuple[Rule, ...]:
        """The rules that no earlier one covers: the first that matches decides."""
        found: list[Rule] = []
        for rule in self.rules:
            if not any(earlier.covers(rule) for earlier in found):
                found.append(rule)
        return tuple(found)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files that say it."""
        files = {read.source for read in self.settings.values()}
        return (self.text.source, self.hba.source, *sorted(files, key=str))


class _Reading(Struct):
    """The settings of one cluster, files in the order in which they are read."""

    texts: dict[str, SourceText]
    settings: dict[str, Read[str]] = field(default_factory=dict)

    def read(self, text: SourceText, depth: int = 0) -> None:
        base = text.source.name.rpartition("/")[0]
        for line in text.lines:
            name, _, value = line.text.partition("\t")
            if name.startswith("include") and depth < 8:
                path = value if value.startswith("/") else f"{base}/{value}"
                pattern = (
                    f"{path.rstrip('/')}/*.conf" if name == "include_dir" else path
                )
                for found in matching(pattern, self.texts):
                    self.read(self.texts[found], depth + 1)
            else:
                self.settings[name] = text.read(value, line, key=name)


class PostgresqlConfig(Fact, frozen=True):
    """postgresql.conf with what it includes, what ALTER SYSTEM wrote, pg_hba.conf.

    Clusters lie where distributions put them, and where a process shows one.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (Processes,)
    fragment: ClassVar[str] = r"""
keys='listen_addresses port ssl hba_file data_directory password_encryption include
include_dir include_if_exists log_connections log_disconnections log_statement
log_destination logging_collector log_line_prefix ssl_min_protocol_version'
value() { # NAME: its last value in the text on standard input
  awk -F '\t' -v name="$1" '$2 == name { v = $3 } END { print v }'
}
beside() { # FOLDER PATH: the path, from the folder when it is no absolute one
  case $2 in /*) printf '%s' "$2" ;; *) printf '%s/%s' "$1" "$2" ;; esac
}
deeper() { # TEXT DEPTH: what its files include, each from its own folder
  named=$(printf '%s\n' "$1" | awk -F '\t' '
    !/^ / { base = $3; sub(/\/[^\/]*$/, "", base) }
    /^ / && $2 ~ /^include/ && $3 != "" {
      path = $3 ~ /^\// ? $3 : base "/" $3
      if (!seen[$2 path]++) print $2 "\t" path
    }')
  if [ -z "$named" ]; then return; fi
  if [ "$2" -ge 6 ]; then head_line truncated file "$named" 6; return; fi
  more=$(printf '%s\n' "$named" | while IFS=$TAB read -r kind path; do
    case $kind in
      include_dir) source_glob "${path%/}/*.conf" postgresql "$keys" ;;
      *) source_file "$path" postgresql "$keys" ;;
    esac
  done)
  printf '%s\n' "$more"
  deeper "$more" $(($2 + 1))
}
cluster() { # FILE
  head_line ok value cluster -
  folder=${1%/*}
  text=$(
    main=$(source_file "$1" postgresql "$keys")
    printf '%s\n' "$main"
    deeper "$main" 0
  )
  printf '%s\n' "$text"
  data=$(printf '%s\n' "$text" | value data_directory)
  data=${data:-$folder}
  source_file "$data/postgresql.auto.conf" postgresql "$keys"
  hba=$(printf '%s\n' "$text" | value hba_file)
  hba=$(beside "$folder" "${hba:-$data/pg_hba.conf}")
  text=$(source_file "$hba" hba)
  printf '%s\n' "$text"
  case $text in
    *"${TAB}include"*) head_line failed file "$hba include" - ;;
    *"$TAB@"* | *",@"*) head_line failed file "$hba @" - ;;
  esac
}
search() { # FOLDER: the main files below it
  if ! [ -d "$1" ]; then state_of "$1"; head_line "$state" search "$1" -; return; fi
  found=$(limited 10 find "$1" -maxdepth 3 -name postgresql.conf -type f)
  f_rc=$?
  state=ok
  if [ "$f_rc" -ne 0 ]; then state=denied; fi
  if [ "$f_rc" -ge 124 ]; then state=timed_out; fi
  head_line "$state" search "$1" "$f_rc"
  printf '%s\n' "$found" | while IFS= read -r file; do
    case $file in
      '') ;;
      *[!A-Za-z0-9_./-]*) head_line failed file "$file" - ;;
      *) cluster "$file" ;;
    esac
  done
}
for place in /etc/postgresql /var/lib/pgsql /var/lib/postgresql; do
  search "$place"
done
body_of Processes | awk -F '\t' '$4 ~ /(^|\/)(postgres|postmaster)$/ {
  for (i = 5; i < NF; i++)
    if ($i == "-D" && $(i + 1) ~ /^\/[A-Za-z0-9_.\/-]+$/) print $(i + 1)
}' | while IFS= read -r data; do
  case $data in
    /var/lib/pgsql/* | /var/lib/postgresql/*) ;;
    *) if [ -e "$data/postgresql.conf" ]; then cluster "$data/postgresql.conf"; fi ;;
  esac
done
"""

    clusters: tuple[Cluster, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Behind each value `cluster`: the main file, its includes, the last is hba."""
        groups: list[list[SourceText]] = []
        for text in body.texts:
            if text.source.name == "cluster":
                groups.append([])
            elif groups and text.source.kind == "file":
                groups[-1].append(text)
        clusters = tuple(_cluster(group) for group in groups if len(group) > 2)
        return cls(body.sources, clusters)


def _cluster(group: list[SourceText]) -> Cluster:
    files = [text for text in group if not text.source.name.endswith(("include", "@"))]
    *settings, hba = files
    reading = _Reading({text.source.name: text for text in settings})
    reading.read(settings[0])
    for text in settings:
        if text.source.name.endswith("/postgresql.auto.conf"):
            reading.read(text)
    rules = [_rule(hba, line) for line in hba.lines]
    name = settings[0].source.name.rpartition("/")[0]
    found = tuple(rule for rule in rules if rule is not None)
    return Cluster(name, settings[0], reading.settings, found, hba)


def _rule(text: SourceText, line: Line) -> Rule | None:
    words = list(line.fields)
    local = words[0] == "local"
    if len(words) < (4 if local else 5):
        return None
    kind, databases, users, *rest = words
    address = "" if local else rest.pop(0)
    if not local and len(rest) > 1 and _is_mask(rest[0]):
        address = f"{address}/{rest.pop(0)}"
    shown = " ".join(words)
    read = text.read(shown, line, key="rule", kind=ValueKind.SETTING)
    lists = (frozenset(databases.split(",")), frozenset(users.split(",")))
    method = rest[0].strip('"').lower()
    options = tuple(word.partition("=")[0] for word in rest[1:])
    return Rule(kind, *lists, address, method, options, read)


def _is_mask(word: str) -> bool:
    return word[:1].isdigit() or ":" in word


class PostgresqlService(Struct, frozen=True):
    """One cluster and how far it can be reached."""

    cluster: Cluster
    reached: Reached


class PostgresqlServices(Struct, frozen=True):
    """Derived fact: PostgreSQL's presence and its clusters."""

    presence: Presence
    services: tuple[PostgresqlService, ...]


RELEASES = range(9, 30)
PACKAGES = (
    "postgresql-server",
    *(f"postgresql-{n}" for n in RELEASES),
    *(f"postgresql{n}-server" for n in RELEASES),
    *(f"postgresql{n}" for n in RELEASES),
    "postgresql-9.6",
)
PROCESSES = ("postgres", "postmaster")


@derived
def postgresql_services(
    config: PostgresqlConfig, software: Software
) -> PostgresqlServices:
    """A cluster that runs without a TCP socket is reached from this host only."""
    found = []
    for cluster in config.clusters:
        reach = reached(software, PROCESSES, [cluster.port], units=_units(cluster))
        runs = software.processes.named(*PROCESSES)
        if reach.reach is Reach.STARTED and runs:
            listeners = software.listeners.sources
            reach = Reached(Reach.LOCAL, reach.proof, listeners)
        found.append(PostgresqlService(cluster, reach))
    presence = software.presence(PACKAGES, PROCESSES, [5432])
    return PostgresqlServices(presence, tuple(found))


def _units(cluster: Cluster) -> list[str]:
    """Debian's own unit for all clusters is active without any."""
    words = cluster.name.split("/")
    if cluster.name.startswith("/etc/postgresql/") and len(words) > 4:
        return [f"postgresql@{words[3]}-{words[4]}.service"]
    return ["postgresql.service", *(f"postgresql-{n}.service" for n in RELEASES)]
