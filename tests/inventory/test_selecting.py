"""`--limit`: which hosts are meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import ConfigurationError
from auditor.inventory.selecting import select_hosts
from auditor.model.host import Engagement, Group, Host, Inventory, Limits, Store
from tests.inventory.writing import problems_of


def inventory(*hosts: Host) -> Inventory:
    return Inventory(
        path=Path("inventory.toml"),
        folder=Path(),
        engagement=Engagement("Exemple", "A"),
        limits=Limits(),
        jobs=50,
        store=Store(Path("runs")),
        groups={name: Group(name) for name in ("site-35", "site-22", "site-00")},
        hosts={host.name: host for host in hosts},
        manifests=Path(),
        profile="default",
    )


ALL = inventory(
    Host("bastion-35", "b", group="site-35", audit=False),
    Host("lis-35", "l", group="site-35", roles=("lis", "ftp")),
    Host("web-35", "w", group="site-35", roles=("web",)),
    Host("LIS-22", "m", group="site-22", roles=("lis",)),
    Host("archive", "a"),
)
EVERYBODY = ["lis-35", "web-35", "LIS-22", "archive"]


def chosen(limit: str | None) -> list[str]:
    return [host.name for host in select_hosts(ALL, limit)]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, EVERYBODY),
        ("*", EVERYBODY),
        ("archive", ["archive"]),
        ("site-35", ["lis-35", "web-35"]),
        ("lis", ["lis-35", "LIS-22"]),
        ("lis-*", ["lis-35", "LIS-22"]),
        ("site-??", ["lis-35", "web-35", "LIS-22"]),
        ("archive, ftp", ["lis-35", "archive"]),
        ("Lis-22", ["LIS-22"]),
        ("!site-35", ["LIS-22", "archive"]),
        ("!site-35,!archive", ["LIS-22"]),
        ("!site-35,web", ["web-35", "LIS-22", "archive"]),
        ("site-35,!ftp", ["web-35"]),
        ("site-35,!ftp,lis-35", ["lis-35", "web-35"]),
        ("site-35,!site-22", ["lis-35", "web-35"]),
        ("archive,site-00", ["archive"]),
    ],
)
def test_terms_add_and_take_away_from_left_to_right(
    limit: str | None, expected: list[str]
) -> None:
    assert expected == chosen(limit)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (
            "archiv",
            ["--limit: 'archiv' names no host, group or role; did you mean 'archive'?"],
        ),
        (
            "site-35,!fpt,xyz",
            [
                "--limit: 'fpt' names no host, group or role; did you mean 'ftp'?",
                "--limit: 'xyz' names no host, group or role",
            ],
        ),
        ("nothing-*", ["--limit: 'nothing-*' names no host, group or role"]),
        ("bastion-35", ["--limit: 'bastion-35' is a jump host only (audit = false)"]),
        ("site-00", ["--limit: no host is left"]),
        ("lis,!lis", ["--limit: no host is left"]),
        ("", ["--limit: an empty term between the commas"]),
        ("lis,", ["--limit: an empty term between the commas"]),
        ("!", ["--limit: an empty term between the commas"]),
    ],
)
def test_a_limit_that_means_nothing_is_a_mistake(
    limit: str, expected: list[str]
) -> None:
    assert expected == problems_of(Path(), lambda: chosen(limit))


def test_an_inventory_of_jump_hosts_only_has_nothing_to_audit() -> None:
    only = inventory(Host("b", "b", audit=False))

    assert ["inventory.toml: no host of the inventory is audited"] == problems_of(
        Path(), lambda: select_hosts(only, None)
    )


WORDS = st.sampled_from(
    [*EVERYBODY, "site-35", "site-22", "lis", "ftp", "web", "*", "*-35", "l*"]
)
TERMS = st.tuples(st.sampled_from(["", "!"]), WORDS).map("".join)


def after(limit: str) -> set[str]:
    """The hosts of a limit, none when it leaves none."""
    try:
        return set(chosen(limit))
    except ConfigurationError:
        return set()


@given(st.lists(TERMS, min_size=1, max_size=4), WORDS)
def test_a_last_term_adds_just_what_it_means_alone(terms: list[str], word: str) -> None:
    limit = ",".join(terms)

    assert after(limit) | after(word) == after(f"{limit},{word}")


@given(st.lists(TERMS, min_size=1, max_size=4), WORDS)
def test_a_last_term_takes_away_just_what_it_means_alone(
    terms: list[str], word: str
) -> None:
    limit = ",".join(terms)

    assert after(limit) - after(word) == after(f"{limit},!{word}")


@given(st.lists(TERMS, min_size=1, max_size=5))
def test_the_order_of_the_inventory_is_kept(terms: list[str]) -> None:
    found = after(",".join(terms))

    assert [name for name in EVERYBODY if name in found] == (
        chosen(",".join(terms)) if found else []
    )
