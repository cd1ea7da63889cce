"""What an entry of a manifest says of a host and of a day."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from auditor.inventory.declarations import months_later
from auditor.model.manifests import (
    Attestation,
    Dataset,
    Migration,
    MigrationRecord,
    Owner,
    Owners,
    Waiver,
    WorkCopy,
)

RECORD = MigrationRecord(work_copies=(WorkCopy("Third", "/c"), WorkCopy("old", "/w")))
MOVED = Migration(
    id="m",
    signed_by="A",
    signed_on=date(2026, 1, 1),
    source_host="Old",
    target_host="new",
    work_paths=("/w",),
    ended_on=date(2026, 3, 20),
    erase_by=date(2026, 4, 20),
    record=RECORD,
)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("old", ("/w",)), ("NEW", ("/w",)), ("third", ("/c",)), ("other", ())],
)
def test_a_migration_says_where_its_data_may_lie(
    host: str, expected: tuple[str, ...]
) -> None:
    assert expected == MOVED.paths_on(host)


def test_a_migration_concerns_its_two_ends_and_the_hosts_of_copies() -> None:
    hosts = ("OLD", "new", "third", "other")

    assert [True, True, True, False] == [MOVED.concerns(host) for host in hosts]


def test_a_migration_gives_the_patterns_of_all_its_data_sets_once() -> None:
    sets = (Dataset("a", ("*.csv", "*.hl7")), Dataset("b", ("*.hl7", "*.txt")))

    assert ("*.csv", "*.hl7", "*.txt") == replace(MOVED, dataset=sets).patterns


def test_the_last_day_to_erase_is_in_time() -> None:
    days = (date(2026, 4, 20), date(2026, 4, 21))

    assert [False, True] == [MOVED.erase_overdue_on(day) for day in days]


def test_a_migration_has_ended_from_the_next_day_on() -> None:
    days = (date(2026, 3, 20), date(2026, 3, 21))

    assert [False, True] == [MOVED.ended_before(day) for day in days]


def test_the_owners_of_an_account_are_those_of_its_host() -> None:
    mine = Owner("a", ("lis-*",), ("A",), "person")
    others = Owner("a", ("web",), ("B",), "person")
    owners = Owners("owners.toml", (mine, others))

    assert (mine,) == owners.of("a", "LIS-35")
    assert () == owners.of("A", "lis-35")


def test_an_attestation_counts_from_its_signature_to_its_last_day() -> None:
    said = Attestation("siem", ("*",), "s", "A", date(2026, 1, 2), date(2026, 1, 3))
    days = [date(2026, 1, day) for day in (1, 2, 3, 4)]

    assert [False, True, True, False] == [said.valid_on(day) for day in days]
    assert [False, False, False, True] == [said.expired_on(day) for day in days]


def test_a_waiver_counts_from_its_acceptance_to_its_last_day() -> None:
    first, last = date(2026, 1, 2), date(2026, 1, 3)
    waiver = Waiver("SSH-004", ("*",), ("*",), "r", "A", "B", first, last)
    days = [date(2026, 1, day) for day in (1, 2, 3, 4)]

    assert [False, True, True, False] == [waiver.valid_on(day) for day in days]
    assert [False, False, False, True] == [waiver.expired_on(day) for day in days]


def test_an_owner_without_an_end_never_expires() -> None:
    owner = Owner("a", ("*",), ("A",), "person")

    assert not owner.expired_on(date(9999, 12, 31))
    assert 0 == owner.review_overdue_days(date(9999, 12, 31))


def test_an_owner_counts_through_the_day_of_expiry() -> None:
    day = date(2026, 12, 31)
    owner = Owner("a", ("*",), ("A",), "person", expires=day, review_by=day)
    days = (day, date(2027, 1, 1))

    assert [False, True] == [owner.expired_on(day) for day in days]
    assert [0, 1] == [owner.review_overdue_days(day) for day in days]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 10, 1), 12, date(2027, 10, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_some_months_later_is_the_same_day_or_the_last_one(
    day: date, months: int, expected: date
) -> None:
    assert expected == months_later(day, months)
