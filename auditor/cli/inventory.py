"""`auditor inventory`: check, show and import hosts."""

from __future__ import annotations

from pathlib import Path

import typer

from auditor.cli.importing import import_app
from auditor.cli.options import InventoryPath, Limit

app = typer.Typer(
    help="Check, show and import the hosts to audit.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(import_app, name="import")

DEFAULT = Path("inventory.toml")


@app.command()
def lint(inventory: InventoryPath = DEFAULT) -> None:
    """Read inventory, manifests and profile; say all that is wrong, line by line.

    Exit code 2 when something is wrong. What only looks like a slip (a pattern that
    names no host, a host without a pinned key) is said on standard error.
    """
    from auditor.errors import ConfigurationError, Problem
    from auditor.inventory.linting import doubts
    from auditor.inventory.manifests import read_manifests
    from auditor.inventory.profile import read_profile
    from auditor.inventory.reading import read_inventory

    found = read_inventory(inventory)
    problems: list[Problem] = []
    manifests = None
    try:
        manifests = read_manifests(found.manifests, timezone=found.engagement.timezone)
    except ConfigurationError as error:
        problems += error.problems
    try:
        read_profile(found.profile)
    except ConfigurationError as error:
        problems += error.problems
    if problems or manifests is None:
        raise ConfigurationError(problems)
    for doubt in doubts(found, manifests):
        typer.echo(f"perhaps a slip: {doubt}", err=True)
    audited = sum(host.audit for host in found.hosts.values())
    jumps = len(found.hosts) - audited
    typer.echo(f"nothing is wrong; hosts to audit: {audited}, jump hosts only: {jumps}")


@app.command()
def show(inventory: InventoryPath = DEFAULT, limit: Limit = None) -> None:
    """Print the chosen hosts with every key resolved, secrets left out, as TOML."""
    from msgspec.structs import replace

    from auditor.inventory.reading import read_inventory
    from auditor.inventory.selecting import select_hosts
    from auditor.inventory.writing import inventory_as_toml

    found = read_inventory(inventory)
    hosts = {host.name: host for host in select_hosts(found, limit)}
    typer.echo(inventory_as_toml(replace(found, hosts=hosts)), nl=False)
