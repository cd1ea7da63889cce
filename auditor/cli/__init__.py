"""The command line: arguments in, exit code out; nothing imports it.

Libraries that connect or render are imported by the commands that need them, so that
`--help` and completion stay quick.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from auditor import __version__
from auditor.cli import auditing, explaining, inventory, trust
from auditor.cli.init import init
from auditor.errors import AuditorError

P = ParamSpec("P")

app = typer.Typer(
    name="auditor",
    help="Audit laboratory servers over SSH, read-only, and report with evidence.",
    epilog="Start with: auditor init, auditor trust add, auditor doctor, auditor run.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def exiting(command: Callable[P, int]) -> Callable[P, None]:
    """A command that exits with the code that the function returns."""

    @wraps(command)
    def exits(*args: P.args, **kwargs: P.kwargs) -> None:
        raise typer.Exit(command(*args, **kwargs))

    return exits


app.command()(init)
app.add_typer(inventory.app, name="inventory")
app.add_typer(trust.app, name="trust")
for command in (
    auditing.doctor,
    auditing.run,
    auditing.collect,
    auditing.evaluate,
    auditing.report,
    explaining.explain,
    explaining.sudoers,
):
    app.command()(exiting(command))
app.add_typer(explaining.checks_app, name="checks")


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
    from auditor.report.visible import visible

    # What a file holds may stand in the text, and steer the terminal.
    for line in text.splitlines():
        print(f"auditor: {visible(line)}", file=sys.stderr)
    return 2
