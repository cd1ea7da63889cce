"""The command line: arguments in, exit code out; nothing imports it.

A command is imported and built when it is called, and imports by itself the libraries
that connect or render: so `--help`, completion and collecting start quickly.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec

import click
import typer
from typer.core import TyperGroup

from auditor import __version__
from auditor.errors import AuditorError

P = ParamSpec("P")

#: Name -> module of this package and what to take of it, a function or a group; and the
#: first sentence of its help, so that `auditor --help` needs no module of any.
COMMANDS = {
    "init": (
        "init:init",
        "Write a commented inventory and the five manifests; never overwrite a file.",
    ),
    "doctor": (
        "auditing:doctor",
        "Try each host (reach, host key, login, privilege, clock), read nothing else.",
    ),
    "run": (
        "auditing:run",
        "Audit: collect from the hosts, evaluate, store the run, report.",
    ),
    "collect": (
        "auditing:collect",
        "Collect only: one snapshot a host, to be evaluated later or elsewhere.",
    ),
    "evaluate": (
        "auditing:evaluate",
        "Judge snapshots offline, with the rules of today; connects nowhere.",
    ),
    "report": ("auditing:report", "Render a stored run again; its verdicts stay."),
    "explain": (
        "explaining:explain",
        "Say what a check looks at, why, how to fix it and what it is mapped to.",
    ),
    "sudoers": (
        "explaining:sudoers",
        "Print the sudo rule that lets the audit account read as root.",
    ),
    "inventory": ("inventory:app", "Check, show and import the hosts to audit."),
    "trust": (
        "trust:app",
        "Show, pin and unpin host keys; nothing is ever accepted silently.",
    ),
    "checks": ("explaining:checks_app", "The checks and what they are mapped to."),
    "waivers": ("waivers:app", "List, check and add accepted risks (waivers.toml)."),
    "attest": (
        "attest:app",
        "List, check and add signed declarations (attestations.toml).",
    ),
    "diff": (
        "diff:diff",
        "Say what changed from one run to another, and for each change its cause.",
    ),
    "schedule": (
        "schedule:app",
        "Let the system's own scheduler run audits: a timer of systemd, or cron.",
    ),
    "ping": (
        "scheduled:ping",
        "Send the heartbeat by hand, or tell of a run that could not do so itself.",
    ),
    "verify": (
        "store:verify",
        "Say of stored runs whether they are whole, altered (and where) or unsigned.",
    ),
    "history": (
        "history:history",
        "Say how the stored audits went, and how long each finding has been open.",
    ),
    "alerts": ("alerting:app", "Tell people what got worse."),
    "store": ("store:store_app", "Look after the stored runs."),
    "drill": (
        "drill:drill",
        "Make one failed login on a host, and wait for the alert that it should cause.",
    ),
}


class CommandsOnDemand(TyperGroup):
    """The commands of `COMMANDS`, each built when it is asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Their names, for `--help` and "did you mean"; none is ever taken from here.
        self.commands = dict.fromkeys(COMMANDS, click.Command(None))

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """The part of `--help` that lists the commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """click's question for a command; None when there is no such."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(f"auditor.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            found = _alone(exiting(found))
        command: click.Command = typer.main.get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="auditor",
    cls=CommandsOnDemand,
    help="Audit laboratory servers over SSH, read-only, and report with evidence.",
    epilog="Start with: auditor init, auditor trust add, auditor doctor, auditor run.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # click has suggestions of its own.
    suggest_commands=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _alone(command: Callable[..., None]) -> typer.Typer:
    single = typer.Typer(
        rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
    )
    single.command()(command)
    return single


def exiting(command: Callable[P, int | None]) -> Callable[P, None]:
    """A command that exits with the code that the function returns."""

    @wraps(command)
    def exits(*args: P.args, **kwargs: P.kwargs) -> None:
        raise typer.Exit(command(*args, **kwargs) or 0)

    return exits


@app.callback(invoke_without_command=True)
def version(
    show: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run a command; never a traceback for what a user can mend."""
    try:
        app()
    except AuditorError as error:
        sys.exit(_complain(str(error)))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(2)
    except OSError as error:
        sys.exit(_complain(f"{error.filename or 'auditor'}: {error.strerror}"))
    finally:
        # The interpreter's last collection would look at every object of every library
        # once more, 75 ms, to free what ends with the process anyway.
        gc.freeze()


def _complain(text: str) -> int:
    from auditor.report.text.visible import visible

    # What a file holds may stand in the text, and steer the terminal.
    for line in text.splitlines():
        print(f"auditor: {visible(line)}", file=sys.stderr)
    return 2
