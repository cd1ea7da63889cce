"""What was not read is never a PASS and accuses nobody: over all recorded cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.evaluate.judging import Judged
from auditor.model.snapshot import Snapshot
from tests.cases import Case, case_folders, name_of, read_case
from tests.judged import Findings, accused, by_subject, wrongs
from tests.mutations import Mutation, mutations


def mutated(case: Case) -> Iterator[tuple[Mutation, str, Findings]]:
    """Each mutation of each host, the host's name, what the check says of it then."""
    for n, snapshot in enumerate(case.snapshots):
        for mutation, lost in mutations(snapshot):
            snapshots = [*case.snapshots[:n], lost, *case.snapshots[n + 1 :]]
            yield mutation, snapshot.host, of_host(case, snapshots, snapshot.host)


def of_host(case: Case, snapshots: list[Snapshot], host: str) -> Findings:
    found: list[Judged] = [row[2] for row in case.rows(snapshots) if row[1] == host]
    return by_subject(found)


@pytest.mark.parametrize("folder", case_folders(), ids=name_of)
def test_a_lost_source_never_lets_a_check_pass(folder: Path) -> None:
    case = read_case(folder)
    facts = {
        host.name: {
            kind: case.inputs(host, shot).fact(kind) for kind in case.check.facts
        }
        for host, shot in zip(case.hosts, case.snapshots, strict=True)
    }
    before = {h.name: of_host(case, list(case.snapshots), h.name) for h in case.hosts}
    found = [
        f"{mutation}: {wrong}"
        for mutation, host, after in mutated(case)
        for wrong in wrongs(before[host], after, mutation, facts[host])
    ]
    assert found == []


@pytest.mark.parametrize("folder", case_folders("good", "decoy"), ids=name_of)
def test_a_lost_source_never_accuses(folder: Path) -> None:
    case = read_case(folder)
    before = {h.name: of_host(case, list(case.snapshots), h.name) for h in case.hosts}
    found = [
        f"{mutation}: {wrong}"
        for mutation, host, after in mutated(case)
        for wrong in accused(before[host], after)
    ]
    assert found == []
