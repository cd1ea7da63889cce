"""What an audit leaves on a host, and what it lets others there see: nothing."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.pytest_lab import Lab

AUDITOR = str(Path(__file__).parents[1] / ".venv/bin/auditor")
LOGINS = 3
#: Every file of the host but the kernel's own, with when its content last changed.
LISTING = (
    r"find / \( -path /proc -o -path /sys -o -path /dev/pts \) -prune -o"
    r" \( -type f -o -type d \) -printf '%p\t%T@\t%s\n'"
)
#: Where the services of the lab's hosts make files of their own when they like.
SERVICES = (
    "/var/lib/postgresql/",
    "/var/lib/redis/",
    "/var/lib/samba/",
    "/var/cache/samba/",
    "/run/",
    "/var/log/",
)
TRACE = "/dev/shm/trace"


def audit(lab: Lab, host: str, out: Path) -> subprocess.CompletedProcess[str]:
    command = [AUDITOR, "run", "-i", str(lab.inventory), "-l", host, "-o", str(out)]
    return lab.exec([*command, f"-fhtml:{out}/report.html"])


def bare_login(lab: Lab, host: str) -> None:
    """A login that does `sudo true`, by the system's own ssh."""
    address = {"lis-35": "10.20.35.35", "db-38": "10.38.0.38"}[host]
    key = lab.folder / "keys/audit_ed25519"
    options = [
        *("-F", "/dev/null", "-i", str(key), "-o", "BatchMode=yes"),
        *("-o", f"UserKnownHostsFile={lab.folder}/known_hosts"),
        *("-o", f"HostKeyAlias={host}"),
    ]
    jump = ["ssh", *options[:-1], "HostKeyAlias=bastion-38", "-W", "%h:%p"]
    if host == "db-38":
        options += ["-o", f"ProxyCommand={' '.join(jump)} audit@10.20.56.38"]
    password = lab.environment().get("LAB_SUDO_DB38", "")
    done = lab.exec(
        ["ssh", *options, f"audit@{address}", "sudo -k -S -p '' true"],
        stdin=f"{password}\n",
    )
    assert done.returncode == 0, done.stderr


def changed(lab: Lab, host: str, doing: object) -> set[str]:
    """The paths that are new or changed on the host after something was done."""
    before = listing(lab, host)
    assert callable(doing)
    doing()
    after = listing(lab, host)
    return {path for path, state in after.items() if before.get(path) != state}


def listing(lab: Lab, host: str) -> dict[str, str]:
    rows = lab.shell(host, LISTING).stdout.splitlines()
    return {row.split("\t")[0]: row for row in rows}


@pytest.mark.parametrize("host", ["lis-35", "db-38"])
def test_a_run_changes_no_file_that_bare_logins_do_not(
    lab: Lab, host: str, tmp_path: Path
) -> None:
    def logins() -> None:
        for _ in range(LOGINS):
            bare_login(lab, host)

    # The host's own daemons write, too, and a database when it likes: what an audit
    # writes it writes each time.
    idle = changed(lab, host, lambda: time.sleep(6))
    bare = changed(lab, host, logins)
    first = changed(lab, host, lambda: audit(lab, host, tmp_path))
    second = changed(lab, host, lambda: audit(lab, host, tmp_path))
    assert (first & second) - bare - idle == set()
    assert new_names(lab, host, first | second) - bare - idle == set()


def new_names(lab: Lab, host: str, paths: set[str]) -> set[str]:
    """Those that were made lately in the overlay's upper directory, by no service."""
    upper = lab.upper(host)
    recent = time.time() - 300
    return {
        path
        for path in paths
        if not path.startswith(SERVICES)
        and (file := upper / path.lstrip("/")).exists()
        and file.stat().st_ctime > recent
    }


def test_sshd_sees_one_connection_one_authentication_one_session(
    lab: Lab, tmp_path: Path
) -> None:
    log = "/var/log/auth.log"
    before = len(lab.shell("db-38", f"cat {log}").stdout)
    audit(lab, "db-38", tmp_path)
    said = lab.shell("db-38", f"cat {log}").stdout[before:]
    assert said.count("Connection from") == 1
    answers = r"(Accepted|Failed) (publickey|password|keyboard-interactive)"
    assert re.findall(answers, said) == [("Accepted", "publickey")]
    assert said.count("Starting session") == 1


@contextmanager
def traced(lab: Lab, host: str) -> Iterator[list[str]]:
    """All that sshd and its children execute, with arguments and environment."""
    lines: list[str] = []
    strace = (
        "setsid strace -f -v -s 65535 -e trace=execve"
        f" -p $(cat /run/sshd.pid) -o {TRACE} >/dev/null 2>&1 &"
        f" while ! [ -e {TRACE} ]; do sleep 0.1; done; sleep 0.5"
    )
    lab.shell(host, strace)
    try:
        yield lines
    finally:
        lab.shell(host, "pkill strace; sleep 0.3")
        lines += lab.shell(host, f"cat {TRACE}; rm {TRACE}").stdout.splitlines()


def secrets_of(lab: Lab, host: str) -> set[str]:
    """The sudo password, every hash of a password, every number of NIR's form."""
    found = {lab.environment()["LAB_SUDO_DB38"]}
    for line in lab.shell(host, "cat /etc/shadow").stdout.splitlines():
        field = line.split(":")[1].lstrip("!*")
        found |= {field} if len(field) > 3 else set()
    exports = lab.shell(host, "cat /srv/mega/public/exports/* 2>/dev/null").stdout
    return found | set(re.findall(r"\b[12]\d{12}(?:\d{2})\b", exports))


@pytest.mark.parametrize("host", ["lis-35", "db-38"])
def test_no_secret_and_no_patients_number_is_seen_anywhere(
    lab: Lab, host: str, tmp_path: Path
) -> None:
    secrets = secrets_of(lab, host)
    with traced(lab, host) as executed:
        done = audit(lab, host, tmp_path)
    places = {"standard output": done.stdout, "standard error": done.stderr}
    places["an execve on the host"] = "\n".join(executed)
    places["sshd's log"] = lab.shell(host, "cat /var/log/auth.log").stdout
    for file in tmp_path.rglob("*"):
        if file.is_file():
            places[file.name] = file.read_bytes().decode("utf-8", "replace")
    found = {
        f"{place}: {secret[:4]}…"
        for place, text in places.items()
        for secret in secrets
        if secret in text
    }
    assert found == set()
    assert len(secrets) > 2
    assert any("awk" in line for line in executed)
