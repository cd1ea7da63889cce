"""A year of monthly audits over real hosts: what happens on them, and what is kept.

The auditor's clock is set to the night of each audit, the hosts' is not:
only checks are chosen that don't look at it. What they are asked for is the same all
year, but for what a month changes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.inventory.writing import tables_as_toml
from tests.lab import state
from tests.lab.hosts import choose
from tests.lab.pytest_lab import Lab
from tests.lab.sinks import HTTP_PORT, SMTP_PORT
from tests.lab.up import bring_up
from tests.store.runs import key_in, signers_of

PROJECT = Path(__file__).resolve().parents[2]

#: The lis of Rennes, which keeps changing, and a box at Brest, which never does.
LIS, BOX = "lis-35", "box-43"
CHECKS = "ACC-001,SSH-001,IDN-013,EOL-001,X-YEAR-001"
NIGHTS = timedelta(days=30)
LAST = 12

RULE = '''\
"""A rule of the house, which its authors change in the course of the year."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.system import OsRelease
from auditor.model.check import check
from auditor.model.findings import FAIL, PASS, Evidence, Finding, Subject


@check
def house_rule(release: OsRelease) -> Iterator[Finding]:
    """Judges by the name of the system."""
    name = release.fields["ID"]
    yield {verdict}(Subject("host", "house"), "said", Evidence(name))
'''

TEXTS = {
    "title": "The house's rule",
    "why": "w",
    "impact": "i",
    "effort": "e",
    "undo": "u",
    "verify": "v",
    "fix": {"any": "f"},
    "messages": {"said": "The system is known."},
}


def dumped(tables: dict[str, Any]) -> str:
    """Tables as TOML."""
    return tables_as_toml(tables, "year")


def night(month: int) -> datetime:
    """When the audit of a month begins; the twelfth is the night before this one."""
    now = datetime.now(UTC).replace(hour=1, minute=30, second=0, microsecond=0)
    return now - timedelta(days=1) - (LAST - month) * NIGHTS


@dataclass(frozen=True, slots=True)
class Year:
    """The hosts, the auditor's folder, and where alerts and heartbeats arrive."""

    lab: Lab
    sinks: Path

    @property
    def store(self) -> Path:
        return self.lab.folder / "year"

    @property
    def inventory(self) -> Path:
        return self.lab.folder / "year.toml"

    @property
    def report(self) -> Path:
        return self.lab.folder / "year.html"

    def audit(self, month: int, *more: str | Path) -> subprocess.CompletedProcess[str]:
        """The audit of a month, as the timer starts it."""
        rules = ("--checks", self.lab.folder / "house", "--check", CHECKS)
        return self.auditor(month, "run", "--scheduled", *rules, *more)

    def auditor(
        self, month: int, command: str, *words: str | Path
    ) -> subprocess.CompletedProcess[str]:
        """A command of the auditor on the night of a month."""
        clocked = [sys.executable, "-m", "tests.lab.clocked", night(month).isoformat()]
        argv = [*clocked, command, "-i", self.inventory, *words]
        return subprocess.run(
            self.lab.command(list(map(str, argv))),
            cwd=PROJECT,
            env=self.lab.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def on(self, host: str, script: str) -> None:
        """Something happens on a host."""
        done = self.lab.shell(host, script)
        assert done.returncode == 0, done.stderr

    def rule(self, verdict: str) -> None:
        """The house's rule says this from now on."""
        folder = self.lab.folder / "house" / "house"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "house_rule.py").write_text(RULE.format(verdict=verdict), "utf-8")
        sidecar = {
            "id": "X-YEAR-001",
            "severity": "high",
            "requirements": ["gdpr:Art. 32(1)(b)"],
            "en": TEXTS,
            "fr": TEXTS | {"why": "p", "title": "La règle de la maison"},
        }
        (folder / "house_rule.toml").write_text(dumped(sidecar), "utf-8")

    def waive(self, check: str, month: int) -> None:
        """Somebody accepts a risk in that month, until the one after the next."""
        entry = {
            "check": check,
            "hosts": [LIS],
            "subjects": ["*"],
            "reason": "the publisher's new version comes in two months",
            "owner": "G. Exemple",
            "accepted_by": "F. Exemple, controller",
            "accepted_on": night(month).date(),
            "until": (night(month + 3) - timedelta(days=5)).date(),
        }
        file = self.lab.folder / "waivers.toml"
        file.write_text(dumped({"waiver": [entry]}), "utf-8")

    def arrived(self, kind: str) -> list[bytes]:
        """What came to a sink, `mail`, `alert` or `beat`, in its order."""
        files = sorted((self.sinks / kind).glob("[0-9][0-9][0-9]"))
        return [file.read_bytes() for file in files]


@contextmanager
def begun(folder: Path) -> Iterator[Year]:
    """The hosts of the year, up, with sinks in the auditor's network."""
    run = bring_up(choose([LIS, BOX]), None, os.getpid())
    lab = Lab(run)
    year = Year(lab, folder)
    sinks = subprocess.Popen(
        lab.command([sys.executable, "-m", "tests.lab.sinks", str(folder)]),
        cwd=PROJECT,
    )
    try:
        until_there(folder / "ready")
        write_inventory(year)
        yield year
    finally:
        sinks.kill()
        sinks.wait()
        state.remove(run)


def until_there(file: Path) -> None:
    """Wait for a file that comes within half a minute."""
    end = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < end, f"no {file.name}"
        time.sleep(0.05)


def write_inventory(year: Year) -> None:
    """The lab's inventory, with a store, a profile, alerts and a heartbeat."""
    folder = year.lab.folder
    (folder / "waivers.toml").write_text("", "utf-8")
    (folder / "profile.toml").write_text(profile_of(year), "utf-8")
    secrets = {
        "mail": f"mailto://127.0.0.1:{SMTP_PORT}?from=audit@cabinet.example"
        "&to=alert@groupe.example&mode=insecure",
        "hook": f"json://127.0.0.1:{HTTP_PORT}/alert",
        "beat": f"http://127.0.0.1:{HTTP_PORT}/beat",
    }
    for name, secret in secrets.items():
        file = folder / name
        file.touch(0o600)
        file.write_text(secret + "\n", "utf-8")
    table = tomllib.loads(year.lab.inventory.read_text("utf-8"))
    table["engagement"] |= {"profile": "./profile.toml", "language": "en"}
    key = key_in(folder, "auditor")
    signers_of(key)
    signing = {"sign_key": "auditor", "signers": "allowed_signers"}
    table["store"] = {"dir": "year", **signing}
    table["alerts"] = {
        "to": [{"file": "mail"}, {"file": "hook"}],
        "from_severity": "high",
    }
    table["heartbeat"] = {"url": {"file": "beat"}}
    year.inventory.write_text(dumped(table), "utf-8")


def profile_of(year: Year) -> str:
    """A profile in which the system of the lis ends between July's and August's audit.

    That of the box has years to go, whatever day it is.
    """
    ends = {LIS: night(8) - timedelta(days=10), BOX: night(12) + timedelta(days=999)}
    rows = []
    for host, end in ends.items():
        said = year.lab.shell(host, ". /etc/os-release; echo $ID $VERSION_ID").stdout
        system, version = said.split()
        row = {"os": system, "version": version, "end": end.date(), "kind": "LTS"}
        known = {"source": "the test", "checked_on": night(1).date(), "verified": False}
        rows.append(row | known)
    return dumped({"limits": {"eol_warn_days": 1}, "eol": rows})
