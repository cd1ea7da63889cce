"""How far a service can be reached, from sockets, processes and units."""

from __future__ import annotations

import pytest

from auditor.facts.reach import Reach, reached
from auditor.facts.software import Listeners, Packages, Processes, Software, Units
from auditor.facts.superservers import Superservers
from auditor.model.sources import parse_body


def software(*sockets: str, process: str = "", unit: str = "") -> Software:
    def body(*lines: str, source: str = "x") -> str:
        rows = "".join(f" {n}\t{line}\n" for n, line in enumerate(lines, 1))
        return f"ok\tcommand\t{source}\t0\n{rows}"

    listeners = [
        f'tcp LISTEN 0 5 {address} *:* users:(("{owner}",pid=1,fd=3))'
        if owner
        else f"tcp LISTEN 0 5 {address} *:*"
        for owner, _, address in (socket.partition(" ") for socket in sockets)
    ]
    processes = [f"1\troot\t{process}"] if process else []
    units = [f"{unit} enabled enabled"] if unit else []
    return Software(
        Packages.parse(parse_body("Packages", body())),
        Processes.parse(parse_body("Processes", body(*processes))),
        Listeners.parse(parse_body("Listeners", body(*listeners))),
        Units.parse(parse_body("Units", body(*units, source="list-unit-files"))),
    )


def inetd(*lines: str) -> Superservers:
    rows = "".join(f" {n}\t{line}\n" for n, line in enumerate(lines, 1))
    text = f"ok\tfile\t/etc/inetd.conf\t0\n{rows}"
    return Superservers.parse(parse_body("Superservers", text))


@pytest.mark.parametrize(
    ("sockets", "reach"),
    [
        (["ftpd *:21"], Reach.EXPOSED),
        (["ftpd 10.0.0.1:21"], Reach.EXPOSED),
        (["ftpd 127.0.0.1:21", "ftpd [::1]:21"], Reach.LOCAL),
        (["ftpd 127.0.0.1:21", "ftpd *:21"], Reach.EXPOSED),
        (["other *:21"], Reach.STOPPED),
        (["ftpd *:22"], Reach.STOPPED),
        ([" *:21"], Reach.EXPOSED),
        (["inetd *:21"], Reach.STOPPED),
        ([], Reach.STOPPED),
    ],
)
def test_sockets_tell_how_far(sockets: list[str], reach: Reach) -> None:
    assert reached(software(*sockets), ["ftpd"], [21]).reach is reach


def test_a_process_without_a_socket_is_started() -> None:
    found = reached(software(process="/usr/sbin/ftpd"), ["ftpd"], [21])
    assert found.reach is Reach.STARTED


def test_an_enabled_unit_is_started() -> None:
    found = reached(software(unit="f.service"), ["ftpd"], [21], units=["f.service"])
    assert found.reach is Reach.STARTED


def test_a_socket_of_inetd_is_its_own_when_an_entry_starts_it() -> None:
    entry = "ftp\tstream\ttcp\tnowait\troot\t/usr/sbin/ftpd\tftpd"
    found = reached(software("inetd *:21"), ["ftpd"], [21], superservers=inetd(entry))
    assert (found.reach, len(found.proof)) == (Reach.EXPOSED, 2)
