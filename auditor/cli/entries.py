"""What `waivers` and `attest` have in common: days, states, questions, writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from auditor.cli.trust import terminal
from auditor.errors import AuditorError, ConfigurationError, Problem
from auditor.inventory.entry_doubts import Doubt
from auditor.model.host import Inventory
from auditor.model.manifests import (
    Attestation,
    EntryState,
    Place,
    Waiver,
    state_between,
)
from auditor.model.run import Run

RunPath = Annotated[
    Path | None,
    typer.Option("--run", help="A run to hold them against; default: the last stored."),
]


def group(text: str) -> typer.Typer:
    """A group of commands, as the others are."""
    return typer.Typer(
        help=text, rich_markup_mode=None, no_args_is_help=True, add_completion=False
    )


def day_of(inventory: Inventory, as_of: str | None) -> date:
    """The day to judge by, local to the engagement; raises AuditorError."""
    from auditor.cli.request import instant

    zone = inventory.engagement.timezone
    now = instant(as_of, zone) or datetime.now(UTC)
    return now.astimezone(ZoneInfo(zone)).date()


def state_text(first: date, last: date, day: date) -> str:
    """`valid until 2027-03-31`, `ends in 12 days (2026-12-07)`, `expired on …`."""
    match state_between(first, last, day):
        case EntryState.NOT_YET:
            return f"not yet, from {first}"
        case EntryState.EXPIRED:
            return f"expired on {last}"
        case EntryState.ENDING:
            left = (last - day).days
            when = f"in {left} days" if left > 1 else ("tomorrow" if left else "today")
            return f"ends {when} ({last})"
    return f"valid until {last}"


def row(*cells: str) -> None:
    """A line of data; what a file holds can't steer the terminal."""
    from auditor.report.text.visible import visible

    typer.echo(visible("  ".join(cells)))


def doubted(folder: Path, kind: str, place: Place, doubts: Iterable[Doubt]) -> int:
    """Say on standard error what looks like a slip; the number of those."""
    from auditor.report.text.visible import visible

    count = 0
    for count, doubt in enumerate(doubts, 1):  # noqa: B007 - counted on the way
        key = f"{kind}.{doubt.key}" if doubt.key else kind
        file, line = str(folder / place.file), place.line or None
        problem = Problem(file, doubt.message, line, key)
        typer.echo(visible(f"perhaps a slip: {problem}"), err=True)
    return count


def run_to_compare(inventory: Inventory, path: Path | None) -> Run | None:
    """The run asked for, else the last one of the store; None without any.

    Raises SnapshotError for what is no run, AuditorError for another client's.
    """
    from auditor.store.chain import read_chain
    from auditor.store.folder import read_run

    if path is None:
        links = [one for one in read_chain(inventory.store.dir).links if not one.erased]
        return read_run(links[-1].folder) if links else None
    run = read_run(path)
    if run.run.client != inventory.engagement.client:
        raise AuditorError(f"{path}: not a run of {inventory.engagement.client!r}")
    return run


def told_of(what: str, count: int, run: Run | None) -> None:
    """Say how many entries were read, and what they were held against."""
    against = f"run {run.run.id}" if run else "no run: none is stored yet"
    typer.echo(f"{what}: {count}, held against {against}", err=True)


def answered(
    given: Mapping[str, Any], questions: Mapping[str, str], *, no_input: bool
) -> dict[str, Any]:
    """What was given, and what a person at the terminal answers for what is missing.

    `questions` are those of the keys that must be there; an answer to one whose
    value is a list holds words apart by commas. Raises ConfigurationError naming all
    that is missing where nobody can be asked.
    """
    missing = [key for key in questions if not given[key]]
    if missing and (no_input or not terminal()):
        raise ConfigurationError(
            [Problem(option(key), f"missing: {questions[key]}") for key in missing]
        )
    found = dict(given)
    for key in missing:
        said = str(typer.prompt(questions[key], err=True))
        found[key] = split(said) if isinstance(given[key], list) else said
    return found


def option(key: str) -> str:
    """The option of a key of an entry."""
    return f"--{key.replace('_', '-')}"


def split(text: str) -> list[str]:
    """Words apart by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def words(texts: list[str] | None) -> list[str]:
    """The words of an option that may be repeated, and hold several."""
    return [word for text in texts or [] for word in split(text)]


def as_day(key: str, text: str) -> date:
    """A day such as 2027-03-31; raises ConfigurationError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"expected a day such as 2027-03-31, not {text!r}"
        raise ConfigurationError([Problem(option(key), message)]) from None


def refuse(doubts: Iterable[Doubt]) -> None:
    """Raise ConfigurationError for these doubts about an entry to be added."""
    wrong = [Problem(option(doubt.key), doubt.message) for doubt in doubts]
    if wrong:
        raise ConfigurationError(wrong)


def write(
    file: Path, kind: Literal["attestation", "waiver"], table: Mapping[str, Any]
) -> None:
    """Append the entry and tell where; raises ConfigurationError, StoreError."""
    from auditor.errors import StoreError
    from auditor.inventory.appending import appended
    from auditor.store.atomic import write_atomic

    order = (Waiver if kind == "waiver" else Attestation).__struct_fields__
    given = {key: table[key] for key in order if table.get(key) not in (None, {})}
    data = appended(file, kind, given)
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
    try:
        write_atomic(file, data, mode)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from error
    typer.echo(f"added to {file}", err=True)
