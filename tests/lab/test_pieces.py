"""The lab's small parts, without any host."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import expectations, material
from tests.lab.hosts import all_hosts, choose, read_host
from tests.lab.paths import LAB, LabError
from tests.lab.roots import root_of
from tests.lab.state import Run

TABLE = (LAB / "expectations.toml").read_text()


def test_a_chosen_host_brings_its_jump_host_along() -> None:
    assert [host.name for host in choose(["db-38"])] == ["bastion-38", "db-38"]


def test_an_unknown_key_of_a_host_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "host.toml"
    path.write_text('boots = "mute"\naddress = "10.20.0.9"\ncolour = 1\n[inventory]\n')
    with pytest.raises(LabError, match="unknown keys: colour"):
        read_host(path)


def test_a_layer_is_named_after_its_packages_in_any_order() -> None:
    host = next(host for host in all_hosts() if host.name == "lis-35")
    turned = replace(host, packages=host.packages[::-1])
    fewer = replace(host, packages=host.packages[1:])
    assert root_of(turned) == root_of(host)
    assert root_of(fewer) != root_of(host)


def test_manifests_get_dates_and_fingerprints(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    material.make_key(tmp_path / "keys" / "leroy", "leroy@poste3")
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "keys" / "leroy.pub")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()[1]
    before = dt.datetime.now().astimezone().date() - dt.timedelta(days=2)
    filled = material.fill_in(Run(tmp_path), "{{today-2}} {{key:leroy}}")
    assert filled == f"{before.isoformat()} {shown}"


def test_rows_are_cut_to_the_hosts_and_abilities_there_are() -> None:
    kept = expectations.cut(tomllib.loads(TABLE), {"lis-36", "perdu-42"}, set())
    assert {row.host for row in kept.decoys} == {"lis-36"}
    assert "ENC-001" not in {row.check for row in kept.decoys}
    assert kept.states == (
        expectations.HostState("lis-36", "audited"),
        expectations.HostState("perdu-42", "unreachable", "unreachable"),
    )


def test_every_row_names_a_host_and_a_check() -> None:
    table = tomllib.loads(TABLE)
    hosts = {host.name for host in all_hosts()}
    rows = [*table["planted"], *table["decoy"]]
    wrong = [
        row
        for row in rows
        if row["host"] not in hosts or not re.fullmatch(r"[A-Z]{3}-\d{3}", row["check"])
    ]
    assert wrong == []


def test_every_audited_host_has_an_expected_state() -> None:
    stated = {row["host"] for row in tomllib.loads(TABLE)["state"]}
    audited = {h.name for h in all_hosts() if h.inventory.get("audit", True)}
    assert stated == audited
