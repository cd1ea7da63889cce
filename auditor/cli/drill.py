"""`drill`: one failed login on a host, and does anybody hear of it?"""

from __future__ import annotations

import getpass
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import InventoryPath, NoInput
from auditor.errors import AuditorError, ConfigurationError, Problem

if TYPE_CHECKING:
    from auditor.cli.request import Output
    from auditor.collect.visiting import Means
    from auditor.drill.performing import Drilling
    from auditor.model.drill import Drill
    from auditor.model.host import AlertPath, Host, Inventory

DEFAULT = Path("inventory.toml")
#: 3 also where SIGTERM ended it; Ctrl-C gives 130, as everywhere.
_ATTEST = (
    "For attestations.toml, once you know whether somebody answered within a day "
    "(acknowledged_within_24h, below answers):"
)
_CODES = {"told": 0, "untold": 1, "no_event": 3, "sink_lost": 3, "interrupted": 3}


def drill(
    host: Annotated[str, typer.Argument(help="A host that allows it: drill = true.")],
    inventory: InventoryPath = DEFAULT,
    timeout: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds to wait for the alert; default: 900."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="The failed login may be made; don't ask.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The store that keeps the result."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("-f", "--format", help="json:PATH; - is stdout."),
    ] = None,
    no_input: NoInput = False,
) -> int:
    """Make one failed login on a host, and wait for the alert that it should cause.

    Example: auditor drill lis-35 --timeout 600

    The account is called drill-XXXXXXXX and exists nowhere; one attempt is made. Where
    alerts arrive is said by [drill] of the inventory, docs/drill.md shows how. Exit
    code: 0 somebody was told, 1 nobody was in time, 2 a mistake of usage or
    configuration (no login was made), 3 the login could not be made, or the sink not
    be read.
    """
    from msgspec.structs import replace

    from auditor.cli.request import outputs
    from auditor.drill.performing import Drilling
    from auditor.inventory.reading import read_inventory
    from auditor.store.drills import drills_of, keep_drill

    asked = outputs(formats or (), ["json"])
    read = read_inventory(inventory)
    chosen, path = _allowed(read, host)
    _agreed(chosen, yes=yes, no_input=no_input)
    path = replace(path, timeout=timeout or path.timeout)
    means = _means(read, chosen, path, no_input=no_input)
    folder = drills_of(out or read.store.dir)
    _say(f"one failed login on {host}, then up to {path.timeout:g} s for its alert")
    found, code = _drilled(Drilling(read.engagement.auditor, chosen, path, means))
    _hand_over(found, keep_drill(folder, found), read, asked)
    return code


def _allowed(inventory: Inventory, name: str) -> tuple[Host, AlertPath]:
    """The host and the alert path; raises ConfigurationError when it is not allowed."""
    from auditor.inventory.documents import meant

    host = inventory.hosts.get(name)
    if host is None:
        message = f"there is no host '{name}'{meant(name, inventory.hosts)}"
    elif host.transport != "ssh":
        message = f"'{name}' has no login over SSH: its transport is {host.transport}"
    elif not host.drill:
        message = (
            f"a drill makes one failed login, and '{name}' does not allow it; who "
            f"answers for it allows it by drill = true below [hosts.{name}]"
        )
    elif inventory.alert_path is None:
        message = (
            "where alerts arrive is not said; write one of the tables [drill.imap], "
            '[drill.file] and [drill.webhook], such as [drill.file] path = "…"'
        )
    else:
        return host, inventory.alert_path
    raise ConfigurationError([Problem(str(inventory.path), message)])


def _agreed(host: Host, *, yes: bool, no_input: bool) -> None:
    what = f"this makes one failed login on {host.name} ({host.address})"
    if yes:
        return
    if no_input or not sys.stdin.isatty():
        raise AuditorError(f"{what}: nobody is there to ask, so --yes must say so")
    try:
        agreed = typer.confirm(f"{what[:1].upper()}{what[1:]}. Go on?", err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise AuditorError("no login was made")


def _means(
    inventory: Inventory, host: Host, path: AlertPath, *, no_input: bool
) -> Means:
    """What logging in to the jumps and to the mailbox takes; the host gets nothing."""
    from auditor.collect.visiting import Means
    from auditor.inventory.known_hosts import pins_for
    from auditor.inventory.secrets import resolve_secrets
    from auditor.model.host import ImapSink, jumps_of

    asking = not no_input and sys.stdin.isatty()
    sink = path.sink
    mail = {"drill.imap.password": sink.password} if isinstance(sink, ImapSink) else {}
    secrets = resolve_secrets(
        inventory,
        jumps_of(inventory, host),
        no_input=not asking,
        ask=lambda what: getpass.getpass(f"{what}: "),
        login_only=True,
        more=mail,
    )
    return Means(
        hosts=inventory.hosts,
        secret=secrets.value,
        pins=lambda host: pins_for(host, inventory),
        ask=_answer if asking else None,
    )


def _say(text: str) -> None:
    from auditor.report.text.visible import visible

    typer.echo(visible(text), err=True)


def _answer(host: str, question: str, echo: bool) -> str:
    """Put a jump host's question to the person at the terminal."""
    return str(typer.prompt(f"{host}: {question}", hide_input=not echo, err=True))


def _drilled(drilling: Drilling) -> tuple[Drill, int]:
    """The result and its exit code; raises AuditorError when no login was made."""
    from auditor.collect.stopping import stop_on_signals
    from auditor.drill.performing import perform
    from auditor.drill.sinks import SinkTroubleError

    with stop_on_signals() as stop:
        try:
            found = perform(drilling, lambda: stop.requested)
        except SinkTroubleError as error:
            raise AuditorError(f"{error}; no login was made") from error
    if found.outcome == "interrupted" and stop.signal == signal.SIGINT:
        return found, 130
    return found, _CODES[found.outcome]


def _hand_over(
    drill: Drill, kept: Path, inventory: Inventory, outputs: tuple[Output, ...]
) -> None:
    """Write the formats and say the result: on stderr when stdout has data."""
    from auditor.drill.telling import attestation_of, said_of
    from auditor.model.drill import encode_drill
    from auditor.report.text.visible import visible

    for output in outputs:
        output.write(encode_drill(drill))
    aside = any(output.path is None for output in outputs)
    typer.echo(visible(f"{drill.host}  {said_of(drill)}"), err=aside)
    _say(f"kept: {kept}")
    try:
        entry = attestation_of(drill, kept, inventory)
    except ConfigurationError as error:  # the result stands all the same
        entry = None
        _say(str(error))
    if entry is not None:
        _say(_ATTEST)
        typer.echo("\n".join(map(visible, entry.splitlines())), err=aside)
