"""Redis and Valkey: where they listen and whom they ask for a password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Self

from msgspec import Struct, field

from auditor.facts.globbing import matching
from auditor.facts.reach import Reached, reached
from auditor.facts.software import Presence, Processes, Software
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Line, Read, SourceText, whole_number


class RedisInstance(Struct, frozen=True):
    """One main file with what it includes; the last line of a name wins.

    Values are the arguments of the line. `users` are those that the files or the ACL
    file declare, with whether they are on and need no password.
    """

    text: SourceText
    settings: Mapping[str, Read[tuple[str, ...]]]
    users: Mapping[str, Read[bool]]

    def get(self, name: str, *default: str) -> Read[tuple[str, ...]]:
        """The setting, or the built-in default, which no line says."""
        found = self.settings.get(name)
        if found is not None:
            return found
        shown = " ".join(default)
        return self.text.read(default, None, key=f"{name} (default)", shown=shown)

    def number(self, name: str, default: int) -> int:
        """A port; 0 is none."""
        value = self.get(name, str(default)).value
        port = whole_number(value[0]) if value else None
        return default if port is None else port

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it listens by TCP, in clear and by TLS."""
        found = (self.number("port", 6379), self.number("tls-port", 0))
        return tuple(port for port in found if port)

    @property
    def default_open(self) -> Read[bool] | None:
        """What lets the user `default` in without a password; None when it is asked.

        A user line or an ACL file makes requirepass void; an ACL file that does not
        declare `default` leaves it open (tried on 7.0.15).
        """
        declared = self.users.get("default")
        if declared is not None:
            return declared if declared.value else None
        acl = self.settings.get("aclfile")
        if acl is not None and acl.value not in ((), ("",)):
            return acl.with_value(True)
        password = self.get("requirepass", "empty")
        return password.with_value(True) if password.value == ("empty",) else None

    @property
    def user_open(self) -> Read[bool] | None:
        """Another user who is on and needs no password."""
        others = (user for name, user in self.users.items() if name != "default")
        return next((user for user in others if user.value), None)


class _Reading(Struct):
    """What the lines said so far."""

    texts: dict[str, SourceText]
    settings: dict[str, Read[tuple[str, ...]]] = field(default_factory=dict)
    users: dict[str, Read[bool]] = field(default_factory=dict)

    def read(self, text: SourceText, depth: int = 0) -> None:
        for line in text.lines:
            name, *arguments = line.fields
            if name == "include" and arguments and depth < 8:
                for path in matching(arguments[0], self.texts):
                    self.read(self.texts[path], depth + 1)
            elif name == "user" and arguments:
                self.users[arguments[0]] = _user(text, line, arguments)
            else:
                shown = " ".join(arguments)
                self.settings[name] = text.read(
                    tuple(arguments), line, key=name, shown=shown
                )


def _user(text: SourceText, line: Line, words: list[str]) -> Read[bool]:
    """Whether a user is on and needs no password; each rule changes the last."""
    name, *rules = words
    active, open_ = False, False
    for rule in rules:
        match rule.lower():
            case "on":
                active = True
            case "off":
                active = False
            case "nopass":
                open_ = True
            case "reset":
                active, open_ = False, False
            case "resetpass" | ">_" | "#_":
                open_ = False
    shown = " ".join(word for word in rules if word != "_")
    return text.read(active and open_, line, key=f"user {name}", shown=shown)


class RedisConfig(Fact, frozen=True):
    """redis.conf with what it includes, and ACL files.

    Main files lie where distributions put them: a running server's title shows its
    address in place of its file.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (Processes,)
    fragment: ClassVar[str] = r"""
