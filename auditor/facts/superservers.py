"""Services that another daemon starts when somebody connects.

inetd, xinetd, and systemd by its sockets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, SourceText, ValueKind

#: Names under which a superserver owns the sockets of what it starts.
SUPERSERVERS = frozenset({"inetd", "xinetd", "openbsd-inetd", "systemd"})


class Served(Struct, frozen=True):
    """One service: `service` is a name of services(5) or a port number."""

    service: str
    program: str
    arguments: tuple[str, ...]
    read: Read[str]


class Superservers(Fact, frozen=True):
    """What inetd, xinetd and live sockets of systemd would start.

    Disabled entries are left out, and sshd, which other facts know better.
    """

    fragment: ClassVar[str] = r"""
source_file /etc/inetd.conf inetd
source_glob '/etc/inetd.d/*' inetd
source_glob '/etc/xinetd.d/*' lines 'service disable server port bind interface'
shown() { source_command sockets '' systemctl show --no-pager -p Id "$@"; }
sockets() {
  if ! [ -d /run/systemd/system ]; then
    head_line absent command 'systemctl show' -
    return
  fi
  text=$(shown -p Listen -p Triggers -p ActiveState '*.socket')
  printf '%s\n' "$text"
  units=$(printf '%s\n' "$text" | awk -F '\t' '
    NF == 3 && $2 ~ /^[A-Za-z0-9:_.@-]+$/ && $2 !~ /^sshd?[@.]/ && !seen[$2]++ {
      print $2
    }')
  # shellcheck disable=SC2086 # names of units are words
  if [ -n "$units" ]; then shown -p ExecStart $units; fi
}
sockets
"""

    served: tuple[Served, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`SERVICE TYPE PROTOCOL WAIT USER PROGRAM NAME …`, or `KEY = VALUE` blocks."""
        found: list[Served] = []
        for text in body.used():
            xinetd = text.source.name.startswith("/etc/xinetd.d/")
            found += _xinetd(text) if xinetd else _inetd(text)
        ports = dict(_ports(body))
        found = [
            replace(one, service=ports.get(one.service, one.service)) for one in found
        ]
        return cls(body.sources, tuple(found))

    def starting(self, program: str) -> tuple[Served, ...]:
        """The entries that start a program of that name."""
        return tuple(one for one in self.served if one.program == program)


def _ports(body: Body) -> Iterator[tuple[str, str]]:
    """(service, port) of the lines of systemd's sockets."""
    for text in body.used():
        for line in text.lines:
            if text.source.kind == "command" and len(line.fields) == 2:
                yield line.fields[0], line.fields[1].rpartition(":")[2]


def _inetd(text: SourceText) -> Iterator[Served]:
    for line in text.lines:
        words = line.fields
        if len(words) < 6:
            continue
        # A wrapper (tcpd) gets the program's name as its own first argument.
        program = words[5].rpartition("/")[2]
        if program == "tcpd" and len(words) > 6:
            program = words[6].rpartition("/")[2]
        service = words[0].rpartition(":")[2]
        shown = f"{words[0]} {words[5]}"
        read = text.read(shown, line, key="inetd", kind=ValueKind.SERVICE)
        yield Served(service, program, words[7:], read)


def _xinetd(text: SourceText) -> Iterator[Served]:
    settings: dict[str, Read[str]] = {}
    for line in text.lines:
        words = line.text.replace("=", " ").split()
        if words[:1] == ["service"]:
            settings = {}
        if len(words) > 1:
            kind = ValueKind.SERVICE
            settings[words[0]] = text.read(words[1], line, key=words[0], kind=kind)
        # Braces travel as `_`; at the closing one the entry is whole.
        if words == ["_"] and "server" in settings:
            entry = _entry(settings)
            if entry is not None:
                yield entry
            settings = {}


def _entry(settings: dict[str, Read[str]]) -> Served | None:
    """One block of xinetd.conf(5), None when it is disabled."""
    disable = settings.get("disable")
    service = settings.get("port") or settings.get("service")
    if service is None or (disable is not None and disable.value.lower() == "yes"):
        return None
    server = settings["server"]
    return Served(service.value, server.value.rpartition("/")[2], (), server)
