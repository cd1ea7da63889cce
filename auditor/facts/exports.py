"""What this host exports by NFS: as configured, and as it is live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.reach import Reached, reached
from auditor.facts.software import Presence, Software
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Line, Read, SourceText, ValueKind

LIVE = "/var/lib/nfs/etab"


class Export(Struct, frozen=True):
    """A folder and one client; options in the order in which they apply.

    `client` is `*` for the whole world, whichever way that was written.
    """

    path: str
    client: str
    options: tuple[str, ...]
    read: Read[str]

    def is_on(self, option: str, *, default: bool) -> bool:
        """Whether `option` or, later, `no_option` stands among the options."""
        state = default
        for word in self.options:
            if word in (option, f"no_{option}"):
                state = word == option
        return state

    @property
    def any_port(self) -> bool:
        """Whether requests are taken from ports that any user can open."""
        words = [word for word in self.options if word in ("secure", "insecure")]
        return words[-1:] == ["insecure"]

    @property
    def kerberos(self) -> bool:
        """Whether every way in asks for a Kerberos ticket (sec=, or client gss/…)."""
        ways = [w.removeprefix("sec=") for w in self.options if w.startswith("sec=")]
        if self.client.startswith("gss/"):
            return True
        return bool(ways) and all(way.startswith("krb5") for way in ways[-1].split(":"))

    @property
    def hosts(self) -> int | None:
        """How many addresses a network has; None for a name or a netgroup."""
        try:
            return ip_network(self.client, strict=False).num_addresses
        except ValueError:
            return None

    @property
    def public(self) -> bool:
        """Whether it is the world or a network of public addresses."""
        if self.client == "*":
            return True
        try:
            network = ip_network(self.client, strict=False)
        except ValueError:
            return False
        return network.num_addresses > 1 and network.is_global

    @property
    def single(self) -> bool:
        """Whether it names one host: an address or a name without a pattern."""
        named = not re.search(r"[*?\[\]@/]", self.client)
        return self.hosts == 1 or (self.hosts is None and named)


class Exports(Fact, frozen=True):
    """exports(5) and the table of what is live; exportfs(8) would write a lock.

    Kept whole: paths, clients and options are all that the files have, and a blank
    more or less changes whom an option is for.
    """

    fragment: ClassVar[str] = r"""
source_file /etc/exports keep
source_glob '/etc/exports.d/*.exports' keep
source_file /var/lib/nfs/etab keep
"""

    exports: tuple[Export, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One export a folder and client; what is only live comes after the files."""
        found: dict[tuple[str, str], Export] = {}
        for text in body.used():
            for export in _exports(text):
                found.setdefault((export.path, export.client), export)
        return cls(body.sources, tuple(found.values()))


def _exports(text: SourceText) -> Iterator[Export]:
    for line, content in _joined(text):
        words = re.findall(r'"(?:[^"]*)"|[^\s"]+', content)
        if not words:
            continue
        path = _unescaped(words[0].strip('"'))
        default: tuple[str, ...] = ()
        clients = []
        for word in words[1:]:
            if word.startswith("#"):
                break
            if word.startswith("-"):
                default = tuple(word[1:].split(","))
            else:
                clients.append((word, default))
        for word, options in clients or [("*", default)]:
            client, _, own = word.partition("(")
            named = options + tuple(o for o in own.rstrip(")").split(",") if o)
            shown = f"{client or '*'}({','.join(named)})"
            read = text.read(shown, line, key=path, kind=ValueKind.OPTION)
            yield Export(path, client or "*", named, read)


def _joined(text: SourceText) -> Iterator[tuple[Line, str]]:
    """Lines with their continuations; a comment is none and does not go on."""
    held: list[str] = []
    start: Line | None = None
    for line in text.lines:
        content = line.text
        if start is None and content.lstrip().startswith("#"):
            continue
        start = start or line
        more = content.endswith("\\")
        held.append(content[:-1] if more else content)
        if not more:
            yield start, " ".join(held)
            held, start = [], None
    if start is not None:
        yield start, " ".join(held)


def _unescaped(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path)


UNITS = ("nfs-server.service", "nfs-kernel-server.service", "nfs.service")
PROCESSES = ("rpc.mountd", "nfsd", "rpc.nfsd", "ganesha.nfsd")


class NfsServer(Struct, frozen=True):
    """Derived fact: whether an NFS server is there and how far it can be reached."""

    presence: Presence
    reached: Reached


@derived
def nfs_server(software: Software) -> NfsServer:
    """The kernel's server shows as a socket on port 2049 without a process."""
    presence = software.presence(
        ["nfs-kernel-server", "nfs-utils", "nfs-ganesha"], PROCESSES, [2049]
    )
    return NfsServer(presence, reached(software, PROCESSES, [2049], units=UNITS))