keys='bind protected-mode port tls-port unixsocket unixsocketperm aclfile include'
named() { # files that a process still shows; body lines are PID USER ARGV0 WORD...
  body_of Processes | awk -F '\t' '$4 ~ /(^|\/)(redis|valkey)-server$/ {
    if ($5 ~ /^\/[A-Za-z0-9_.\/-]+$/) print $5
  }'
}
deeper() { # TEXT DEPTH
  paths=$(printf '%s\n' "$1" |
    awk -F '\t' '$2 ~ /^(include|aclfile)$/ && $3 != "" && !seen[$3]++ { print $3 }')
  if [ -z "$paths" ]; then return; fi
  if [ "$2" -ge 6 ]; then head_line truncated file "$paths" 6; return; fi
  text=$(printf '%s\n' "$paths" | while IFS= read -r path; do
    case $path in
      /*[*?]*) source_glob "$path" redis "$keys" ;;
      /*) source_file "$path" redis "$keys" ;;
      *) head_line failed file "$path" - ;;
    esac
  done)
  printf '%s\n' "$text"
  deeper "$text" $(($2 + 1))
}
mains() {
  for config in redis/redis redis valkey/valkey; do
    source_file "/etc/$config.conf" redis "$keys"
  done
  source_glob '/etc/redis/redis-*.conf' redis "$keys"
  source_glob '/etc/valkey/valkey-*.conf' redis "$keys"
  named | while IFS= read -r config; do
    case $config in
      /etc/redis/redis.conf | /etc/redis.conf | /etc/valkey/valkey.conf) ;;
      /etc/redis/redis-*.conf | /etc/valkey/valkey-*.conf) ;;
      *) source_file "$config" redis "$keys" ;;
    esac
  done
}
text=$(mains)
printf '%s\n' "$text"
head_line ok value includes -
deeper "$text" 0
"""

    instances: tuple[RedisInstance, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Main files first, then what they include, behind the value `includes`."""
        names = [text.source.name for text in body.texts]
        end = names.index("includes") if "includes" in names else len(names)
        texts = {text.source.name: text for text in body.used()}
        main = [t for t in body.texts[:end] if t.source.name in texts]
        main = [text for text in main if "*" not in text.source.name]
        return cls(body.sources, tuple(_instance(text, texts) for text in main))


def _instance(main: SourceText, texts: dict[str, SourceText]) -> RedisInstance:
    reading = _Reading(texts)
    reading.read(main)
    acl = reading.settings.get("aclfile")
    if acl is not None and acl.value and acl.value[0] in texts:
        users = _Reading({})
        users.read(texts[acl.value[0]])
        reading.users = users.users
    return RedisInstance(main, reading.settings, reading.users)


PACKAGES = ("redis-server", "redis", "valkey-server", "valkey")
PROCESSES = ("redis-server", "valkey-server")
UNITS = (
    "redis-server.service",
    "redis.service",
    "valkey-server.service",
    "valkey.service",
)


class RedisService(Struct, frozen=True):
    """One configuration and how far its ports can be reached."""

    instance: RedisInstance
    reached: Reached


class RedisServices(Struct, frozen=True):
    """Derived fact: Redis' presence and its configurations.

    `version` is the package's; before 7 protected-mode was void beside a bind line.
    """

    presence: Presence
    services: tuple[RedisService, ...]
    version: Read[str] | None

    @property
    def protected_mode_needs_no_bind(self) -> bool:
        """Whether the server is so old that a bind line switches protected-mode off."""
        if self.version is None:
            return False
        major = re.match(r"(?:\d+:)?(\d{1,18})\.", self.version.value)
        return major is not None and int(major[1]) < 7


@derived
def redis_services(config: RedisConfig, software: Software) -> RedisServices:
    """One service a main file, told apart by their ports."""
    found = []
    for instance in config.instances:
        reach = reached(software, PROCESSES, instance.ports or [0], units=UNITS)
        found.append(RedisService(instance, reach))
    versions = software.packages.versions
    version = next((versions[p] for p in PACKAGES if p in versions), None)
    presence = software.presence(PACKAGES, PROCESSES, [6379])
    return RedisServices(presence, tuple(found), version)
