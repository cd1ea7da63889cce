"""Is a piece of software there? Packages, processes, listeners and units say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact, derived
from auditor.model.findings import Evidence
from auditor.model.sources import Body, Read, SourceText, ValueKind, whole_number


class Packages(Fact, frozen=True):
    """Installed packages by name, from the host's own package database.

    dpkg knows `rc`, removed with its configuration left: not installed.
    """

    fragment: ClassVar[str] = r"""
database() { # FOLDER NAME: BusyBox has an rpm and a dpkg that know no packages
  if [ -d "$1" ]; then return 0; fi
  head_line absent file "$1" -
  return 1
}
deb() {
  if ! database /var/lib/dpkg; then return; fi
  source_command keep '' dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n'
}
rpm_() {
  if [ -d /usr/lib/sysimage/rpm ] || database /var/lib/rpm; then
    source_command keep '' rpm -qa --qf 'ii %{NAME} %{VERSION}-%{RELEASE}\n'
  fi
}
apk_() { if database /lib/apk/db; then source_command keep '' apk info -v; fi; }
first_of deb rpm_ apk_
"""

    text: SourceText
    versions: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """dpkg and rpm lines are `STATE NAME VERSION`; apk's are `NAME-VERSION`."""
        text = body.texts[-1]
        return cls(body.sources, text, dict(_packages(text)))


def _packages(text: SourceText) -> Iterator[tuple[str, Read[str]]]:
    for line in text.lines:
        match line.text.split():
            case [("ii" | "hi"), name, version]:
                pass
            case [word] if apk := re.fullmatch(r"(.+)-(\d[^-]*-r\d+)", word):
                name, version = apk.groups()
            case _:
                continue
        yield name, text.read(version, line, key=name, kind=ValueKind.PACKAGE)


class Process(Struct, frozen=True):
    """One process; arguments that are neither paths nor options are `_`."""

    pid: int
    user: str
    name: str
    arguments: tuple[str, ...]
    read: Read[str]


class Processes(Fact, frozen=True):
    """All processes but the audit's own; passwords stand in arguments, so they go."""

    fragment: ClassVar[str] = r"""
unseen() { # another user's processes are hidden when /proc says hidepid
  if [ "$uid" -ne 0 ] && ! [ -r /proc/1/stat ]; then
    head_line denied command ps -
    return 0
  fi
  return 1
}
if unseen; then return 0; fi
if ! command -v ps >/dev/null; then head_line no_tool command ps 127; return 0; fi
case $(ps --version 2>/dev/null) in
  *procps*) source_command processes '' ps -e -o pid= -o ppid= -o user:32= -o args= ;;
  *) source_command processes '' ps -o pid,ppid,user,args ;;
esac
"""

    processes: tuple[Process, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines are `PID USER ARGV0 [ARGUMENT…]`, tabs between."""
        found = [
            _process(text, line.fields, n)
            for text in body.used()
            for n, line in enumerate(text.lines)
        ]
        return cls(body.sources, tuple(p for p in found if p is not None))

    def named(self, *names: str) -> tuple[Process, ...]:
        """The processes of those names, with or without a path."""
        return tuple(p for p in self.processes if p.name in names)


def _process(text: SourceText, fields: tuple[str, ...], n: int) -> Process | None:
    pid = whole_number(fields[0])
    if len(fields) < 3 or pid is None:
        return None
    _, user, program, *arguments = fields
    name = program.rpartition("/")[2].removesuffix(":").lstrip("-")
    read = text.read(
        program, text.lines[n], key="process", kind=ValueKind.SERVICE, shown=name
    )
    return Process(pid, user, name, tuple(arguments), read)


class Listener(Struct, frozen=True):
    """A listening socket; `process` is empty when its owner was not shown."""

    protocol: str
    address: str
    port: int
    process: str
    read: Read[str]

    @property
    def scope(self) -> str:
        """`loopback`, `private`, `public` or `wildcard` (which counts as exposed)."""
        if self.address in ("*", "0.0.0.0", "::"):
            return "wildcard"
        try:
            address = ip_address(self.address)
        except ValueError:
            return "wildcard"  # what makes no sense is not taken for harmless
        if address.is_loopback:
            return "loopback"
        return "private" if address.is_private or address.is_link_local else "public"

    @property
    def exposed(self) -> bool:
        """Whether others than this host can reach it."""
        return self.scope != "loopback"


class Listeners(Fact, frozen=True):
    """Listening TCP sockets and open UDP ones (ss(8), else netstat)."""

    fragment: ClassVar[str] = r"""
ss_() { source_command keep '' ss -H -lntup; }
netstat_() {
  case $(netstat --help 2>&1) in
    *-p*) source_command keep '' netstat -lntup ;;
    *) source_command keep '' netstat -lntu ;; # BusyBox may not tell the owners
  esac
}
first_of ss_ netstat_
"""

    listeners: tuple[Listener, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Both tools' lines; an address keeps neither brackets nor its zone."""
        found = [
            _listener(text, n) for text in body.used() for n in range(len(text.lines))
        ]
        return cls(body.sources, tuple(one for one in found if one is not None))

    def of(self, *processes: str) -> tuple[Listener, ...]:
        """The listeners of processes of those names."""
        return tuple(one for one in self.listeners if one.process in processes)

    def on(self, *ports: int, protocol: str = "tcp") -> tuple[Listener, ...]:
        """The listeners on those ports."""
        return tuple(
            o for o in self.listeners if o.port in ports and o.protocol == protocol
        )


