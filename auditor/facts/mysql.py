"""MySQL and MariaDB: how the server listens and whether it speaks TLS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Self

from msgspec import Struct, field

from auditor.facts.globbing import matching
from auditor.facts.reach import Reached, reached
from auditor.facts.software import Presence, Software
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Read, SourceText, whole_number

TRUE = frozenset({"on", "true", "yes", "1", ""})
#: Sections that a server reads; those of clients are others.
SECTIONS = re.compile(
    r"(mysqld|server|mariadb|mariadbd|galera)(-[\d.]+)?|client-server"
)


class MysqlConfig(Fact, frozen=True):
    """The server's settings in my.cnf and what it includes; the last line wins."""

    fragment: ClassVar[str] = r"""
keys='bind_address port skip_networking ssl skip_ssl ssl_cert ssl_key tls_version
require_secure_transport general_log general_log_file log_output server_audit_logging
plugin_load_add plugin_load audit_log_file log_bin'
deeper() { # TEXT DEPTH
  named=$(printf '%s\n' "$1" |
    awk -F '\t' '$2 ~ /^!include/ && !seen[$2]++ { print $2 }')
  if [ -z "$named" ]; then return; fi
  if [ "$2" -ge 6 ]; then head_line truncated file "$named" 6; return; fi
  more=$(printf '%s\n' "$named" | while read -r kind path; do
    case $kind:$path in
      '!includedir':/*) source_glob "${path%/}/*.cnf" ini "$keys" ;;
      '!include':/*) source_file "$path" ini "$keys" ;;
      *) head_line failed file "$path" - ;;
    esac
  done)
  printf '%s\n' "$more"
  deeper "$more" $(($2 + 1))
}
text=$(
  source_file /etc/my.cnf ini "$keys"
  source_file /etc/mysql/my.cnf ini "$keys"
)
printf '%s\n' "$text"
deeper "$text" 0
"""

    default: SourceText
    settings: Mapping[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """The first two sources are main files, read one after the other."""
        reading = _Reading({text.source.name: text for text in body.used()})
        for text in body.texts[:2]:
            reading.read(text, "")
        return cls(body.sources, body.texts[0], reading.settings)

    def get(self, name: str, default: str) -> Read[str]:
        """The setting, or the built-in default, which no line says."""
        found = self.settings.get(name)
        if found is not None:
            return found
        return self.default.read(default, None, key=f"{name} (default)")

    def is_on(self, name: str) -> bool:
        """Whether a switch that is off by default is on; a bare name switches on."""
        found = self.settings.get(name)
        return found is not None and found.value.lower() in TRUE


class _Reading(Struct):
    """What the lines said so far; each file starts without a section."""

    texts: dict[str, SourceText]
    settings: dict[str, Read[str]] = field(default_factory=dict)

    def read(self, text: SourceText, section: str, depth: int = 0) -> None:
        for line in text.lines:
            raw = line.text
            if raw.startswith("["):
                section = raw.strip("[]").strip().lower()
            elif raw.startswith("!include") and depth < 8:
                self._include(raw, depth)
            elif SECTIONS.fullmatch(section):
                name, _, value = raw.partition("=")
                key = name.strip().lower().replace("-", "_").removeprefix("loose_")
                value = value.strip().strip("\"'")
                if value != "_":
                    self.settings[key] = text.read(value, line, key=name.strip())

    def _include(self, directive: str, depth: int) -> None:
        kind, _, path = directive.partition(" ")
        path = path.strip()
        pattern = f"{path.rstrip('/')}/*.cnf" if kind == "!includedir" else path
        for name in matching(pattern, self.texts):
            self.read(self.texts[name], "", depth + 1)


MARIADB = ("mariadb-server", "mariadb-server-10.5", "mariadb-server-10.3", "mariadb")
MYSQL = (
    "mysql-server",
    "mysql-server-8.0",
    "mysql-server-5.7",
    "mysql-community-server",
    "mysql",
)
PROCESSES = ("mariadbd", "mysqld")
UNITS = ("mariadb.service", "mysql.service", "mysqld.service")


class Mysql(Struct, frozen=True):
    """Derived fact: the server's presence, its reach, and what it is."""

    presence: Presence
    reached: Reached
    mariadb: Read[str] | None
    mysql: Read[str] | None

    @property
    def tls_by_default(self) -> Read[str] | None:
        """The version that makes certificates for itself: MySQL, MariaDB from 11.4."""
        if self.mariadb is None:
            return self.mysql
        found = re.match(r"(?:\d+:)?(\d{1,18})\.(\d{1,18})", self.mariadb.value)
        if found is None or (int(found[1]), int(found[2])) < (11, 4):
            return None
        return self.mariadb


@derived
def mysql(config: MysqlConfig, software: Software) -> Mysql:
    """One server a host; its port is that of the configuration."""
    port = config.get("port", "3306").value
    named = whole_number(port)
    number = 3306 if named is None else named
    versions = software.packages.versions
    found = reached(software, PROCESSES, [number], units=UNITS)
    return Mysql(
        software.presence((*MARIADB, *MYSQL), PROCESSES, [3306]),
        found,
        next((versions[p] for p in MARIADB if p in versions), None),
        next((versions[p] for p in MYSQL if p in versions), None),
    )
