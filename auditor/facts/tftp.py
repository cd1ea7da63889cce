"""TFTP servers: what answers on port 69, from which folder, and who may write there.

The protocol knows no password, so whoever reaches the port reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.software import Listener, Presence, Software
from auditor.facts.superservers import SUPERSERVERS, Superservers
from auditor.model.facts import derived
from auditor.model.sources import Read

PORT = 69
PROGRAMS = ("in.tftpd", "tftpd", "atftpd", "utftpd", "ptftpd")
PACKAGES = ("tftpd-hpa", "tftpd", "atftpd", "tftp-server", "utftpd")


class TftpProgram(Struct, frozen=True):
    """A server that runs, or that a superserver starts, and what it was told.

    `folders` are the paths among its arguments, `creates` whether it lets clients make
    files (-c or --create of tftp-hpa).
    """

    folders: tuple[str, ...]
    creates: bool
    read: Read[str]


class TftpServer(Struct, frozen=True):
    """Derived fact: sockets on 69/udp, and the programs behind them."""

    presence: Presence
    exposed: tuple[Listener, ...]
    local: tuple[Listener, ...]
    programs: tuple[TftpProgram, ...]


@derived
def tftp_server(software: Software, superservers: Superservers) -> TftpServer:
    """A socket of a superserver counts when one of its entries starts a server."""
    programs = tuple(_programs(software, superservers))
    known = (*PROGRAMS, "dnsmasq", "")
    sockets = [
        one
        for one in software.listeners.on(PORT, protocol="udp")
        if one.process in known or (one.process in SUPERSERVERS and programs)
    ]
    return TftpServer(
        software.presence(PACKAGES, PROGRAMS),
        tuple(one for one in sockets if one.exposed),
        tuple(one for one in sockets if not one.exposed),
        programs,
    )


def _programs(software: Software, superservers: Superservers) -> Iterator[TftpProgram]:
    for process in software.processes.named(*PROGRAMS):
        yield _program(process.arguments, process.read)
    for name in PROGRAMS:
        for entry in superservers.starting(name):
            yield _program(entry.arguments, entry.read)


def _program(words: tuple[str, ...], read: Read[str]) -> TftpProgram:
    folders = tuple(word for word in words if word.startswith("/"))
    # Of letters written together the first travels: `-c_`.
    creates = any(word in ("-c", "-c_", "--create") for word in words)
    return TftpProgram(folders, creates, read)
