"""The recorded lab: judged offline, and with anything on it unread."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from auditor.inventory.manifests import read_manifests
from auditor.inventory.reading import read_inventory
from auditor.loading import load_checks
from auditor.model.check import Check
from auditor.model.snapshot import HostState, Snapshot
from auditor.store.folder import read_snapshot
from tests.cases import Case, profile
from tests.judged import wrongs
from tests.test_mutations import before_of, mutated

HOSTS = Path(__file__).parent / "hosts"
CHECKS = {check.name: check for check in load_checks()}
ANSWERED = (HostState.AUDITED, HostState.PARTIAL)


@cache
def snapshots() -> tuple[Snapshot, ...]:
    """Every recorded host, by name."""
    return tuple(read_snapshot(file) for file in sorted(HOSTS.glob("*.json")))


def answered() -> list[Snapshot]:
    return [taken for taken in snapshots() if taken.state in ANSWERED]


def case_of(check: Check, *taken: Snapshot) -> Case:
    """A check and recorded hosts, as a case of its own."""
    inventory = read_inventory(HOSTS / "inventory.toml")
    return Case(
        check=check,
        folder=HOSTS,
        hosts=tuple(inventory.hosts[snapshot.host] for snapshot in taken),
        snapshots=taken,
        manifests=read_manifests(HOSTS, timezone="Europe/Paris"),
        profile=profile(),
        at=datetime(2026, 11, 25, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize("name", CHECKS)
def test_what_a_host_did_not_show_is_never_a_pass(name: str) -> None:
    check = CHECKS[name]
    groups = [answered()] if check.fleet else [[taken] for taken in answered()]
    found = []
    for taken in groups:
        case = case_of(check, *taken)
        inputs = case.inputs()
        hosts = before_of(case, inputs)
        found += [
            f"{hosts[n][0]} {mutation}: {wrong}"
            for n, mutation, after in mutated(case, inputs)
            for wrong in wrongs(hosts[n][2], after, mutation, hosts[n][1])
        ]
    assert found == []


def test_no_path_of_the_machine_that_recorded_is_kept() -> None:
    texts = [file.read_text("utf-8") for file in HOSTS.iterdir()]
    assert [text for text in texts if ".cache/lab" in text] == []
    assert len(texts) > 10
