"""What holds for each check: no answer of a host breaks it, or a run."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from functools import cache

import pytest
from msgspec import structs
from msgspec.structs import replace

from auditor.evaluate.run import MOST_FINDINGS, evaluate
from auditor.inventory.manifests import read_manifests
from auditor.inventory.reading import read_inventory
from auditor.loading import load_checks
from auditor.model.check import Check
from auditor.model.findings import Reason
from auditor.model.run import Run, decode_run, encode_run
from auditor.model.scope import Scope
from auditor.model.snapshot import FactText, Snapshot
from auditor.model.sources import SEEN, Status
from tests.cases import profile
from tests.hostile_bodies import POISON, disturbed
from tests.test_hosts import HOSTS, answered, snapshots

#: Rounds of a check over all recorded hosts.
ROUNDS = 3
#: More lines than findings are kept.
MANY = MOST_FINDINGS + 100

each_check = pytest.mark.parametrize("check", load_checks(), ids=lambda c: c.name)


@cache
def lab() -> Scope:
    """The recorded lab's own inventory and manifests, and all checks."""
    return Scope(
        inventory=read_inventory(HOSTS / "inventory.toml"),
        manifests=read_manifests(HOSTS, timezone="Europe/Paris"),
        profile=profile(),
        checks=load_checks(),
        rules_sha256="",
        language="en",
    )


def shown(check: Check, texts: Iterable[dict[str, FactText]]) -> Run:
    """The run of all recorded hosts with these facts in place of some of theirs."""
    taken = [
        structs.replace(snapshot, facts={**snapshot.facts, **facts})
        for snapshot, facts in zip(answered(), texts, strict=True)
    ]
    return evaluate(taken, replace(lab(), checks=(check,)))


def asked(check: Check, snapshot: Snapshot) -> dict[str, FactText]:
    """What the host answered of the facts that the check asks for."""
    names = {kind.__name__ for kind in check.facts}
    return {n: fact for n, fact in snapshot.facts.items() if n in names and fact.text}


def is_whole(run: Run) -> bool:
    """Whether a run is stored as it is, its subjects unique and its findings few."""
    told = [(f.check, f.host, f.subject.kind, f.subject.name) for f in run.findings]
    assert [one for one, times in Counter(told).items() if times > 1] == []
    counts = Counter((check, host) for check, host, *_ in told)
    assert max(counts.values()) <= MOST_FINDINGS
    return decode_run(encode_run(run), "run.json") == run


def test_no_check_stumbles_over_a_recorded_host() -> None:
    run = evaluate(snapshots(), lab())
    found = [f for f in run.findings if f.reason is Reason.CHECK_ERROR]
    assert [(f.check, f.host, f.detail) for f in found] == []


@each_check
def test_a_disturbed_answer_spoils_no_run(check: Check) -> None:
    chance = random.Random(check.name)
    for _ in range(ROUNDS):
        run = shown(
            check,
            (
                {
                    name: structs.replace(
                        fact, text=disturbed(disturbed(fact.text, chance), chance)
                    )
                    for name, fact in asked(check, snapshot).items()
                    if chance.random() < 0.7
                }
                for snapshot in answered()
            ),
        )
        assert is_whole(run)


@each_check
def test_an_answer_of_poison_spoils_no_run(check: Check) -> None:
    chance = random.Random(check.name)
    run = shown(
        check,
        (
            {
                name: structs.replace(fact, text=_poisoned(fact.text, chance))
                for name, fact in asked(check, snapshot).items()
            }
            for snapshot in answered()
        ),
    )
    assert is_whole(run)


@each_check
def test_a_flood_of_lines_spoils_no_run(check: Check) -> None:
    run = shown(
        check,
        (
            {
                name: structs.replace(fact, text=_flooded(fact.text))
                for name, fact in asked(check, snapshot).items()
            }
            for snapshot in answered()
        ),
    )
    assert is_whole(run)


@pytest.mark.parametrize("status", sorted(SEEN))
@each_check
def test_an_empty_answer_is_no_proof_whatever_its_status(
    check: Check, status: Status
) -> None:
    nothing = FactText(format=1, status=status, text="")
    names = [kind.__name__ for kind in check.facts]
    run = shown(check, (dict.fromkeys(names, nothing) for _ in answered()))
    said = {finding.verdict for finding in run.findings}
    assert names == [] or said == {"UNKNOWN"}


def _poisoned(text: str, chance: random.Random) -> str:
    """The heads as they are, with foreign lines only."""
    rows = []
    for row in text.split("\n")[:200]:
        if row and not row.startswith(" "):
            rows.append(row)
            words = [chance.choice(POISON) for _ in range(12)]
            rows += [
                f" {n}\t{chance.choice(' =:')}{words[n]}\t{words[-n]}" for n in range(9)
            ]
    return "\n".join(rows)


def _flooded(text: str) -> str:
    """The first lines of each source many times, with another name each time."""
    rows: list[str] = []
    lines = 0
    for row in text.split("\n")[:400]:
        lines = lines + 1 if row.startswith(" ") else 0
        number, tab, line = row.partition("\t")
        if 0 < lines <= 3:
            rows += [f"{number}{tab}{_renamed(line, n)}" for n in range(MANY)]
        else:
            rows.append(row)
    return "\n".join(rows)


def _renamed(line: str, n: int) -> str:
    letters = next((i for i, c in enumerate(line) if c.isalpha()), 0)
    return f"{line[:letters]}n{n}{line[letters:]}"
