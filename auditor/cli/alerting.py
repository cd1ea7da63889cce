"""`alerts test`, and what `run --alert` does once the run is stored."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from msgspec import Struct

from auditor.cli.options import InventoryPath
from auditor.errors import AuditorError
from auditor.inventory.reading import read_inventory
from auditor.inventory.secrets import fetch_secret
from auditor.model.host import Inventory
from auditor.model.run import Run
from auditor.model.scope import Scope

if TYPE_CHECKING:
    from auditor.alerting.record import Item, Sent
    from auditor.report.text.labels import Labels

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

#: What each outcome but a delivery is called.
WHY = {
    "refused": "could not be reached, or did not take the message",
    "late": "no answer within the time",
    "unusable": "no address that apprise knows",
    "clear": "not sent without TLS: write the scheme with an s, as mailtos:// or jsons://",
}


class Address(Struct, frozen=True):
    """One of `[alerts] to`; `url` is a secret.

    `name` says where it stands, `key` tells it from others, from run to run.
    """

    name: str
    key: str
    url: str

    def __repr__(self) -> str:
        return f"Address({self.name})"


def addresses_of(inventory: Inventory) -> tuple[Address, ...]:
    """Fetch every address; raises AuditorError when there is none."""
    from auditor.alerting.record import key_of

    if not inventory.alerts.to:
        raise AuditorError(
            f"{inventory.path}: [alerts] names nobody to tell,"
            ' as in to = [{ env = "ALERT_MAIL" }]'
        )
    found = []
    for number, secret in enumerate(inventory.alerts.to):
        name = f"alerts.to[{number}]"
        key = key_of("address", secret.kind, secret.reference)
        found.append(Address(name, key, fetch_secret(inventory, secret, name)))
    return tuple(found)


def tell(scope: Scope, run: Run, folder: Path, addresses: Sequence[Address]) -> int:
    """Tell what is due after a stored run, and keep a record; 3 if somebody was not.

    Raises nothing that a user can mend: the run is stored, and its report is still
    to come.
    """
    try:
        sent = _told(scope, run, folder, addresses)
    except AuditorError as error:
        print(f"alerts: {error}", file=sys.stderr)
        return 3
    failed = [one for one in sent if one.outcome != "delivered"]
    for one in failed:
        print(f"alerts: {one.to}: {WHY[one.outcome]}", file=sys.stderr)
    if sent:
        reached = len(sent) - len(failed)
        print(f"alerts: {reached} of {len(sent)} messages sent", file=sys.stderr)
    return 3 if failed else 0


def _told(
    scope: Scope, run: Run, folder: Path, addresses: Sequence[Address]
) -> tuple[Sent, ...]:
    from auditor.alerting.due import due, told, with_ends
    from auditor.alerting.kept import memory_after, write_record
    from auditor.alerting.record import Outcome, Record

    policy, now = scope.inventory.alerts, datetime.now(UTC)
    memory = memory_after(folder.parent, folder.name)
    memory = with_ends(memory, scope.manifests, run, policy)
    items = {one.name: due(memory, run, policy, one.key, now) for one in addresses}
    sent = _send(scope, run, addresses, items)
    keys = {one.name: one.key for one in addresses}
    for one in sent:
        if one.outcome is Outcome.DELIVERED:
            memory = told(memory, one.about, keys[one.to], now)
    write_record(
        folder.parent,
        Record(
            run=folder.name,
            made=now,
            due=tuple(dict.fromkeys(i.key for found in items.values() for i in found)),
            addresses=len(addresses),
            sent=sent,
            memory=memory,
        ),
    )
    return sent


def _send(
    scope: Scope,
    run: Run,
    addresses: Sequence[Address],
    items: Mapping[str, tuple[Item, ...]],
) -> tuple[Sent, ...]:
    from auditor.alerting.delivery import Parcel, deliver
    from auditor.alerting.message import message_of
    from auditor.alerting.record import Sent

    labels = _words(scope.inventory)
    parcels, to = [], []
    for address in addresses:
        if items[address.name]:
            message = message_of(items[address.name], run, labels)
            parcels.append(Parcel(address.url, message.subject, message.body))
            to.append(address.name)
    return tuple(
        Sent(to=name, about=tuple(i.key for i in items[name]), outcome=outcome)
        for name, outcome in zip(to, deliver(parcels), strict=True)
    )


def _words(inventory: Inventory) -> Labels:
    """What alerts of this inventory are said in."""
    from auditor.alerting.message import words

    engagement = inventory.engagement
    return words(inventory.alerts.language or engagement.language, engagement.timezone)


@app.callback()
def alerts() -> None:
    """Tell people what got worse."""


@app.command("test")
def send_test(inventory: InventoryPath = Path("inventory.toml")) -> None:
    """Send a marked test message to every address of `[alerts]`.

    Example: auditor alerts test -i inventory.toml

    Exit code: 0 every one took it, 1 one did not, 2 a mistake of configuration.
    """
    from auditor.alerting.delivery import Parcel, deliver
    from auditor.alerting.message import trial

    read = read_inventory(inventory)
    addresses = addresses_of(read)
    message = trial(read.engagement.client, _words(read))
    outcomes = deliver(
        [Parcel(one.url, message.subject, message.body) for one in addresses]
    )
    for address, outcome in zip(addresses, outcomes, strict=True):
        typer.echo(f"{address.name}  {WHY.get(outcome, 'sent')}")
    raise typer.Exit(int(any(outcome in WHY for outcome in outcomes)))
