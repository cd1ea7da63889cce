"""The units under the systemd of a host of the lab, with a stand-in for auditor.

The stand-in says what a program sees in there; auditor itself would need Python, which
no host of the lab has.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.inventory.reading import read_inventory
from auditor.schedule.plan import Plan
from auditor.schedule.systemd import units
from auditor.system_credentials import credential_name
from tests.lab.pytest_lab import Lab

HOST = "sysd-37"
PROGRAM = Path("/usr/local/sbin/stand-in")
INVENTORY = """\
[engagement]
client = "Laboratoires Exemple"

[store]
dir = "/var/lib/stand-in/runs"

[heartbeat]
url = { file = "/etc/stand-in/beat" }
service = "healthchecks"

[hosts.lis-35]
user = "audit"
key = "/etc/stand-in/key"
"""
STAND_IN = """\
#!/bin/sh
case $1 in
ping) logger -t stand-in "$*; $(cat "$CREDENTIALS_DIRECTORY"/*)" ;;
run)
    mkdir -p /var/lib/stand-in/runs
    {
        id -un
        cat "$CREDENTIALS_DIRECTORY"/*
        cat /etc/stand-in/key 2>&1 | sed 's/.*: //'
        touch /etc/stand-in/new 2>&1 | sed 's/.*: //'
    } >/var/lib/stand-in/runs/seen
    exit 2
    ;;
esac
"""
SETUP = """\
set -e
useradd --system --home-dir /var/lib/stand-in stand-in
mkdir -p /etc/stand-in
umask 077
printf 'THE KEY\\n' >/etc/stand-in/key
printf 'THE BEAT\\n' >/etc/stand-in/beat
# As a machine has it that systemd booted: the manager's mounts reach its services.
mount --make-rshared /
systemctl daemon-reload
systemctl start stand-in.service || true
for second in 1 2 3 4 5 6 7 8 9 10; do
    journalctl -q -t stand-in | grep . >/dev/null && break
    sleep 1
done
"""
AWAY = """\
systemctl stop stand-in.timer
mount --make-rprivate /
rm -rf /etc/systemd/system/stand-in* /etc/stand-in /var/lib/stand-in
rm -f /usr/local/sbin/stand-in
userdel stand-in
systemctl daemon-reload
systemctl reset-failed
"""


def write(lab: Lab, path: Path, text: str, mode: str) -> None:
    done = lab.shell(
        HOST,
        f"printf %s {shlex.quote(text)} >{path} && chmod {mode} {path}",
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def ended(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab after the service ran once, and failed as a refused audit does."""
    if "cgroup" not in lab.abilities:
        pytest.skip("no cgroup here, so no systemd in the lab")
    file = tmp_path_factory.mktemp("schedule") / "inventory.toml"
    file.write_text(INVENTORY, "utf-8")
    read = read_inventory(file)
    hosts = tuple(read.hosts.values())
    plan = Plan("stand-in", "stand-in", PROGRAM, read, hosts, store=read.store.dir)
    for path, text in units(plan, "Sun 02:30").items():
        there = text.replace(str(file.parent), "/etc")
        write(lab, Path("/") / path, there, "644")
    write(lab, PROGRAM, STAND_IN, "755")
    done = lab.shell(HOST, SETUP)
    assert done.returncode == 0, done.stderr
    yield lab
    # Other tests audit this host.
    assert lab.shell(HOST, AWAY).returncode == 0


@pytest.mark.lab
def test_it_sees_its_credentials_and_not_what_they_were_made_of(ended: Lab) -> None:
    beat, key = (credential_name(Path("/etc/stand-in") / n) for n in ("beat", "key"))
    assert beat < key
    seen = ended.shell(HOST, "cat /var/lib/stand-in/runs/seen").stdout.splitlines()
    assert ["stand-in", "THE BEAT", "THE KEY"] == seen[:3]
    assert ["Permission denied", "Read-only file system"] == seen[3:]


@pytest.mark.lab
def test_a_refused_run_is_told_of_with_its_code_and_the_secret(ended: Lab) -> None:
    said = ended.shell(HOST, "journalctl -q -t stand-in -o cat").stdout
    assert "--result=exit-code --code=2; THE BEAT\n" in said
    assert "THE KEY" not in said


@pytest.mark.lab
def test_the_timer_waits_for_its_day(ended: Lab) -> None:
    start = ended.shell(HOST, "systemctl start stand-in.timer")
    shown = ended.shell(HOST, "systemctl list-timers --no-legend stand-in.timer")
    assert (0, "Sun ") == (start.returncode, shown.stdout[:4])
