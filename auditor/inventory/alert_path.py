"""`[drill]`: where the client's alerts arrive."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from auditor.errors import Problem
from auditor.inventory.drafts import Draft, Written
from auditor.inventory.entries import DrillEntry, ImapEntry
from auditor.inventory.resolving import whole_secret
from auditor.model.host import AlertPath, FileSink, ImapSink, WebhookSink

_SINKS = ("imap", "file", "webhook")
_IMAPS, _IMAP = 993, 143


def problems_of_alert_path(draft: Draft) -> Iterator[Problem]:
    """More or less than one sink, and a password that would travel in clear."""
    found = draft.single.get("drill")
    if found is None or found.entry is None:
        return
    given = [name for name in _SINKS if getattr(found.entry, name) is not None]
    if len(given) != 1 and not found.wrong:
        due = "one of the tables [drill.imap], [drill.file] and [drill.webhook] is due"
        yield found.problem(f"{due}, not {len(given)}")
    imap: ImapEntry | None = found.entry.imap
    if imap is not None and not imap.tls and not _loopback(imap.host):
        message = "only on this machine itself: the password would travel in clear"
        yield found.problem(message, "imap", "tls")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def resolve_alert_path(draft: Draft) -> AlertPath | None:
    """The alert path of an inventory without mistakes; None where it names none."""
    found = draft.single.get("drill")
    if found is None:
        return None
    entry: DrillEntry = found.entry
    return AlertPath(
        _sink(found, entry), entry.match, entry.timeout, seen_as=entry.seen_as
    )


def _sink(found: Written, entry: DrillEntry) -> ImapSink | FileSink | WebhookSink:
    if entry.file is not None:
        return FileSink(found.path(entry.file.path))
    if entry.webhook is not None:
        return WebhookSink(entry.webhook.listen, entry.webhook.port)
    imap = entry.imap
    assert imap is not None, "exactly one sink is given"
    return ImapSink(
        host=imap.host,
        port=imap.port or (_IMAPS if imap.tls else _IMAP),
        user=imap.user,
        password=whole_secret(imap.password, found, "imap", "password"),
        folder=imap.folder,
        tls=imap.tls,
        ca=found.path(imap.ca) if imap.ca else None,
    )
