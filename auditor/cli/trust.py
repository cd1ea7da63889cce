"""`auditor trust`: the host keys that are pinned under inventory names."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import InventoryPath
from auditor.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from auditor.collect.hostkeys import HostKey
    from auditor.collect.visiting import Means
    from auditor.inventory.known_hosts import PinLine
    from auditor.model.host import Host, Inventory

app = typer.Typer(
    help="Show, pin and unpin host keys; nothing is ever accepted silently.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)

DEFAULT = Path("inventory.toml")
HOW_TO_COMPARE = (
    "Compare the fingerprint with one that did not come over this network: on the "
    "host's own console 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub', or from "
    "whoever runs it."
)
Names = Annotated[list[str], typer.Argument(metavar="HOST", help="Inventory names.")]


@app.command()
def show(inventory: InventoryPath = DEFAULT) -> None:
    """Print every host with its pins: name, key type, fingerprint, where it stands."""
    from auditor.inventory.known_hosts import pinned_lines
    from auditor.inventory.reading import read_inventory

    found = read_inventory(inventory)
    for host, lines in pinned_lines(found):
        if host.transport != "ssh":
            continue
        for pin in host.host_keys:
            typer.echo(f"{host.name}\t-\t{pin}\thost_key in {found.path}")
        for line in lines:
            place = f"{found.known_hosts}:{line.number}"
            mark = f"{line.marker} " if line.marker else ""
            aside = "; host_key stands above it" if host.host_keys else ""
            typer.echo(
                f"{host.name}\t{mark}{line.kind}\t{line.fingerprint}\t{place}{aside}"
            )
        if not lines and not host.host_keys:
            typer.echo(f"{host.name}\t-\t-\tnot pinned")


@app.command()
def add(
    names: Names,
    inventory: InventoryPath = DEFAULT,
    yes_i_compared: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FINGERPRINT",
            help="Pin the host that shows this key, without asking; repeatable.",
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds for each host to show its key.")
    ] = 10,
) -> None:
    """Connect, show each host's key, and pin it once somebody has compared it.

    Nothing but the key exchange is done with the host. Exit code 3 when one of the
    hosts is not pinned afterwards.
    Example: auditor trust add bastion-35 lis-35
    """
    from auditor.collect.hostkeys import fetch_host_keys
    from auditor.inventory.reading import read_inventory
    from auditor.model.host import jumps_of

    found = read_inventory(inventory)
    hosts = _hosts(found, names)
    compared = {word.rstrip("=") for word in yes_i_compared or ()}
    means = _means(found, hosts)
    pinned = []
    # A host is reached through its jumps, which may be pinned in the same go.
    for depth in sorted({len(jumps_of(found, host)) for host in hosts}):
        wave = [host for host in hosts if len(jumps_of(found, host)) == depth]
        keys = fetch_host_keys(wave, means, timeout)
        pinned += [_add(found, host, keys[host.name], compared) for host in wave]
    if not all(pinned):
        raise typer.Exit(3)


def _means(inventory: Inventory, hosts: list[Host]) -> Means:
    """What logging in to the jumps in between takes; the hosts are offered nothing."""
    import getpass

    from auditor.collect.visiting import Means
    from auditor.inventory.known_hosts import pins_for
    from auditor.inventory.secrets import resolve_secrets
    from auditor.model.host import jumps_of

    secrets = resolve_secrets(
        inventory,
        [jump for host in hosts for jump in jumps_of(inventory, host)],
        no_input=not terminal(),
        ask=lambda what: getpass.getpass(f"{what}: "),
        login_only=True,
    )
    return Means(
        hosts=inventory.hosts,
        secret=secrets.value,
        pins=lambda host: pins_for(host, inventory),
        ask=_answer if terminal() else None,
    )


def _answer(host: str, question: str, echo: bool) -> str:
    """Put a jump host's question to the person at the terminal."""
    return str(typer.prompt(f"{host}: {question}", hide_input=not echo, err=True))


def _hosts(inventory: Inventory, names: list[str]) -> list[Host]:
    from auditor.inventory.documents import meant

    problems = []
    for name in names:
        host = inventory.hosts.get(name)
        if host is None:
            message = f"there is no host '{name}'{meant(name, inventory.hosts)}"
            problems.append(Problem(str(inventory.path), message))
        elif host.transport != "ssh":
            message = f"'{name}' has no host key: its transport is {host.transport}"
            problems.append(Problem(str(inventory.path), message))
    if problems:
        raise ConfigurationError(problems)
    return [inventory.hosts[name] for name in dict.fromkeys(names)]


