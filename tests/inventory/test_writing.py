"""Tables into TOML and back."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.errors import ConfigurationError
from auditor.inventory.reading import read_inventory
from auditor.inventory.writing import inventory_as_toml, tables_as_toml
from auditor.model.host import Host, Inventory
from tests.inventory.writing import inventory_of, problems_of

EXAMPLE = Path(__file__).parents[2] / "inventory.example.toml"


def read_back(folder: Path, text: str) -> Inventory:
    file = folder / "kept.toml"
    file.write_text(text, encoding="utf-8")
    return read_inventory(file)


def without_secrets(host: Host) -> Host:
    return replace(host, passphrase=None, password=None, sudo_password=None)


def test_a_kept_inventory_gives_the_same_hosts_without_secrets(tmp_path: Path) -> None:
    found = read_inventory(EXAMPLE)
    kept = read_back(tmp_path, inventory_as_toml(found))

    assert {n: without_secrets(h) for n, h in found.hosts.items()} == kept.hosts
    assert (found.groups, found.limits, found.jobs) == (
        kept.groups,
        kept.limits,
        kept.jobs,
    )
    assert (found.engagement, found.profile) == (kept.engagement, kept.profile)
    assert (found.manifests, found.store) == (kept.manifests, kept.store)


def test_a_kept_inventory_names_no_reference_to_a_secret(tmp_path: Path) -> None:
    text = (
        '[hosts.lis]\nuser = "u"\nkey = "k"\npassphrase = { env = "HIDDEN1" }\n'
        'password = { file = "HIDDEN2" }\nsudo_password = { command = ["HIDDEN3"] }\n'
    )

    assert "HIDDEN" not in inventory_as_toml(inventory_of(tmp_path, text))


@pytest.mark.parametrize("text", ["\\", 'q"\\n', "é\u2028", "a\tb\n"])
def test_a_text_comes_back(text: str) -> None:
    table = {"hosts": {"lis.35": {"title": text, "port": 22}}}

    assert table == tomllib.loads(tables_as_toml(table, "import"))


@pytest.mark.parametrize("text", ["a\\x41", "\x01", "\x1b", "\x7f"])
def test_a_text_that_toml_writes_wrongly_is_refused_by_name(text: str) -> None:
    table = {"hosts": {"lis.35": {"title": text, "port": 22}}}

    assert [
        'import: hosts."lis.35".title: this text can\'t be written as TOML: change it'
    ] == problems_of(Path("/nowhere"), lambda: tables_as_toml(table, "import"))


def test_every_text_that_can_not_be_written_is_named() -> None:
    table = {"a": {"x": "\\x41", "y": "good"}, "b": {"z": "\x01"}}

    assert [
        "import: a.x: this text can't be written as TOML: change it",
        "import: b.z: this text can't be written as TOML: change it",
    ] == problems_of(Path("/nowhere"), lambda: tables_as_toml(table, "import"))


WORDS = st.text("abé.\"'\\x41\n\u2028#[]= ", max_size=6)
TABLES = st.dictionaries(
    st.text('ab.-_ é"#', max_size=4),
    st.one_of(WORDS, st.integers(), st.booleans(), st.lists(WORDS, max_size=2)),
    max_size=3,
)


@given(st.dictionaries(st.text("hg.", max_size=3), TABLES, max_size=3))
def test_what_is_written_reads_back_to_the_same(table: dict[str, Any]) -> None:
    try:
        written = tables_as_toml(table, "import")
    except ConfigurationError:
        return

    assert table == tomllib.loads(written)
