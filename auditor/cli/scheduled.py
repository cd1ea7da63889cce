"""`run --scheduled` and `ping`: a run that nobody watches, and the word that it ran."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from auditor.cli.options import InventoryPath, Out
from auditor.cli.request import Delivery, How, Options
from auditor.errors import AuditorError
from auditor.inventory.reading import read_inventory
from auditor.model.changes import Changes
from auditor.model.findings import Severity


def run_scheduled(options: Options, how: How, asked: Delivery) -> int:
    """Run without anybody there: no prompt, no colour, its own exit code, a heartbeat.

    Raises AuditorError; no heartbeat is sent then.
    """
    from auditor.cli import stages
    from auditor.heartbeat import beat_of, receiver_of
    from auditor.store.folder import read_changes

    inventory = read_inventory(options.inventory)
    # Like every secret before anything connects: no audit ends without its word.
    receiver = receiver_of(inventory)
    alert = how.alert or bool(inventory.alerts.to)
    how = replace(how, no_input=True, color="never", plain=True, alert=alert)
    code = stages.run(options, how, replace(asked, color="never"), dry=False)
    store = options.out or inventory.store.dir
    last = beat_of(store, code)
    before = read_changes(store / last.run) if last.run else None
    ended = outcome(code, before, Severity(options.fail_on.value))
    if before is not None and ended != code:
        than = "worse" if ended else "nothing worse"
        print(f"scheduled: {than} than in {before.since}", file=sys.stderr)
    if receiver is not None:
        _tell(receiver.send(replace(last, exit_code=ended)))
    return ended


def outcome(code: int, changes: Changes | None, least: Severity) -> int:
    """The exit code of a scheduled run: 1 only when something is worse than before.

    Incomplete and interrupted runs keep their code, a first one as well. Changes of
    findings below `least` don't count, lost sight and missing hosts always do.
    """
    if changes is None or code not in (0, 1):
        return code
    counted = tuple(c for c in changes.changes if c.severity.weight >= least.weight)
    return int(replace(changes, changes=counted).worse)


def ping(
    inventory: InventoryPath = Path("inventory.toml"),
    code: Annotated[
        str | None,
        typer.Option(
            "--code", help="The run's exit code, or the signal that ended it."
        ),
    ] = None,
    result: Annotated[
        str, typer.Option("--result", help="systemd's word for how the service ended.")
    ] = "success",
    out: Out = None,
) -> int:
    """Send the heartbeat by hand, or tell of a run that could not do so itself.

    Example: auditor ping -i inventory.toml

    With --code it tells of failures alone: a run that was kept sends its own.

    Exit code: 0 sent, 1 not sent, 2 a mistake of configuration.
    """
    from auditor.heartbeat import beat_of, receiver_of

    read = read_inventory(inventory)
    receiver = receiver_of(read)
    if receiver is None:
        raise AuditorError(f"{inventory}: has no [heartbeat]")
    store = out or read.store.dir
    if code is None:
        return _tell(receiver.send(beat_of(store, 0)))
    beat = beat_of(store, exit_code(code, result))
    # 1 is also how Python ends when it could not even begin: that must not count.
    return 0 if beat.well else _tell(receiver.warn(beat))


def exit_code(status: str, result: str = "success") -> int | None:
    """A number or the name of a signal, as `$EXIT_STATUS` has it; None for neither.

    A service that was stopped by its manager (`timeout`, `oom-kill` …) has no exit
    code that says how the audit went. Raises AuditorError (systemd.exec(5)).
    """
    if not status or result not in ("success", "exit-code", "signal"):
        return None
    if status.isascii() and status.isdigit() and int(status) < 256:
        return int(status)
    try:
        return 128 + signal.Signals[f"SIG{status.removeprefix('SIG')}"]
    except KeyError:
        message = f"--code {status}: neither an exit code nor the name of a signal"
        raise AuditorError(message) from None


def _tell(failures: tuple[str, ...]) -> int:
    for failure in failures:
        print(f"heartbeat: not sent: {failure}", file=sys.stderr)
    return int(bool(failures))
