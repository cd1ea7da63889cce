"""`history`: the stored runs of a client, and how long findings have been open."""

from __future__ import annotations

import csv
import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
import typer
from msgspec import structs

from auditor.cli.options import Color, InventoryPath, Lang
from auditor.errors import AuditorError
from auditor.history.episodes import Episode, days_open, oldest_first
from auditor.history.lines import RunLine, Visit
from auditor.store.index import Index, open_index

if TYPE_CHECKING:
    from rich.console import Console

    from auditor.report.text.labels import Labels

StoreDir = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="The folder of the runs; default: the store."),
]

SCHEMA: Final = "auditor-history/1"


class Aged(Episode, frozen=True, kw_only=True):
    """An episode with the whole days that it has been, or was, open."""

    days: int


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What `-f json` writes; documented in docs/history.md."""

    schema: Literal["auditor-history/1"] = SCHEMA
    client: str
    cut: int | None
    runs: tuple[RunLine, ...]
    visits: tuple[Visit, ...]
    findings: tuple[Aged, ...]


def history(
    host: Annotated[str | None, typer.Argument(help="A host: how it fared.")] = None,
    inventory: InventoryPath = Path("inventory.toml"),
    store: StoreDir = None,
    check: Annotated[
        str | None, typer.Option("--check", help="The findings of this check: its id.")
    ] = None,
    open_: Annotated[
        bool, typer.Option("--open", help="The open findings, the oldest first.")
    ] = False,
    closed: Annotated[
        bool, typer.Option("--closed", help="The findings that are closed.")
    ] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option("-f", "--format", help="json:PATH or csv:PATH; - is stdout."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="The last N runs, the first N findings."),
    ] = None,
    lang: Lang = None,
    color: Color = "auto",
) -> int:
    """Say how the stored audits went, and how long each finding has been open.

    Examples: auditor history; auditor history lis-35; auditor history --open
    """
    from auditor.cli.delivering import console_of
    from auditor.cli.request import outputs
    from auditor.inventory.reading import read_inventory
    from auditor.report.text.labels import load_labels

    wanted = outputs(formats or (), ["json", "csv"])
    read = read_inventory(inventory)
    client = read.engagement.client
    index = open_index(store or read.store.dir)
    say(index)
    state = open_ if open_ is not closed else None
    listed = open_ or closed or bool(host or check)
    found = _found(index, client, host, check, state)
    if host is not None and not found.visits:
        raise AuditorError(f"history {host}: no stored run has such a host")
    found = _cut(found, limit)
    for output in wanted:
        output.write(
            _json(found) if output.format == "json" else _csv(found, listed=listed)
        )
    if all(output.path is not None for output in wanted):
        language = lang.value if lang else read.engagement.language
        labels = load_labels(language, read.engagement.timezone)
        _print(found, labels, console_of(color), host is not None, listed)
    return 0


def say(index: Index) -> None:
    """Tell on stderr what the index has to tell."""
    from auditor.report.text.visible import visible

    for note in index.notes:
        print(f"auditor: {visible(note)}", file=sys.stderr)


def _found(
    index: Index, client: str, host: str | None, check: str | None, state: bool | None
) -> History:
    lines = index.runs(client)
    episodes = index.episodes(client, open_=state, host=host, check=check)
    now = lines[-1].started if lines else datetime.now(UTC)
    return History(
        client=client,
        cut=index.cut(client),
        runs=lines,
        visits=index.visits(client, host) if host else (),
        findings=tuple(
            Aged(**structs.asdict(one), days=days_open(one, now))
            for one in oldest_first(episodes)
        ),
    )


def _cut(found: History, limit: int | None) -> History:
    """The last runs, and the first of the findings as they are listed."""
    if limit is None:
        return found
    return structs.replace(
        found,
        runs=found.runs[-limit:],
        visits=found.visits[-limit:],
        findings=found.findings[:limit],
    )


def _print(
    found: History, labels: Labels, console: Console, of_host: bool, listed: bool
) -> None:
    from auditor.report import over_time

    if of_host:
        over_time.print_visits(found.visits, found.runs, labels, console)
        console.print()
    if not listed or not found.runs:
        over_time.print_runs(found.runs, labels, console)
    else:
        now = found.runs[-1]
        over_time.print_findings(found.findings, now, found.cut, labels, console)


def _json(found: History) -> bytes:
    return msgspec.json.encode(found) + b"\n"


def _csv(found: History, *, listed: bool) -> bytes:
    """The rows that the terminal shows, a column for each field of the JSON."""
    from auditor.report.as_csv import cell

    rows: tuple[msgspec.Struct, ...] = found.findings if listed else found.runs
    kind = Aged if listed else RunLine
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(field.encode_name for field in structs.fields(kind))
    for row in rows:
        writer.writerow(cell(_flat(v)) for v in msgspec.to_builtins(row).values())
    return text.getvalue().encode()


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={below}" for key, below in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
