"""Send messages by apprise, in a process of its own: delivery.py starts it.

Addresses and messages come as JSON on standard input, one line a message leaves on
standard output once its outcome is known. What apprise, its plugins and the libraries
below them log is thrown away: an address is a secret, and they repeat parts of it.
"""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import msgspec
from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.common import OverflowMode, PersistentStoreMode
from apprise.plugins import NotifyBase

from auditor.alerting.delivery import Arrived, Parcel
from auditor.alerting.record import Outcome

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


def main() -> None:
    """Send what stands on standard input; who hangs is ended from outside."""
    logging.disable(logging.CRITICAL)
    parcels = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Parcel])
    with ThreadPoolExecutor(max_workers=len(parcels) or 1) as pool:
        numbers = {pool.submit(send, one): n for n, one in enumerate(parcels)}
        for done in as_completed(numbers):
            failed = done.exception() is not None
            outcome = Outcome.REFUSED if failed else done.result()
            line = msgspec.json.encode(Arrived(numbers[done], outcome)) + b"\n"
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()


def send(parcel: Parcel) -> Outcome:
    """Send one message.

    No file of the user is read or written, no redirect is followed, plain text stays
    plain text, and no message leads to a picture elsewhere.
    """
    asset = AppriseAsset(
        app_id="auditor",
        app_desc="auditor",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        storage_mode=PersistentStoreMode.MEMORY,
        pgp_autogen=False,
        pem_autogen=False,
        http_redirects=False,
        async_mode=False,
        allow_templates=False,
    )
    # One address, whatever stands in it: add() would split a text into several.
    service = Apprise.instantiate(parcel.url, asset=asset)
    if service is None:
        return Outcome.UNUSABLE
    if in_clear(service, parcel.url):
        return Outcome.CLEAR
    # An address with ?optional=yes would be called delivered whatever came of it.
    service.optional = False
    if service.overflow_mode is OverflowMode.UPSTREAM:
        # What is too long for a service would be refused, by the next run as well.
        service.overflow_mode = OverflowMode.SPLIT
    one = Apprise(asset=asset)
    one.add(service)
    sent = one.notify(
        body=parcel.body,
        title=parcel.subject,
        notify_type=NotifyType.WARNING,
        body_format=NotifyFormat.TEXT,
    )
    return Outcome.DELIVERED if sent else Outcome.REFUSED


def in_clear(service: NotifyBase, url: str) -> bool:
    """Whether a message would leave this machine without TLS though there is a way.

    So with `mailto://`, `json://`, `ntfy://` …, which have a twin with an s. A relay
    without TLS is asked for by name: `mailtos://…?mode=insecure`.
    """
    scheme = url.partition("://")[0].strip().casefold()
    secure = _schemes(service, "secure_protocol")
    if not secure or scheme in secure:
        return False
    if getattr(service, "secure_mode", None) in ("starttls", "ssl"):
        return False
    host = getattr(service, "smtp_host", None) or service.host or ""
    clear = scheme in _schemes(service, "protocol")
    return clear and host.casefold() not in LOOPBACK


def _schemes(service: NotifyBase, kind: str) -> tuple[str, ...]:
    """One scheme, several, or None: a plugin has what it likes."""
    found: Any = getattr(service, kind)
    return (found,) if isinstance(found, str) else tuple(found or ())


if __name__ == "__main__":
    main()
