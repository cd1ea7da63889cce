"""What was not read is never a PASS and accuses nobody: over all recorded cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.evaluate.judging import Judged
from auditor.model.snapshot import Snapshot
from tests.cases import Case, all_cases
from tests.judged import Findings, accused, by_subject, wrongs
from tests.mutations import Mutation, mutations

CASES = list(all_cases())


def name_of(case: Case) -> str:
    return f"{case.check.name}-{case.folder.name}"


def mutated(case: Case) -> Iterator[tuple[Mutation, str, Findings]]:
    """Each mutation of each host, the host's name, what the check says of it then."""
    for n, snapshot in enumerate(case.snapshots):
        for mutation, lost in mutations(snapshot):
            snapshots = [*case.snapshots[:n], lost, *case.snapshots[n + 1 :]]
            yield mutation, snapshot.host, of_host(case, snapshots, snapshot.host)


def of_host(case: Case, snapshots: list[Snapshot], host: str) -> Findings:
    found: list[Judged] = [row[2] for row in case.rows(snapshots) if row[1] == host]
    return by_subject(found)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_lost_source_never_lets_a_check_pass(case: Case) -> None:
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


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.kind in ("good", "decoy")], ids=name_of
)
def test_a_lost_source_never_accuses(case: Case) -> None:
    before = {h.name: of_host(case, list(case.snapshots), h.name) for h in case.hosts}
    found = [
        f"{mutation}: {wrong}"
        for mutation, host, after in mutated(case)
        for wrong in accused(before[host], after)
    ]
    assert found == []
