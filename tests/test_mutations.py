"""What was not read is never a PASS and accuses nobody: over all recorded cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from auditor.evaluate.engine import Row
from auditor.evaluate.inputs import HostInputs
from auditor.model.facts import Fact
from tests.cases import Case, case_folders, name_of, read_case
from tests.judged import Findings, accused, by_subject, wrongs
from tests.mutations import Mutation, mutations

Host = tuple[str, Mapping[type[Fact], Fact], Findings]


def before_of(case: Case, inputs: list[HostInputs]) -> list[Host]:
    """Each host's name, its facts, and what the check says of it."""
    rows = case.rows(inputs)
    return [
        (
            one.host.name,
            {kind: one.fact(kind) for kind in case.check.facts},
            of_host(rows, one.host.name),
        )
        for one in inputs
    ]


def mutated(
    case: Case, inputs: list[HostInputs]
) -> Iterator[tuple[int, Mutation, Findings]]:
    """Each mutation of the n-th host, and what the check says of that host then."""
    for n, one in enumerate(inputs):
        for mutation, lost in mutations(one.snapshot):
            taken = [*inputs[:n], one.with_snapshot(lost), *inputs[n + 1 :]]
            yield n, mutation, of_host(case.rows(taken), one.host.name)


def of_host(rows: list[Row], host: str) -> Findings:
    return by_subject([judged for _, name, judged in rows if name == host])


@pytest.mark.parametrize("folder", case_folders(), ids=name_of)
def test_a_lost_source_never_lets_a_check_pass(folder: Path) -> None:
    case = read_case(folder)
    inputs = case.inputs()
    hosts = before_of(case, inputs)
    found = [
        f"{hosts[n][0]} {mutation}: {wrong}"
        for n, mutation, after in mutated(case, inputs)
        for wrong in wrongs(hosts[n][2], after, mutation, hosts[n][1])
    ]
    assert found == []


@pytest.mark.parametrize("folder", case_folders("good", "decoy"), ids=name_of)
def test_a_lost_source_never_accuses(folder: Path) -> None:
    case = read_case(folder)
    inputs = case.inputs()
    hosts = before_of(case, inputs)
    found = [
        f"{hosts[n][0]} {mutation}: {wrong}"
        for n, mutation, after in mutated(case, inputs)
        for wrong in accused(hosts[n][2], after)
    ]
    assert found == []
