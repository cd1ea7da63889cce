"""The reducer of inetd.conf, and what the parser makes of it."""

from __future__ import annotations

from pathlib import Path

from auditor.facts.superservers import Superservers
from auditor.model.sources import parse_body
from tests.facts.running import body, every_shell, shown

TEXT = """# ftp stream tcp nowait root /usr/sbin/vsftpd vsftpd

ftp\tstream\ttcp\tnowait\troot\t/usr/sbin/tcpd\t/usr/sbin/vsftpd /etc/ftp.conf
69 dgram udp wait root /usr/sbin/in.tftpd in.tftpd -c -uS3C --x=S3C S3C -s /srv/echange
"""


@every_shell()
def test_arguments_keep_paths_and_the_letters_of_options(
    shell: str, tmp_path: Path
) -> None:
    file = tmp_path / "inetd.conf"
    file.write_text(TEXT)
    lines = shown(body(shell, f"source_file {file} inetd"), file)
    assert [line.replace("\t", " ") for line in lines] == [
        "3 ftp stream tcp nowait root /usr/sbin/tcpd /usr/sbin/vsftpd /etc/ftp.conf",
        (
            "4 69 dgram udp wait root /usr/sbin/in.tftpd in.tftpd -c -u_ --_ _ -s"
            " /srv/echange"
        ),
    ]


def test_a_program_behind_tcpd_is_the_one_that_serves() -> None:
    text = (
        "ok\tfile\t/etc/inetd.conf\t0\n"
        " 3\tftp\tstream\ttcp\tnowait\troot\t/usr/sbin/tcpd\t/usr/sbin/vsftpd\t/etc/f\n"
    )
    fact = Superservers.parse(parse_body("Superservers", text))
    served = fact.starting("vsftpd")
    assert [(one.service, one.arguments) for one in served] == [("ftp", ("/etc/f",))]


def test_a_disabled_entry_of_xinetd_serves_nothing() -> None:
    text = (
        "ok\tfile\t/etc/xinetd.d/ftp\t0\n"
        " 1\tservice ftp\n 2\t_\n 3\t disable = yes\n"
        " 4\t server = /usr/sbin/vsftpd\n 5\t_\n"
        "ok\tfile\t/etc/xinetd.d/rsync\t0\n"
        " 1\tservice rsync\n 2\t_\n 3\tserver\\x09= /usr/bin/rsync\n 4\t_\n"
    )
    fact = Superservers.parse(parse_body("Superservers", text))
    assert [one.program for one in fact.served] == ["rsync"]
