"""`schedule print`, `install`, `remove`: audits by the system's own scheduler."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from auditor.cli.options import InventoryPath
from auditor.errors import AuditorError
from auditor.inventory.reading import read_inventory
from auditor.inventory.selecting import select_hosts
from auditor.schedule import cron, placing, systemd
from auditor.schedule.plan import Plan, hidden_from_service, not_owned, obstacles

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def schedule() -> None:
    """Let the system's own scheduler run audits: a timer of systemd, or cron."""


class Scheduler(StrEnum):
    """Who starts the audit."""

    SYSTEMD = "systemd"
    CRON = "cron"


_WHEN = {Scheduler.SYSTEMD: "Sun 02:30", Scheduler.CRON: "30 2 * * 0"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

By = Annotated[Scheduler, typer.Argument(help="Who starts the audit.")]
RunOptions = Annotated[
    list[str] | None,
    typer.Argument(help="After --: options of auditor run, such as --fail-on high."),
]
User = Annotated[str, typer.Option("--user", help="The account that audits.")]
When = Annotated[
    str | None,
    typer.Option("--when", help="OnCalendar= of systemd, or the five fields of cron."),
]
Name = Annotated[str, typer.Option("--name", help="Of the units, or of the file.")]
Minutes = Annotated[
    int, typer.Option("--minutes", min=1, help="A run that takes longer is stopped.")
]
MailTo = Annotated[
    str,
    typer.Option("--mailto", help="To whom cron mails a run that did not end in 0."),
]
Program = Annotated[
    Path | None, typer.Option("--program", help="Auditor itself; default: this one.")
]
Root = Annotated[
    Path, typer.Option("--root", help="Of another system, such as an image.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")
]


@app.command("print")
def print_(
    by: By,
    options: RunOptions = None,
    inventory: InventoryPath = Path("inventory.toml"),
    user: User = "auditor",
    when: When = None,
    name: Name = "auditor",
    minutes: Minutes = 120,
    mailto: MailTo = "root",
    program: Program = None,
) -> None:
    """Print the units, or the file of /etc/cron.d; what would fail there on stderr.

    Example: auditor schedule print systemd -i /etc/auditor/inventory.toml --when
    'Mon 03:00' -- --fail-on high -f html:/var/lib/auditor/latest.html
    """
    plan = _plan(name, user, inventory, program, options or (), minutes)
    for path, text in _files(by, plan, when, mailto).items():
        typer.echo(f"# /{path}\n{text}")
    for obstacle in _obstacles(by, plan):
        print(f"note: {obstacle}", file=sys.stderr)


@app.command("install")
def install(
    by: By,
    options: RunOptions = None,
    inventory: InventoryPath = Path("inventory.toml"),
    user: User = "auditor",
    when: When = None,
    name: Name = "auditor",
    minutes: Minutes = 120,
    mailto: MailTo = "root",
    program: Program = None,
    root: Root = placing.ROOT,
    dry: DryRun = False,
) -> None:
    """Write the units and start the timer, or write the file of /etc/cron.d.

    Example: auditor schedule install systemd -i /etc/auditor/inventory.toml

    Again after the inventory names other keys or secrets: the units list them.
    """
    plan = _plan(name, user, inventory, program, options or (), minutes)
    files = _files(by, plan, when, mailto)
    if found := _obstacles(by, plan):
        raise AuditorError("\n".join(found))
    commands = _commands(by, name, root, on=True)
    if not dry:
        placing.place(files, root)
    _tell("write", [root / path for path in files], dry=dry)
    _run(commands, dry=dry)


@app.command("remove")
def remove(
    by: By, name: Name = "auditor", root: Root = placing.ROOT, dry: DryRun = False
) -> None:
    """Stop the timer and remove its units, or the file of /etc/cron.d.

    Example: auditor schedule remove systemd --dry-run
    """
    paths = _paths(by, _named(name))
    found = [root / path for path in paths if (root / path).exists()]
    if not found:
        raise AuditorError(f"{root / paths[0]}: not there, so nothing was removed")
    _run(_commands(by, name, root, on=False), dry=dry)
    if not dry:
        placing.take_away(paths, root)
    _tell("remove", found, dry=dry)
    if by is Scheduler.SYSTEMD and root == placing.ROOT:
        _run([["systemctl", "daemon-reload"]], dry=dry)


def _plan(
    name: str,
    user: str,
    inventory: Path,
    program: Path | None,
    words: Sequence[str],
    minutes: int,
) -> Plan:
    read = read_inventory(inventory)
    given = _run_options(words)
    out: Path | None = given["out"]
    files = [text.partition(":")[2] for text in given["formats"] or ()]
    brought = [text.partition("=")[0] for text in given["answer"] or ()]
    chosen = select_hosts(read, given["limit"])
    return Plan(
        name=_named(name),
        user=_user(user),
        program=program or _this_program(),
        inventory=read,
        hosts=tuple(host for host in chosen if host.name not in brought),
        options=tuple(words),
        store=read.folder / (out or read.store.dir),
        outputs=tuple(read.folder / file for file in files if file != "-"),
        minutes=minutes,
    )


def _files(by: Scheduler, plan: Plan, when: str | None, mail: str) -> dict[Path, str]:
    at = when or _WHEN[by]
    if by is Scheduler.CRON:
        return cron.cron_file(plan, at, _line("--mailto", mail))
    if shutil.which("systemd-analyze"):
        placing.call(["systemd-analyze", "calendar", _line("--when", at)])
    return systemd.units(plan, _line("--when", at))


def _obstacles(by: Scheduler, plan: Plan) -> list[str]:
    special = not_owned if by is Scheduler.CRON else hidden_from_service
    return [*obstacles(plan), *special(plan)]


def _paths(by: Scheduler, name: str) -> tuple[Path, ...]:
    return (cron.FOLDER / name,) if by is Scheduler.CRON else systemd.paths(name)


def _commands(by: Scheduler, name: str, root: Path, *, on: bool) -> list[list[str]]:
    return [] if by is Scheduler.CRON else placing.timer_commands(name, root, on=on)


def _run(commands: Sequence[Sequence[str]], *, dry: bool) -> None:
    for command in commands:
        if not dry:
            placing.call(command)
        _tell("run", [" ".join(command)], dry=dry)


def _tell(what: str, things: Sequence[object], *, dry: bool) -> None:
    for thing in things:
        typer.echo(f"{'would ' if dry else ''}{what}  {thing}")


def _run_options(words: Sequence[str]) -> dict[str, Any]:
    """The options of `run` as it will read them; raises AuditorError for a mistake.

    Now, not on Sunday at half past two.
    """
    from auditor.cli import app as whole

    group: Any = typer.main.get_command(whole)
    command = group.get_command(click.Context(group), "run")
    given = [_line("an option of run", word) for word in words]
    try:
        context = command.make_context("run", given, help_option_names=[])
    except click.ClickException as error:
        raise AuditorError(f"run: {error.format_message()}") from None
    said = context.get_parameter_source
    for name in ("inventory", "scheduled", "dry_run"):
        if said(name) is not click.core.ParameterSource.DEFAULT:
            option = name.replace("_", "-")
            raise AuditorError(f"run: --{option} is not for after the --")
    return dict(context.params)


def _this_program() -> Path:
    """The command that runs now, or the one beside this Python."""
    called = Path(sys.argv[0])
    if called.name == "auditor" and called.is_file():
        return called.absolute()
    return Path(sys.executable).with_name("auditor")


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        # cron skips a file with a dot in its name, without a word.
        raise AuditorError(f"--name {name!r}: letters, digits, _ and - are due")
    return name


def _user(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*\$?", name):
        raise AuditorError(f"--user {name!r}: no name of an account")
    return name


def _line(what: str, text: str) -> str:
    """A text that stays on its line; raises AuditorError."""
    if not text.strip() or not text.isprintable():
        raise AuditorError(f"{what} {text!r}: one line of text is due")
    return text
