"""`auditor inventory import`: hosts from elsewhere, as TOML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from auditor.inventory.imported import Imported

import_app = typer.Typer(
    help="Make an inventory file of hosts that are written down elsewhere.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)

Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        help="The import's own file, replaced as a whole; default: standard output.",
    ),
]


@import_app.command("ssh-config")
def ssh_config(
    file: Annotated[Path, typer.Argument(help="An ssh_config, such as ~/.ssh/config.")],
    out: Out = None,
) -> None:
    """Take over the hosts that an ssh_config names, as 'ssh -G' resolves them.

    Refused is what would run a command on this machine: ProxyCommand, Match exec.
    Example: auditor inventory import ssh-config ~/.ssh/config -o inventory.d/ssh.toml
    """
    from auditor.inventory.ssh_config import import_ssh_config

    _write(import_ssh_config(file), out)


@import_app.command()
def ansible(
    file: Annotated[
        Path,
        typer.Argument(
            help="Output of 'ansible-inventory --list', or YAML; - is stdin."
        ),
    ],
    out: Out = None,
    laboratories: Annotated[
        str | None,
        typer.Option(help="Groups that are laboratories, a pattern; others are roles."),
    ] = None,
) -> None:
    """Take over the ssh hosts of an Ansible inventory; passwords are left out.

    Example: ansible-inventory --list | auditor inventory import ansible - -o cmdb.toml
    """
    from auditor.inventory.ansible import import_ansible

    origin = "standard input" if str(file) == "-" else str(file)
    _write(import_ansible(_text(file), origin, laboratories), out)


def _text(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise ConfigurationError([Problem(str(file), reason)]) from None
    except UnicodeDecodeError:
        raise ConfigurationError([Problem(str(file), "this is not UTF-8")]) from None


def _write(imported: Imported, out: Path | None) -> None:
    from auditor.inventory.imported import imported_text, write_import

    for note in imported.notes:
        typer.echo(note, err=True)
    if out is None:
        typer.echo(imported_text(imported), nl=False)
        return
    changes = write_import(out, imported)
    for line in changes.lines():
        typer.echo(line, err=True)
    typer.echo(f"hosts written to {out}: {len(imported.hosts)}", err=True)
