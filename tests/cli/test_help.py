"""`--help`: what the list of commands says is what each says of itself."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
import typer

from auditor.cli import COMMANDS, app
from tests.cli.running import auditor


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_its_own_help_says(name: str) -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    first = (command.help or "").split("\n\n")[0]
    assert " ".join(first.split()) == COMMANDS[name][1]


def test_help_lists_every_command() -> None:
    said = auditor("--help").stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in said] == []


def test_help_imports_no_command() -> None:
    """It would be as slow as all of them together."""
    code = "from auditor.cli import app; app(['--help'], standalone_mode=False)"
    ask = "; import sys; print(*[n for n in sys.modules if n.startswith('auditor.')])"
    done = subprocess.run(
        [sys.executable, "-c", code + ask], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.splitlines()[-1].split()) == {
        "auditor.cli",
        "auditor.errors",
    }
