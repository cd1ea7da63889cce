"""Services that systemd starts when somebody connects."""

from __future__ import annotations

from pathlib import Path

from auditor.facts.superservers import Superservers
from auditor.model.sources import parse_body
from tests.facts.reducing import every_awk, reduced, rows

SOCKETS = """Id=depot.socket
Listen=[::]:21 (Stream)
Listen=192.0.2.1:2121 (Stream)
Triggers=
ActiveState=active

Listen=0.0.0.0:23 (Stream)
Id=off.socket
Triggers=off.service
ActiveState=inactive

Id=local.socket
Listen=/run/a:80 (Stream)
Triggers=local.service
ActiveState=active
"""
SERVICE = """Id=depot@0.service
ExecStart={ path=/usr/sbin/vsftpd ; argv[]=/usr/sbin/vsftpd /etc/a.conf -pS3CRET \
--key=S3CRET S3CRET --config=/etc/b ; ignore_errors=yes ; start_time=[n/a] ; pid=0 }
"""


@every_awk()
def test_live_sockets_of_the_network_travel(awk: str, tmp_path: Path) -> None:
    assert rows(reduced(tmp_path, SOCKETS, "sockets", awk=awk)) == [
        "5 depot@0.service|[::]:21",
        "5 depot@0.service|192.0.2.1:2121",
    ]


@every_awk()
def test_a_service_travels_without_the_values_of_its_options(
    awk: str, tmp_path: Path
) -> None:
    (row,) = rows(reduced(tmp_path, SERVICE, "sockets", awk=awk))
    assert row.split("|") == [
        "2 depot@0.service",
        *("stream", "tcp", "nowait", "_"),
        *("/usr/sbin/vsftpd", "/usr/sbin/vsftpd"),
        *("/etc/a.conf", "-p_", "--key=_", "_", "--config=/etc/b"),
    ]


def test_a_service_is_known_by_the_port_of_its_socket() -> None:
    text = (
        "ok\tcommand\tsystemctl show sockets\t0\n 5\tdepot@0.service\t[::]:21\n"
        "ok\tcommand\tsystemctl show depot@0.service\t0\n"
        " 2\tdepot@0.service\tstream\ttcp\tnowait\t_\t/sbin/vsftpd\tvsftpd\t/etc/f\n"
    )
    served = Superservers.parse(parse_body("Superservers", text)).starting("vsftpd")
    assert [(one.service, one.arguments) for one in served] == [("21", ("/etc/f",))]
