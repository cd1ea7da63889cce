"""The alert path on real hosts: fail2ban, a mail server, Dovecot; and a host without.

lis-36 mails to the on-call person, whose mailbox is on sysd-37; lis-35 has nothing that
sends mail. What these tests change there they take back: the lab is everybody's.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.clients import address_of
from tests.lab.pytest_lab import Lab

AUDITOR = str(Path(__file__).parents[2] / ".venv/bin/auditor")
OURS = "10.20.0.1"
#: A failed login is mailed with the lines of the log that name its address; nobody is
#: banned. The host's own jail, which bans, does not count the auditor meanwhile.
JAIL = """\
[connexion]
enabled = true
filter = sshd
logpath = /var/log/auth.log
maxretry = 1
bantime = 600
action = %(mta)s-whois-lines[sender="%(sender)s", dest="%(destemail)s",
         logpath="%(logpath)s"]
"""
PLACE = "/etc/fail2ban/jail.d/zz-essai.local"
IMAP = """
[drill.imap]
host = "{host}"
user = "rssi"
password = {{ file = "password" }}
ca = "ca.pem"
"""
SPOOL = """
[drill]
match = "host"

[drill.file]
path = "{path}"
"""


@pytest.fixture(scope="module")
def watched(lab: Lab) -> Iterator[Lab]:
    """The lab, in which lis-36 tells of a failed login."""
    if "cgroup" not in lab.abilities:
        pytest.skip("the host that takes the mail needs a cgroup for systemd")
    write = f"cat >{PLACE} <<'END'\n{JAIL}END\n"
    ignore = f"fail2ban-client set sshd addignoreip {OURS}"
    made = lab.shell("lis-36", f"{write}fail2ban-client reload && {ignore}")
    assert made.returncode == 0, made.stderr
    yield lab
    lab.shell("lis-36", f"rm {PLACE}; fail2ban-client reload")


@pytest.fixture(scope="module")
def mailbox(watched: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an inventory whose alerts arrive in the mailbox, over IMAPS."""
    folder = tmp_path_factory.mktemp("drill")
    password = secrets.token_hex(8)
    started = watched.shell(
        "sysd-37",
        f"echo 'rssi:{password}' >/etc/dovecot/rssi.passwd;"
        "systemctl start dovecot && cat /etc/ssl/courrier.pem",
    )
    assert started.returncode == 0, started.stderr
    (folder / "ca.pem").write_text(started.stdout)
    (folder / "password").touch(0o600)
    (folder / "password").write_text(password)
    allowed(watched, folder, IMAP.format(host=address_of("sysd-37")))
    yield folder
    watched.shell("sysd-37", "systemctl stop dovecot; rm /etc/dovecot/rssi.passwd")


def allowed(lab: Lab, folder: Path, alert_path: str) -> None:
    """The lab's inventory and pins, with both hosts allowing a drill."""
    text = lab.inventory.read_text()
    for host in ("lis-35", "lis-36"):
        text = text.replace(f"[hosts.{host}]\n", f"[hosts.{host}]\ndrill = true\n")
    (folder / "inventory.toml").write_text(text + alert_path)
    (folder / "known_hosts").write_text((lab.folder / "known_hosts").read_text())


def drilled(lab: Lab, host: str, folder: Path, seconds: int) -> tuple[int, str]:
    """The exit code of a drill and what it printed."""
    options = ["-i", f"{folder}/inventory.toml", "--yes", "--timeout", str(seconds)]
    done = lab.exec([AUDITOR, "drill", host, *options, "-f", f"json:{folder}/out.json"])
    return done.returncode, done.stdout + done.stderr


def test_a_mail_of_fail2ban_is_found_in_a_real_mailbox(
    watched: Lab, mailbox: Path
) -> None:
    code, said = drilled(watched, "lis-36", mailbox, 60)
    assert code == 0, said
    assert re.search(r"^lis-36  told after [\d.]+ s: imap rssi \(", said, re.MULTILINE)
    assert "the alert holds the account's name" in said
    told = json.loads((mailbox / "out.json").read_text())
    assert told["sources"] == [OURS]
    spool = watched.shell("sysd-37", "cat /var/mail/rssi").stdout
    assert f"Invalid user {told['account']} from {OURS}" in spool


@pytest.mark.usefixtures("mailbox")
def test_the_mail_is_not_marked_as_read(watched: Lab) -> None:
    spool = watched.shell("sysd-37", "cat /var/mail/rssi").stdout
    assert "[Fail2Ban] connexion" in spool
    assert not re.search(r"^X?-?Status: .*R", spool, re.MULTILINE)


def test_a_mail_that_names_host_and_address_is_found_in_the_spool(
    watched: Lab, tmp_path: Path
) -> None:
    spool = watched.upper("sysd-37") / "var/mail/rssi"
    allowed(watched, tmp_path, SPOOL.format(path=spool))
    # An address that fail2ban holds for banned already is not mailed once more.
    watched.shell("lis-36", f"fail2ban-client set connexion unbanip {OURS}")
    code, said = drilled(watched, "lis-36", tmp_path, 60)
    assert code == 0, said
    assert "the alert holds the host and the auditor's address" in said


def test_a_host_that_tells_nobody_is_reported(watched: Lab, mailbox: Path) -> None:
    code, said = drilled(watched, "lis-35", mailbox, 5)
    assert code == 1, said
    assert re.search("^lis-35  nobody was told in 5 s: imap ", said, re.MULTILINE)
