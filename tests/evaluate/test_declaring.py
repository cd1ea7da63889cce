"""What a run says of the waivers and attestations that it was judged with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from msgspec import structs

from auditor.evaluate.run import MOST_FINDINGS
from auditor.facts.attested import attestation_of, signature
from auditor.model.check import Audit
from auditor.model.findings import ATTESTED, FAIL, Evidence, Finding, Subject
from auditor.model.manifests import (
    Attestation,
    EntryState,
    Manifest,
    Manifests,
    Place,
    Waiver,
    state_between,
)
from auditor.model.run import Run, WaiverInfo
from auditor.model.scope import Scope
from tests.evaluate.facts import Door, check_of, snapshot
from tests.evaluate.test_run import OPEN, WAIVER, run, scope, unreached

SHUT = "ok|file|/etc/doors|0\n 1|front=shut\n"
BACK = Waiver(
    "X-TEST-001",
    ("lab",),
    ("back",),
    "r",
    "G",
    "F",
    date(2026, 10, 1),
    date(2027, 9, 1),
    place=Place("waivers.toml", 9),
)


def waivers(*given: Waiver, doors: str = OPEN) -> list[WaiverInfo]:
    return list(run(scope(*given), snapshot(Door=doors)).waivers)


def test_a_run_says_what_a_waiver_named() -> None:
    [said] = waivers(WAIVER)

    assert (("lab",), 1, False) == (said.hosts, said.matched, said.unused)
    assert ("G. Exemple", "F. Exemple") == (said.owner, said.accepted_by)


def test_a_waiver_that_names_no_finding_is_unused() -> None:
    used, unused = waivers(WAIVER, BACK)

    assert (False, True) == (used.unused, unused.unused)
    assert (9, EntryState.VALID) == (unused.line, unused.state)


def test_a_waiver_of_a_gap_that_was_closed_is_unused() -> None:
    [said] = waivers(WAIVER, doors=SHUT)

    assert (0, True) == (said.matched, said.unused)


def test_nothing_is_said_to_be_unused_while_a_host_was_not_seen() -> None:
    given = scope(structs.replace(BACK, hosts=("*",)), hosts="lab gone")
    [said] = run(given, snapshot(Door=OPEN), unreached("gone")).waivers

    assert (("lab", "gone"), 0, False) == (said.hosts, said.matched, said.unused)


def test_a_waiver_of_another_check_or_host_is_not_in_the_run() -> None:
    others = (
        structs.replace(BACK, hosts=("web",)),
        structs.replace(BACK, check="X-TEST-002"),
    )

    assert [] == waivers(*others)


def test_an_expired_waiver_says_what_it_would_have_named() -> None:
    late = structs.replace(WAIVER, until=date(2026, 11, 24))
    [said] = waivers(late)

    assert (EntryState.EXPIRED, 1, False) == (said.state, said.matched, said.unused)


def test_two_waivers_of_one_finding_both_name_it() -> None:
    twice = (WAIVER, structs.replace(WAIVER, until=date(2026, 12, 31)))

    assert [1, 1] == [one.matched for one in waivers(*twice)]


def test_what_is_left_out_of_the_list_is_counted_all_the_same() -> None:
    doors = "".join(f" {n}|d{n}=open\n" for n in range(MOST_FINDINGS + 5))
    every = structs.replace(BACK, subjects=("d*",))
    [said] = waivers(every, doors=f"ok|file|/etc/doors|0\n{doors}")

    assert MOST_FINDINGS + 5 == said.matched


def test_an_entry_ends_for_thirty_days_the_last_one_included() -> None:
    first, last = date(2026, 10, 1), date(2026, 12, 31)
    days = [
        date(2026, 9, 30),
        date(2026, 11, 30),
        date(2026, 12, 1),
        last,
        date(2027, 1, 1),
    ]

    assert ["not_yet", "valid", "ending", "ending", "expired"] == [
        state_between(first, last, day).value for day in days
    ]


def lock(manifests: Manifests, audit: Audit, door: Door) -> Iterator[Finding]:
    """Whether the lock is said to be strong, and is."""
    entry = attestation_of("siem", manifests, audit.date)
    assert isinstance(entry, Attestation)
    subject, open_ = Subject("door", "front"), door.doors["front"]
    if open_.value == "open":
        yield FAIL(subject, "contradicted", Evidence(open_), signature(entry))
    else:
        yield ATTESTED(subject, "attested", signature(entry))


SAID = Attestation(
    "siem",
    ("l*",),
    "s",
    "E. Exemple",
    date(2026, 9, 15),
    date(2026, 12, 15),
    place=Place("attestations.toml", 4),
)


def attested(doors: str, entry: Attestation = SAID, **changed: object) -> Run:
    given = scope(check=check_of(lock))
    manifests = Manifests(attestations=Manifest("attestations.toml", (entry,)))
    whole: Scope = structs.replace(given, manifests=manifests, **changed)
    return run(whole, snapshot(Door=doors))


def test_a_run_says_how_many_findings_rest_on_an_attestation() -> None:
    [said] = attested(SHUT).attestations

    assert ("siem", ("lab",), 4) == (said.subject, said.hosts, said.line)
    assert (EntryState.ENDING, 1, 0) == (said.state, said.matched, said.contradicted)


def test_a_run_says_that_a_host_contradicts_an_attestation() -> None:
    [said] = attested(OPEN).attestations

    assert (1, 1) == (said.matched, said.contradicted)


def test_a_run_says_why_an_attestation_does_not_count() -> None:
    faulty = structs.replace(SAID, document="a.pdf", sha256="0" * 64, found="gone")
    [said] = attested(SHUT, faulty).attestations

    assert "attestations.toml:4: a.pdf: gone" == said.fault
    assert 0 == said.matched


def test_the_state_is_that_of_the_day_that_is_judged() -> None:
    [said] = attested(SHUT, as_of=datetime(2026, 10, 1, 12, tzinfo=UTC)).attestations

    assert EntryState.VALID == said.state
