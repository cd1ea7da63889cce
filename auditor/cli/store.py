"""`verify`, and `store prune`, `store reindex`: runs that were kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.history import StoreDir, say
from auditor.cli.options import InventoryPath
from auditor.errors import AuditorError
from auditor.inventory.reading import read_inventory
from auditor.report.text.visible import visible
from auditor.store.chain import read_chain
from auditor.store.manifest import MANIFEST
from auditor.store.verifying import (
    State,
    Verified,
    verify_chain,
    verify_run,
    verify_store,
)

store_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@store_app.callback()
def store() -> None:
    """Look after the stored runs."""


DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be erased; erase nothing.")
]


def verify(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A run folder, or a store; default: the inventory's store."
        ),
    ] = None,
    inventory: InventoryPath = Path("inventory.toml"),
    signers: Annotated[
        Path | None,
        typer.Option("--signers", help="Who may sign: an allowed-signers file."),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", help="Digest of the last run, as you keep it elsewhere."
        ),
    ] = None,
) -> int:
    """Say of stored runs whether they are whole, altered (and where) or unsigned.

    Example: auditor verify runs/2026-11-25T100000Z-1a2b3c --signers allowed_signers

    Signers are those of `[store] signers` unless given; the chain of runs is checked
    as well. Exit code: 0 whole and signed, 1 altered or a run is missing, 3 not proven
    (unsigned, or the signer is not known).
    """
    if signers is None and (path is None or inventory.exists()):
        signers = read_inventory(inventory).store.signers
    if signers is not None and not signers.is_file():
        raise AuditorError(f"{signers}: no such file of allowed signers")
    place = path or read_inventory(inventory).store.dir
    if not place.is_dir():
        raise AuditorError(f"{place}: no such folder")
    found: tuple[Verified, ...]
    if (place / MANIFEST).exists():
        run = place.absolute()
        found, wrong = (verify_run(run, signers),), verify_chain(run.parent, head)
    else:
        found, wrong = verify_store(place, signers, head)
        if not found and not wrong:
            raise AuditorError(f"{place}: holds no run")
    for one in found:
        _tell(one)
    for fault in wrong:
        typer.echo(f"chain  {visible(fault)}")
    return _code(found, wrong)


def _tell(one: Verified) -> None:
    by = (
        f", signed by {one.signature.signer or one.signature.key}"
        if one.signature
        else ""
    )
    erased = f", {one.erasure.rule}" if one.erasure else ""
    typer.echo(visible(f"{one.folder.name}  {one.state}{erased}{by}  {one.sha256}"))
    for fault in one.faults:
        typer.echo(visible(f"  {fault}"))


def _code(found: tuple[Verified, ...], wrong: tuple[str, ...]) -> int:
    states = {one.state for one in found}
    if wrong or State.ALTERED in states:
        return 1
    return 0 if states <= {State.WHOLE, State.ERASED} else 3


@store_app.command("prune")
def prune(
    inventory: InventoryPath = Path("inventory.toml"), dry: DryRun = False
) -> None:
    """Erase the runs that are older than `[store] keep`, and keep a record of each.

    Example: auditor store prune -i inventory.toml --dry-run
    """
    from auditor.store import pruning

    read = read_inventory(inventory)
    if read.store.keep is None:
        raise AuditorError(
            f'{inventory}: [store] keep is not set, as in keep = "24 months":'
            " nothing can be too old"
        )
    now = datetime.now(UTC)
    links = (
        pruning.due(read_chain(read.store.dir), read.store.keep, now)
        if dry
        else pruning.prune(read.store, read.engagement.auditor, now)
    )
    for link in links:
        typer.echo(visible(f"{link.manifest.run}  {'due' if dry else 'erased'}"))


@store_app.command("reindex")
def reindex(
    inventory: InventoryPath = Path("inventory.toml"), out: StoreDir = None
) -> None:
    """Make the index of the stored runs anew, of nothing but the runs themselves.

    Example: auditor store reindex -i inventory.toml
    """
    from auditor.store.index import open_index

    index = open_index(out or read_inventory(inventory).store.dir, anew=True)
    say(index)
    lines = index.runs()
    open_ = sum(
        len(index.episodes(c, open_=True)) for c in {one.client for one in lines}
    )
    typer.echo(f"runs: {len(lines)}, open findings: {open_}")
