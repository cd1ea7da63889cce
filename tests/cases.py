"""Recorded cases: a folder of fact texts, and what the check must say of them.

A case lies in `tests/checks/<family>/<check>/<case>/`; see CONTRIBUTING.md.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from auditor.evaluate.engine import FleetView, Row, evaluate_host
from auditor.evaluate.inputs import HostInputs
from auditor.inventory.manifests import read_manifests
from auditor.inventory.profile import read_profile
from auditor.loading import load_checks
from auditor.model.check import Audit, Check
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.snapshot import FactText, HostState, Snapshot
from auditor.model.sources import Status, parse_body, status_of

ROOT = Path(__file__).parent / "checks"
AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
MANIFESTS = {
    f"{name}.toml"
    for name in ("migrations", "owners", "services", "attestations", "waivers")
}
KNOWN = MANIFESTS | {"case.toml", "expected.txt", "origin.txt"}


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded situation: its check, its folder, its hosts' snapshots."""

    check: Check
    folder: Path
    hosts: tuple[Host, ...]
    snapshots: tuple[Snapshot, ...]
    manifests: Manifests
    profile: Profile
    at: datetime

    def rows(self, inputs: Iterable[HostInputs] | None = None) -> list[Row]:
        """What the check says, of these inputs or of those recorded."""
        taken = self.inputs() if inputs is None else list(inputs)
        if not self.check.fleet:
            return [row for one in taken for row in evaluate_host([self.check], one)]
        fleet = FleetView([self.check])
        for one in taken:
            fleet.add(one)
        return list(fleet.evaluate())

    def inputs(self) -> list[HostInputs]:
        """What the engine gives to the check, host by host."""
        return [
            HostInputs(
                snapshot,
                host,
                self.manifests.for_host(host.name),
                self.manifests.owners,
                self.profile,
                Audit(self.at, "Europe/Paris"),
            )
            for host, snapshot in zip(self.hosts, self.snapshots, strict=True)
        ]


@cache
def profile() -> Profile:
    """The shipped profile, read once."""
    return read_profile("default")


def case_folders(*kinds: str) -> list[Path]:
    """The folders of all recorded cases, or of those kinds (`good`, `decoy` …)."""
    return [
        folder
        for folder in sorted(ROOT.glob("*/*/*"))
        if folder.is_dir() and (not kinds or kind_of(folder) in kinds)
    ]


def name_of(folder: Path) -> str:
    """A case's name for a test."""
    return f"{folder.parent.name}-{folder.name}"


def kind_of(folder: Path) -> str:
    """`bad`, `good`, `decoy` or `denied`."""
    return folder.name.partition("-")[0]


def check_named(name: str) -> Check:
    """The shipped check of that name."""
    return next(check for check in load_checks() if check.name == name)


def read_case(folder: Path) -> Case:
    """Read a case; raises AssertionError naming a file that nobody reads."""
    check = check_named(folder.parent.name)
    settings = _settings(folder)
    at = settings.get("at", AT)
    hosts, snapshots = [], []
    for place in _hosts(check, folder):
        own = _settings(place)
        hosts.append(_host(place.name if place != folder else "case", own))
        snapshots.append(_snapshot(check, place, own, hosts[-1].name, at))
    manifests = read_manifests(folder, timezone="Europe/Paris")
    return Case(check, folder, tuple(hosts), tuple(snapshots), manifests, profile(), at)


def expected(case: Case) -> list[str]:
    """The lines of `expected.txt`, sorted."""
    text = (case.folder / "expected.txt").read_text("utf-8")
    return sorted(line for line in text.splitlines() if line.strip())


def said(case: Case, rows: Iterable[Row]) -> list[str]:
    """Findings as the lines of `expected.txt`, sorted."""
    return sorted(_line(row, several=len(case.hosts) > 1) for row in rows)


def _line(row: Row, *, several: bool) -> str:
    _, host, judged = row
    finding = judged.finding
    words = [finding.verdict.value, str(finding.subject), finding.message or "-"]
    if finding.reason is not None:
        words.append(f"reason={finding.reason}")
    if several:
        words.append(f"on={host}")
    return " ".join(words)


def _hosts(check: Check, folder: Path) -> list[Path]:
    if not check.fleet:
        return [folder]
    return sorted(place for place in folder.iterdir() if place.is_dir())


def _settings(folder: Path) -> dict[str, Any]:
    file = folder / "case.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def _host(name: str, settings: dict[str, Any]) -> Host:
    keys: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in settings.get("host", {}).items()
    }
    return replace(Host(name=name, address="192.0.2.1"), **keys)


def _snapshot(
    check: Check, folder: Path, settings: dict[str, Any], host: str, at: datetime
) -> Snapshot:
    wanted = {kind.__name__ for kind in check.facts}
    facts = {
        name: FactText(format=1, status=Status(status), text="")
        for name, status in settings.get("facts", {}).items()
    }
    for file in folder.iterdir():
        if file.is_dir() or file.name in KNOWN:
            continue
        assert file.stem in wanted, f"{file}: the check asks for no such fact"
        facts[file.stem] = read_fact(file)
    assert wanted == set(facts), (
        f"{folder}: facts without a file: {wanted - set(facts)}"
    )
    return Snapshot(
        host=host, state=HostState.AUDITED, started=at, ended=at, facts=facts
    )


def read_fact(file: Path) -> FactText:
    """A recorded fact: the frame's line `FACT NAME FORMAT [PARAMETER…]`, its body."""
    head, _, body = file.read_text("ascii").partition("\n")
    word, name, number, *parameters = shlex.split(head)
    assert (word, name) == ("FACT", file.stem), f"{file}: first line is {head!r}"
    return FactText(
        format=int(number),
        parameters=tuple(parameters),
        status=status_of(parse_body(name, body).sources),
        text=body,
    )


def write_fact(file: Path, fact: FactText) -> None:
    """Write a fact as `read_fact` reads it."""
    words = ["FACT", file.stem, str(fact.format), *fact.parameters]
    file.write_text(f"{shlex.join(words)}\n{fact.text}", "ascii")
