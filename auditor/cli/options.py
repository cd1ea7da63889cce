"""The options that several commands share, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from auditor.errors import AuditorError, ConfigurationError, Problem


class Language(StrEnum):
    """The languages of the report."""

    EN = "en"
    FR = "fr"


class FailOn(StrEnum):
    """The severities, gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


InventoryPath = Annotated[
    Path, typer.Option("-i", "--inventory", help="Inventory file, or a folder of them.")
]
Limit = Annotated[
    str | None,
    typer.Option(
        "-l",
        "--limit",
        help="Hosts, groups, roles, globs; comma-separated; !TERM removes.",
    ),
]
Checks = Annotated[
    list[str] | None,
    typer.Option("--check", help="Only these checks: id, name or family."),
]
ChecksDir = Annotated[
    list[Path] | None,
    typer.Option("--checks", help="A folder of third-party checks; repeatable."),
]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="Where the run folder goes.")
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "-f", "--format", help="html:PATH or json:PATH; repeatable; - is stdout."
    ),
]
Lang = Annotated[Language | None, typer.Option("--lang", help="The report's language.")]
Jobs = Annotated[
    int | None, typer.Option("-j", "--jobs", min=1, max=100, help="Hosts at once.")
]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", help="The least severity that gives exit code 1.")
]
MinCoverage = Annotated[
    float,
    typer.Option(
        "--min-coverage", min=0, max=1, help="Less coverage than this is exit code 3."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Judge as of this day (YYYY-MM-DD) or instant."),
]
NoInput = Annotated[
    bool, typer.Option("--no-input", help="Never ask; a prompt is an error.")
]
Color = Annotated[
    str, typer.Option("--color", help="auto, always or never (NO_COLOR counts).")
]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", help="HOST=FILE: the answer of a program run by hand."),
]


@dataclass(frozen=True, slots=True)
class Options:
    """The options that say what is audited and how it is judged.

    `stored` says that the inventory is a run's own, whose profile may be of another
    version of the tool.
    """

    inventory: Path
    limit: str | None = None
    check: tuple[str, ...] = ()
    checks: tuple[Path, ...] = ()
    lang: Language | None = None
    as_of: str | None = None
    fail_on: FailOn = FailOn.LOW
    min_coverage: float = 0.0
    stored: bool = False


@dataclass(frozen=True, slots=True)
class How:
    """How a command collects."""

    answers: Mapping[str, Path] = field(default_factory=dict)
    jobs: int | None = None
    no_input: bool = False
    color: str = "auto"


@dataclass(frozen=True, slots=True)
class Output:
    """One `-f FORMAT:PATH`; the path is None for standard output."""

    format: str
    path: Path | None


def outputs(formats: Sequence[str], known: list[str]) -> tuple[Output, ...]:
    """Read the `-f` options; raises AuditorError naming the wrong one."""
    found = []
    for text in formats:
        name, colon, path = text.partition(":")
        if not colon or not path or name not in known:
            choice = " or ".join(f"{name}:PATH" for name in known)
            raise AuditorError(f"-f {text}: expected {choice}")
        found.append(Output(name, None if path == "-" else Path(path)))
    if sum(output.path is None for output in found) > 1:
        raise AuditorError("-f: only one format can go to standard output")
    for output in found:
        if output.path is not None and not output.path.parent.is_dir():
            raise AuditorError(f"-f {output.path}: no such folder")
    return tuple(found)


def instant(text: str | None, timezone: str) -> datetime | None:
    """Read `--as-of`: a day means its noon there; raises AuditorError."""
    if text is None:
        return None
    zone = ZoneInfo(timezone)
    try:
        if "T" not in text:
            return datetime.combine(date.fromisoformat(text), time(12), zone)
        found = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"--as-of {text}: expected a day such as 2026-11-25, or an instant"
        raise AuditorError(message) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def answers(texts: list[str] | None) -> dict[str, Path]:
    """Read the `--answer HOST=FILE` options; raises ConfigurationError."""
    found = {}
    for text in texts or []:
        host, equals, file = text.partition("=")
        if not equals or not Path(file).is_file():
            message = "expected HOST=FILE with a file that exists"
            raise ConfigurationError([Problem(f"--answer {text}", message)])
        found[host] = Path(file)
    return found
