"""Findings to a run: waivers, coverage, totals, exit code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import structs
from msgspec.structs import replace

from auditor.evaluate.run import evaluate
from auditor.model.check import Check
from auditor.model.findings import FAIL, PASS, Evidence, Finding, Severity, Subject
from auditor.model.host import Engagement, Host, Inventory, Limits, Store
from auditor.model.manifests import Manifest, Manifests, Waiver
from auditor.model.run import Coverage, Run
from auditor.model.scope import Scope
from auditor.model.snapshot import HostState, Snapshot
from tests.evaluate.facts import PROFILE, Door, check_of, snapshot


def door_open(door: Door) -> Iterator[Finding]:
    """One finding a door."""
    for name, state in door.doors.items():
        made = FAIL if state.value == "open" else PASS
        yield made(Subject("door", name), state.value, Evidence(state), account=name)


CHECK = check_of(door_open)
OPEN = "ok|file|/etc/doors|0\n 1|front=open\n"
BOTH = OPEN + " 2|back=shut\n"
WAIVER = Waiver(
    check="X-TEST-001",
    hosts=("lab*",),
    subjects=("front",),
    reason="the lock is ordered",
    owner="G. Exemple",
    accepted_by="F. Exemple",
    accepted_on=date(2026, 10, 1),
    until=date(2026, 11, 25),
)


def scope(*waivers: Waiver, check: Check = CHECK, hosts: str = "lab") -> Scope:
    inventory = Inventory(
        path=Path("inventory.toml"),
        folder=Path(),
        engagement=Engagement(client="Groupe Exemple", auditor="A. Exemple"),
        limits=Limits(),
        jobs=1,
        store=Store(Path("runs")),
        groups={},
        hosts={name: Host(name=name, address=name) for name in hosts.split()},
        manifests=Path(),
        profile="default",
    )
    manifests = Manifests(waivers=Manifest("waivers.toml", waivers))
    return Scope(inventory, manifests, PROFILE, [check], "", "en")


def run(given: Scope, *snapshots: Snapshot) -> Run:
    return evaluate(snapshots, given)


def unreached(host: str) -> Snapshot:
    return structs.replace(snapshot(host), state=HostState.UNREACHABLE)


def test_an_open_door_exits_1() -> None:
    assert run(scope(), snapshot(Door=OPEN)).run.exit_code == 1


def test_a_fail_below_fail_on_does_not_count() -> None:
    given = replace(scope(), fail_on=Severity.CRITICAL)
    assert run(given, snapshot(Door=OPEN)).run.exit_code == 0


def test_a_host_that_was_not_audited_exits_3_whatever_was_found() -> None:
    given = scope(hosts="lab gone")
    found = run(given, snapshot(Door=OPEN), unreached("gone"))
    assert found.run.exit_code == 3


def test_coverage_under_the_minimum_exits_3() -> None:
    given = replace(scope(), min_coverage=0.9)
    assert run(given, snapshot(Door="denied|file|/etc/doors|-\n")).run.exit_code == 3


def test_a_waiver_covers_its_last_day_and_marks_the_fail() -> None:
    found = run(scope(WAIVER), snapshot(Door=OPEN))
    waived = found.findings[0].waived
    assert (found.run.totals.waived, found.run.exit_code) == (1, 0)
    assert waived is not None
    assert waived.reason == "the lock is ordered"


def test_a_waiver_ends() -> None:
    ended = replace(WAIVER, until=date(2026, 11, 24))
    assert run(scope(ended), snapshot(Door=OPEN)).run.totals.fail == 1


def test_a_waiver_is_for_its_host_subject_and_values_only() -> None:
    others = (
        replace(WAIVER, hosts=("other",)),
        replace(WAIVER, subjects=("back",)),
        replace(WAIVER, values={"account": ("back",)}),
        replace(WAIVER, check="X-TEST-002"),
    )
    assert run(scope(*others), snapshot(Door=OPEN)).run.totals.fail == 1


def test_buckets_add_up_to_checks_times_hosts() -> None:
    given = scope(hosts="lab gone")
    totals = run(given, snapshot(Door=BOTH), unreached("gone")).run.totals
    assert (totals.fail, totals.unknown, totals.pass_) == (1, 1, 0)


def test_coverage_is_by_weight_and_an_unreached_host_counts_in_full() -> None:
    given = scope(hosts="lab gone")
    found = run(given, snapshot(Door=OPEN), unreached("gone"))
    assert found.run.coverage == Coverage(applicable=10, evaluated=5, share=0.5)


def test_past_200_findings_the_rest_become_one() -> None:
    many = "".join(f" {n}|door{n}=shut\n" for n in range(1, 300))
    taken = snapshot(Door="ok|file|/etc/doors|0\n" + many + " 300|front=open\n")
    findings = run(scope(), taken).findings
    assert (len(findings), findings[0].subject.name) == (200, "front")
    assert findings[-1].more == 100


def test_the_same_snapshots_give_the_same_run() -> None:
    taken = snapshot(Door=BOTH)
    assert run(scope(), taken) == run(scope(), taken)