def _add(
    inventory: Inventory, host: Host, key: HostKey | str, compared: set[str]
) -> bool:
    """Show a key, ask, pin; whether the host is pinned to it afterwards."""
    from auditor.inventory.known_hosts import add_pin, pins_for

    if isinstance(key, str):
        _say(f"{host.name}: {key}")
        return False
    _say(f"{host.name} ({host.address}) shows {key.type} {key.sha256}")
    pins = pins_for(host, inventory)
    if pins.accepts(key.type, key.base64):
        _say(f"{host.name}: pinned already, {pins.source}")
        return True
    if key.base64 in pins.revoked:
        _say(f"{host.name}: this key is revoked in {inventory.known_hosts}; not pinned")
        return False
    if pins.fingerprints:
        _say(
            f"{host.name}: host_key in {inventory.path} pins another key and stands "
            "above known_hosts; change it there once you know why"
        )
        return False
    if pins.keys:
        _say(
            f"WARNING: {host.name} is pinned to another key. So it looks when somebody "
            "stands between you and the host, or when it was reinstalled. Find out "
            f"which; the old pins stay until 'auditor trust remove {host.name}'."
        )
    if not _agreed(host, key, compared):
        _say(f"{host.name}: not pinned")
        return False
    add_pin(inventory.known_hosts, host.name, key.type, key.base64, comment=_accepted())
    _say(f"{host.name}: pinned in {inventory.known_hosts}")
    return True


def _agreed(host: Host, key: HostKey, compared: set[str]) -> bool:
    if compared:
        if key.sha256.rstrip("=") in compared:
            return True
        _say(f"{host.name}: none of the fingerprints that you compared")
        return False
    _say(HOW_TO_COMPARE)
    if not terminal():
        _say("There is no terminal to ask on: --yes-i-compared FINGERPRINT says so.")
        return False
    return typer.confirm(f"Is {key.sha256} the key of {host.name}?", err=True)


def terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _accepted() -> str:
    """Who accepted and when, for the comment of a line."""
    import getpass
    from datetime import UTC, datetime

    return f"accepted {datetime.now(UTC):%Y-%m-%d} by {getpass.getuser()}"


def _say(text: str) -> None:
    """A line for the person; what a host or a file brought in can't steer it."""
    from auditor.report.text.visible import visible

    typer.echo(visible(text), err=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A known_hosts that goes by address.")],
    inventory: InventoryPath = DEFAULT,
) -> None:
    """Take over pins from an existing known_hosts: address there, name here.

    Says each key that it takes and each host that it can't tell. Exit code 3 when a
    host is pinned to another key of the same type.
    Example: auditor trust import ~/.ssh/known_hosts
    """
    from auditor.inventory.known_hosts import (
        match_addresses,
        parse_known_hosts,
        read_known_hosts,
    )
    from auditor.inventory.reading import read_inventory

    found = read_inventory(inventory)
    lines = parse_known_hosts(_read(file), str(file))
    transfer = match_addresses(lines, found)
    own = read_known_hosts(found.known_hosts)
    taken = [_take(found, own, name, line, file) for name, line in transfer.pins]
    for name in transfer.ambiguous:
        _say(f"{name}: left out, other hosts have the same address and port")
    for name in transfer.authorities:
        _say(f"{name}: left out, {file} has only a certificate authority for it")
    for name in transfer.unknown:
        _say(f"{name}: not in {file}")
    if not all(taken):
        raise typer.Exit(3)


def _take(
    inventory: Inventory, own: list[PinLine], name: str, line: PinLine, file: Path
) -> bool:
    """Take one line over and say so; False when another key is pinned."""
    from auditor.inventory.known_hosts import add_pin

    mark = f"{line.marker} " if line.marker else ""
    shown = f"{name}: {mark}{line.kind} {line.fingerprint}"
    pinned = {
        (old.marker, old.blob)
        for old in own
        if old.kind == line.kind and old.matches(name)
    }
    if not line.marker and any(
        not marker and blob != line.blob for marker, blob in pinned
    ):
        _say(f"{shown} not taken over: another {line.kind} key is pinned")
        return False
    if add_pin(inventory.known_hosts, name, line.kind, line.blob, line.marker):
        _say(f"{shown} from {file}:{line.number}")
    else:
        _say(f"{shown} pinned already")
    return True


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise ConfigurationError([Problem(str(file), reason)]) from None


@app.command()
def remove(
    names: Names,
    inventory: InventoryPath = DEFAULT,
    fingerprint: Annotated[
        str | None, typer.Option(help="Only this key of them, SHA256:…")
    ] = None,
) -> None:
    """Take hosts' pins out of known_hosts; revocations stay."""
    from auditor.inventory.known_hosts import remove_pins
    from auditor.inventory.reading import read_inventory

    found = read_inventory(inventory)
    file = str(found.known_hosts)
    problems = []
    for name in names:
        gone, left = remove_pins(found.known_hosts, name, fingerprint)
        for line in gone:
            _say(f"{name}: removed {line.kind} {line.fingerprint}")
        for line in left:
            mark = f"{line.marker} " if line.marker else ""
            _say(f"{name}: line {line.number} stays: {mark}{line.names} {line.kind}")
        if not gone:
            problems.append(Problem(file, f"no such pin of '{name}'"))
    if problems:
        raise ConfigurationError(problems)
