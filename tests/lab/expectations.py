"""What an audit of the lab must find, must not find, and in what state hosts end."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from tests.lab import able
from tests.lab.hosts import all_hosts
from tests.lab.paths import LAB
from tests.lab.state import Run


@dataclass(frozen=True, slots=True)
class Row:
    """One line about one check on one host.

    Planted: `verdict` is what must come, about `subject` (kind:name) where one is
    given, else about any. Decoy: `verdict` is what must not come.
    """

    host: str
    check: str
    verdict: str
    why: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class HostState:
    """How the audit of a host ends, with the reason code when not 'audited'."""

    host: str
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Expectations:
    planted: tuple[Row, ...]
    decoys: tuple[Row, ...]
    states: tuple[HostState, ...]


def read(run: Run) -> Expectations:
    """The rows that hold for this lab: its hosts, and what the machine can carry."""
    return cut(
        tomllib.loads((LAB / "expectations.toml").read_text()),
        {host.name for host in all_hosts() if able.carries(run, host)},
        set(able.abilities(run)),
    )


def cut(table: dict[str, Any], hosts: set[str], abilities: set[str]) -> Expectations:
    def rows(name: str) -> list[dict[str, Any]]:
        kept = []
        for row in table[name]:
            needs = set(row.pop("needs", []))
            if row["host"] in hosts and needs <= abilities:
                kept.append(row)
        return kept

    return Expectations(
        tuple(Row(**row) for row in rows("planted")),
        tuple(Row(verdict="FAIL", **row) for row in rows("decoy")),
        tuple(HostState(**row) for row in rows("state")),
    )
