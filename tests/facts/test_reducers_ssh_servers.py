"""Processes of SSH servers: options travel, passwords among them do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.reducing import every_awk, reduced, rows
from tests.facts.running import every_shell

DECLARED = "PermitRootLogin port"


@every_shell()
def test_the_title_of_a_listening_sshd_is_taken_apart(
    shell: str, tmp_path: Path
) -> None:
    text = "7 1 root sshd: /usr/sbin/sshd -D -f /etc/ssh/b [listener] 0 of 10-100\n"
    found = reduced(tmp_path, text, "ssh_servers", DECLARED, shell=shell)
    assert rows(found) == ["1 7|sshd|/usr/sbin/sshd|-D|-f|/etc/ssh/b"]


@every_awk()
@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("-Df/etc/b -p 2200", "-D|-f|/etc/b|-p|2200"),
        ("-o PermitRootLogin=yes", "-o|PermitRootLogin=yes"),
        ("-oPermit_Root_Login=S3CRET", "-o|Permit_Root_Login=_"),
        ("-o Banner=/S3CRET -h /S3CRET", "-o|Banner=_|-h|_"),
    ],
)
def test_options_of_sshd(awk: str, words: str, options: str, tmp_path: Path) -> None:
    text = f"7 1 root /usr/sbin/sshd {words}\n"
    found = reduced(tmp_path, text, "ssh_servers", DECLARED, awk=awk)
    assert rows(found) == [f"1 7|sshd|/usr/sbin/sshd|{options}"]


@every_awk()
def test_the_master_password_of_dropbear_stays(awk: str, tmp_path: Path) -> None:
    text = "9 1 root dropbear -RwgY S3CRET -p 2222 -c S3CRET -s\n"
    found = reduced(tmp_path, text, "ssh_servers", DECLARED, awk=awk)
    options = "-R|-w|-g|-Y|_|-p|2222|-c|_|-s"
    assert rows(found) == [f"1 9|dropbear|dropbear|{options}"]


@every_awk()
def test_sessions_and_other_programs_say_nothing(awk: str, tmp_path: Path) -> None:
    text = "8 7 root sshd: S3CRET [priv]\n9 1 root mysqld -pS3CRET\n3 1 root [sshd]\n"
    found = reduced(tmp_path, text, "ssh_servers", DECLARED, awk=awk)
    assert rows(found) == []
