"""The command line: arguments in, exit code out; nothing imports it.

Libraries that connect or render are imported by the commands that need them, so that
`--help` and completion stay quick.
"""

from __future__ import annotations

import os
import sys

import click
import typer

from auditor import __version__
from auditor.cli import auditing, explaining, inventory, trust
from auditor.cli.init import init
from auditor.errors import AuditorError

app = typer.Typer(
    name="auditor",
    help="Audit laboratory servers over SSH, read-only, and report with evidence.",
    epilog="Start with: auditor init, auditor trust add, auditor doctor, auditor run.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init)
app.add_typer(inventory.app, name="inventory")
app.add_typer(trust.app, name="trust")
app.command()(auditing.doctor)
app.command()(auditing.run)
app.command()(auditing.collect)
app.command()(auditing.evaluate)
app.command()(auditing.report)
app.command()(explaining.explain)
app.add_typer(explaining.checks_app, name="checks")
app.command()(explaining.sudoers)


@app.callback(invoke_without_command=True)
def version(
    show: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run a command; never a traceback for what a user can mend."""
    command = typer.main.get_command(app)
    try:
        code = command.main(standalone_mode=False)
    except AuditorError as error:
        code = _complain(str(error))
    except click.ClickException as error:
        error.show(sys.stderr)
        code = 2
    except (KeyboardInterrupt, click.Abort):
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 2
    except OSError as error:
        code = _complain(f"{error.filename or 'auditor'}: {error.strerror}")
    sys.exit(code if isinstance(code, int) else 0)


def _complain(text: str) -> int:
    for line in text.splitlines():
        print(f"auditor: {line}", file=sys.stderr)
    return 2
