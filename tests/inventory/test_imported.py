"""Imports: their file, what changed, what no inventory could hold."""

from __future__ import annotations

from pathlib import Path

from auditor.inventory.imported import (
    Imported,
    Table,
    imported_text,
    write_import,
)
from auditor.inventory.reading import read_inventory
from tests.inventory.writing import HEAD, problems_of

LIS: Table = {"address": "10.0.0.1", "user": "a"}


def test_an_import_is_a_file_that_an_inventory_folder_takes(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD, encoding="utf-8")
    hosts = {"lis": {**LIS, "group": "g"}}
    write_import(tmp_path / "b.toml", Imported("cmdb", hosts, {"g": {}}))

    assert "10.0.0.1" == read_inventory(tmp_path).hosts["lis"].address
    assert 0o600 == (tmp_path / "b.toml").stat().st_mode & 0o777


def test_an_import_says_where_it_came_from_on_one_line() -> None:
    text = imported_text(Imported("x\n[hosts.evil]", {"lis": LIS}))

    assert (
        "# Imported from x?[hosts.evil]; another import replaces this file."
        == (text.splitlines()[0])
    )


def test_added_removed_and_changed_hosts_are_told(tmp_path: Path) -> None:
    file = tmp_path / "cmdb.toml"
    first: dict[str, Table] = {"lis": LIS, "web": LIS, "same": LIS}
    second: dict[str, Table] = {
        "lis": {"address": "10.0.0.2", "port": 23, "user": "a"},
        "same": LIS,
    }
    write_import(file, Imported("cmdb", first))
    changes = write_import(file, Imported("cmdb", {**second, "new": LIS}))

    assert ["added new", "removed web", "changed lis: address, port"] == list(
        changes.lines()
    )


def test_a_file_that_somebody_wrote_by_hand_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "inventory.toml"
    file.write_text(HEAD, encoding="utf-8")

    assert [
        "inventory.toml:1: engagement: an import replaces a file of its own, not this"
    ] == problems_of(tmp_path, lambda: write_import(file, Imported("c", {"lis": LIS})))
    assert HEAD == file.read_text(encoding="utf-8")


def test_what_no_inventory_could_hold_is_told_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    hosts: dict[str, Table] = {"l i s": LIS, "web": {"port": 0}, "x": {"user": "\\x41"}}
    good = {name: hosts[name] for name in ("l i s", "web")}
    file = tmp_path / "cmdb.toml"

    assert [
        (
            "cmdb: hosts.l i s: a name is 1 to 63 letters, digits, '.', '_' or '-', "
            "the "
            "first a letter or a digit"
        ),
        "cmdb: hosts.web.port: 0 is no port: 1 to 65535",
    ] == problems_of(tmp_path, lambda: write_import(file, Imported("cmdb", good)))
    assert ["cmdb: hosts.x.user: this text can't be written as TOML: change it"] == (
        problems_of(tmp_path, lambda: write_import(file, Imported("cmdb", hosts)))
    )
    assert not file.exists()