def _listener(text: SourceText, n: int) -> Listener | None:
    line = text.lines[n]
    words = line.text.split()
    if len(words) < 5 or not re.match(r"(tcp|udp)", words[0]):
        return None
    ss = words[1] in ("LISTEN", "UNCONN")
    address, _, port = (words[4] if ss else words[3]).rpartition(":")
    address = re.sub(r"%.*", "", address.strip("[]"))
    number = whole_number(port)
    if number is None:
        return None
    owner = re.search(r'\(\("([^"]*)"', line.text) if ss else None
    process = owner[1] if owner else ""
    if not ss and "/" in words[-1]:
        process = words[-1].partition("/")[2].removesuffix(":")
    protocol = words[0][:3]
    shown = f"{address or '*'}:{port}/{protocol}"
    read = text.read(shown, line, key="listener", kind=ValueKind.ADDRESS)
    return Listener(protocol, address or "*", number, process, read)


class Units(Fact, frozen=True):
    """systemd units: what is enabled, what is active (nothing where none runs)."""

    fragment: ClassVar[str] = r"""
if ! [ -d /run/systemd/system ]; then
  head_line absent command systemctl -
  return 0
fi
kinds=service,socket,timer,mount,swap
source_command keep '' systemctl list-unit-files --no-pager --no-legend --full \
  --type="$kinds"
source_command keep '' systemctl list-units --all --no-pager --no-legend --plain \
  --full --type="$kinds"
"""

    enabled: dict[str, Read[str]]
    active: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`UNIT STATE [PRESET]` and `UNIT LOAD ACTIVE SUB DESCRIPTION` lines."""
        enabled: dict[str, Read[str]] = {}
        active: dict[str, Read[str]] = {}
        for text in body.used():
            files = "list-unit-files" in text.source.name
            for line in text.lines:
                words = line.text.split()
                state = 1 if files else 2
                if len(words) > state:
                    read = text.read(words[state], line, key=words[0])
                    (enabled if files else active)[words[0]] = read
        return cls(body.sources, enabled, active)


class Presence(Struct, frozen=True):
    """Whether a service is there: `True`, `False`, or `None` when that is not known.

    `proof` is what shows it: the package, process or port that was found, or each
    place where it was looked for in vain. `running` has processes and listeners.
    """

    there: bool | None
    running: bool
    proof: tuple[Evidence, ...]
    listeners: tuple[Listener, ...] = ()


class Software(Struct, frozen=True):
    """Derived fact: what tells whether a piece of software is there."""

    packages: Packages
    processes: Processes
    listeners: Listeners
    units: Units

    def presence(
        self,
        packages: Iterable[str],
        processes: Iterable[str],
        ports: Iterable[int] = (),
    ) -> Presence:
        """Look for any of the packages, processes and TCP ports.

        A listener whose owner is known to be another program is not it.
        """
        names = tuple(processes)
        running = self.processes.named(*names)
        sockets = self.listeners.of(*names) + tuple(
            one for one in self.listeners.on(*ports) if not one.process
        )
        installed = [
            self.packages.versions[p] for p in packages if p in self.packages.versions
        ]
        found = [
            *(process.read for process in running[:1]),
            *(one.read for one in sockets[:3]),
            *installed[:1],
        ]
        if found:
            proof = tuple(Evidence(read) for read in found)
            return Presence(True, bool(running or sockets), proof, sockets)
        absence = tuple(Evidence(read) for read in self._absence(names[0]))
        seen = all(evidence.read.source.seen for evidence in absence)
        return Presence(False if seen else None, False, absence)

    def _absence(self, name: str) -> Iterator[Read[bool]]:
        for fact in (self.packages, self.processes, self.listeners):
            for source in fact.sources:
                if source.kind != "alternative":
                    text = SourceText(source)
                    shown = f"no {name}"
                    yield text.read(False, None, kind=ValueKind.WORD, shown=shown)


@derived
def software(
    packages: Packages, processes: Processes, listeners: Listeners, units: Units
) -> Software:
    """All four together."""
    return Software(packages, processes, listeners, units)
