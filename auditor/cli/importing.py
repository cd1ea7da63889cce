"""`auditor inventory import`: hosts from elsewhere, as TOML."""

from __future__ import annotations

import typer

import_app = typer.Typer(
    help="Make an inventory file of hosts that are written down elsewhere.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
