"""What is no mistake in a waiver or an attestation, but that somebody should know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from msgspec import Struct

from auditor.inventory.documents import meant
from auditor.model.manifests import (
    Attestation,
    EntryState,
    Waiver,
    matches,
    state_between,
)

#: A pattern of subjects that names all of them, or all of one kind.
_ANY = re.compile(r"(?:([^:*?\[\]]+):)?[*?]*\*[*?]*")


class Doubt(Struct, frozen=True):
    """A key of an entry, empty for all of it, and what to think about."""

    key: str
    message: str


def waiver_doubts(
    waiver: Waiver,
    hosts: Collection[str],
    checks: Collection[str],
    day: date,
    most_hosts: int,
) -> Iterator[Doubt]:
    """Of a waiver: an unknown check or host, too wide a net, a day that has passed."""
    yield from unknown_to(waiver, hosts, checks)
    yield from width_of(waiver, hosts, most_hosts)
    yield from ended(waiver.accepted_on, waiver.until, day, "until")


def unknown_to(
    waiver: Waiver, hosts: Collection[str], checks: Collection[str]
) -> Iterator[Doubt]:
    """The check and the patterns of a waiver that name nothing there is."""
    if waiver.check not in checks:
        near = meant(waiver.check, list(checks))
        yield Doubt("check", f"no check has the id '{waiver.check}'{near}")
    yield from unknown_hosts("hosts", waiver.hosts, hosts)


def width_of(
    waiver: Waiver, hosts: Collection[str], most_hosts: int
) -> Iterator[Doubt]:
    """Whether a waiver accepts more than somebody may have looked at."""
    covered = sum(waiver.covers(host) for host in hosts)
    if covered > most_hosts:
        yield Doubt("hosts", f"it covers {covered} hosts, more than {most_hosts}")
    for pattern in waiver.subjects:
        if found := _ANY.fullmatch(pattern):
            of_kind = f" of the kind '{found[1]}'" if found[1] else ""
            message = f"'{pattern}' accepts every subject{of_kind}, new ones too"
            yield Doubt("subjects", message)


def attestation_doubts(
    entry: Attestation, hosts: Collection[str], day: date
) -> Iterator[Doubt]:
    """Of an attestation: an unknown host, its document, a day that has passed."""
    yield from unknown_hosts("scope", entry.scope, hosts)
    if entry.document_fault is not None:
        fault = entry.document_fault.partition(": ")[2]
        yield Doubt("document", f"{fault}; the attestation does not count")
    elif entry.document and not entry.sha256:
        message = "without its sha256 nobody sees a later change of the document"
        yield Doubt("document", message)
    yield from ended(entry.signed_on, entry.valid_until, day, "valid_until")


def unknown_hosts(
    key: str, patterns: tuple[str, ...], hosts: Collection[str]
) -> Iterator[Doubt]:
    """The patterns that name no host of the inventory."""
    for pattern in patterns:
        if not any(matches((pattern,), name) for name in hosts):
            near = meant(pattern, list(hosts))
            message = f"no host of the inventory is called '{pattern}'{near}"
            yield Doubt(key, message)


def ended(first: date, last: date, day: date, key: str) -> Iterator[Doubt]:
    """Whether an entry counts no more, or does not yet."""
    state = state_between(first, last, day)
    if state is EntryState.EXPIRED:
        yield Doubt(key, f"expired on {last}: it no longer counts")
    elif state is EntryState.NOT_YET:
        yield Doubt("", f"it does not count before {first}")
