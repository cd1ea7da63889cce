"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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


class Redact(StrEnum):
    """The hand-over levels."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"


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
SignKey = Annotated[
    Path | None,
    typer.Option("--sign-key", help="Your SSH key: it signs the run (ssh-keygen -Y)."),
]
IdentityFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--identity", help="A recipient's private key: it opens encrypted snapshots."
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "-f", "--format", help="Such as html:PATH, sarif:PATH; repeatable; - is stdout."
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
RedactOption = Annotated[
    Redact,
    typer.Option(
        "--redact",
        help="For R0 audit team, R1 technicians, R2 management, R3 third parties.",
    ),
]
RedactKey = Annotated[
    Path | None,
    typer.Option("--redact-key", help="The key of pseudonyms; default: one a client."),
]
BrandPath = Annotated[
    Path | None, typer.Option("--brand", help="A file with name, logo and colours.")
]
Templates = Annotated[
    Path | None,
    typer.Option("--templates", help="A folder of own templates that override blocks."),
]
Since = Annotated[
    list[Path] | None,
    typer.Option(
        "--since",
        help="An earlier run of the client (folder or run.json) to compare with;"
        " repeatable, the latest is compared, all are drawn. Default: those of the"
        " store; 'none' for nothing.",
    ),
]
