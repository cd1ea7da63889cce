"""The files that people start from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from msgspec import Struct
from typer.testing import CliRunner

from auditor.errors import ConfigurationError
from auditor.inventory.entries import (
    AlertsEntry,
    DrillEntry,
    EngagementEntry,
    GroupEntry,
    HeartbeatEntry,
    HostEntry,
    ImapEntry,
    LimitsEntry,
    RunLimitsEntry,
    StoreEntry,
)
from auditor.inventory.manifests import FILES, read_manifests
from auditor.inventory.reading import read_inventory
from auditor.inventory.shipped import shipped_files
from auditor.model.host import Host, Limits
from auditor.model.manifests import Manifest, Manifests

COMPLETE = Path(__file__).parents[2] / "inventory.example.toml"


def keys_of(kind: type[Struct]) -> set[str]:
    return set(kind.__struct_fields__)


def test_the_complete_inventory_reads() -> None:
    found = read_inventory(COMPLETE)

    assert Limits() == found.limits
    assert [8, None] == [group.limit for group in found.groups.values()]


def test_the_complete_inventory_shows_every_key() -> None:
    table = tomllib.loads(COMPLETE.read_text(encoding="utf-8"))
    hosts = {key for host in table["hosts"].values() for key in host}
    groups = {key for group in table["groups"].values() for key in group}

    assert keys_of(EngagementEntry) == set(table["engagement"])
    assert keys_of(RunLimitsEntry) == set(table["limits"])
    assert keys_of(StoreEntry) == set(table["store"])
    assert keys_of(AlertsEntry) == set(table["alerts"])
    assert keys_of(HeartbeatEntry) == set(table["heartbeat"])
    assert keys_of(DrillEntry) - {"file", "webhook"} == set(table["drill"])
    assert keys_of(ImapEntry) == set(table["drill"]["imap"])
    assert keys_of(HostEntry) == hosts | groups - {"title", "limit"} | set(
        table["defaults"]
    )
    assert keys_of(GroupEntry) - keys_of(HostEntry) == groups & {"title", "limit"}
    assert set(table["hosts"]["lis-35"]["limits"]) <= keys_of(LimitsEntry)


def test_the_inventory_of_init_audits_this_machine() -> None:
    file = Path(str(shipped_files("inventory/examples")["inventory"]))

    assert {"here": Host("here", "here", user="audit", transport="local")} == (
        read_inventory(file).hosts
    )


def test_the_commented_keys_of_init_read_too(tmp_path: Path) -> None:
    text = shipped_files("inventory/examples")["inventory"].read_text(encoding="utf-8")
    lines = [
        line[1:] if line.startswith("#") and not line.startswith("# ") else line
        for line in text.splitlines()
    ]
    file = tmp_path / "inventory.toml"
    file.write_text("\n".join(lines), encoding="utf-8")

    assert ["bastion-35", "lis-35", "here"] == list(read_inventory(file).hosts)


def test_example_manifests_count_as_missing() -> None:
    folder = Path(str(shipped_files("inventory/examples")["owners"])).parent

    assert Manifests("Europe/Paris") == read_manifests(folder, timezone="Europe/Paris")


def test_example_manifests_read_once_they_are_no_drafts(tmp_path: Path) -> None:
    for name, file in shipped_files("inventory/examples").items():
        text = file.read_text(encoding="utf-8").replace("\ndraft = true\n", "\n")
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    found = read_manifests(tmp_path, timezone="Europe/Paris")
    kinds: list[Manifest[object]] = [
        getattr(found, name.removesuffix(".toml")) for name in FILES
    ]

    assert list(FILES) == [kind.file for kind in kinds]
    assert [1, 2, 1, 1, 1] == [len(kind.entries) for kind in kinds]


def test_init_writes_six_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    from auditor.cli import app

    result = CliRunner().invoke(app, ["init", str(tmp_path / "new")])
    found = {path.name: path for path in (tmp_path / "new").iterdir()}

    assert (0, "") == (result.exit_code, result.stdout)
    assert {"inventory.toml", *FILES} == set(found)
    assert {0o600} == {path.stat().st_mode & 0o777 for path in found.values()}
    assert ["here"] == list(read_inventory(found["inventory.toml"]).hosts)


def test_init_overwrites_nothing_and_then_writes_nothing(tmp_path: Path) -> None:
    from auditor.cli import app

    (tmp_path / "owners.toml").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(app, ["init", str(tmp_path)])

    assert isinstance(result.exception, ConfigurationError)
    assert (
        f"{tmp_path}/owners.toml: it is there already and was left as it is; "
        "nothing written"
    ) == str(result.exception)
    assert ["owners.toml"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("name", FILES)
def test_every_manifest_has_an_example(name: str) -> None:
    assert name.removesuffix(".toml") in shipped_files("inventory/examples")
