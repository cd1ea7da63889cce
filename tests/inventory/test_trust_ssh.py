"""`auditor trust add` against a real sshd."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.trust import app
from auditor.inventory.known_hosts import pins_for
from auditor.inventory.reading import read_inventory
from tests.collect.sshd import Sshd, me, sshd
from tests.inventory.writing import HEAD

pytestmark = pytest.mark.sshd


def write(folder: Path, server: Sshd, inner: Sshd) -> Path:
    """One host reached directly, one through it."""
    file = folder / "inventory.toml"
    file.write_text(
        f'{HEAD}[defaults]\nuser = "{me()}"\nkey = "{server.key}"\n'
        f'[hosts.jump]\naddress = "{server.address}"\nport = {server.port}\n'
        f'[hosts.lis]\naddress = "{inner.address}"\nport = {inner.port}\n'
        f'jump = "jump"\nkey = "{inner.key}"\n',
        encoding="utf-8",
    )
    return file


def test_hosts_and_their_jumps_are_pinned_in_one_go(tmp_path: Path) -> None:
    with sshd(tmp_path / "a") as outer, sshd(tmp_path / "b") as inner:
        file = write(tmp_path, outer, inner)
        compared = []
        for server in (outer, inner):
            [(_, blob)] = server.pins.keys
            compared += ["--yes-i-compared", fingerprint(blob)]
        names = ["lis", "jump"]
        result = CliRunner().invoke(app, ["add", "-i", str(file), *names, *compared])
        found = read_inventory(file)

        assert 0 == result.exit_code, result.stderr
        assert outer.pins.keys == pins_for(found.hosts["jump"], found).keys
        assert inner.pins.keys == pins_for(found.hosts["lis"], found).keys
        assert 0 == inner.count("Accepted")


def fingerprint(blob: str) -> str:
    from auditor.model.host import fingerprint_of

    return fingerprint_of(blob)


def test_a_port_without_a_server_is_told(tmp_path: Path) -> None:
    with sshd(tmp_path / "a") as server:
        file = write(tmp_path, server, server)
    result = CliRunner().invoke(app, ["add", "-i", str(file), "jump"])

    assert 3 == result.exit_code
    assert result.stderr.startswith("jump: ")
