"""Messages handed to a process of its own, which is ended when it takes too long.

A receiver that trickles its answer would keep a thread of apprise, and with it a
scheduled audit, for ever: no timeout of a library bounds the whole. The secret
addresses go through a pipe, never into an argument or a variable.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from auditor.alerting.record import Outcome

#: For all messages together: they go at the same time.
SECONDS = 60

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_KEPT = (
    *("PATH", "LANG", "LC_ALL", "TZ"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *_PROXIES,
    *(name.upper() for name in _PROXIES),
)


class Parcel(msgspec.Struct, frozen=True):
    """One message to one address; `url` is a secret and never shown."""

    url: str
    subject: str
    body: str

    def __repr__(self) -> str:
        return "Parcel()"


class Arrived(msgspec.Struct, frozen=True):
    """What became of the parcel with this number, counted from 0."""

    number: int
    outcome: Outcome


def deliver(parcels: Sequence[Parcel], seconds: float = SECONDS) -> tuple[Outcome, ...]:
    """Send every parcel; what became of each, in their order."""
    if not parcels:
        return ()
    # -P: nothing of the folder that the audit was started in is imported.
    argv = [sys.executable, "-P", "-m", "auditor.alerting.sending"]
    try:
        printed = subprocess.run(
            argv,
            input=msgspec.json.encode(parcels),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=seconds,
            check=False,
        ).stdout
        otherwise = Outcome.REFUSED
    except subprocess.TimeoutExpired as late:
        printed, otherwise = late.stdout or b"", Outcome.LATE
    except OSError:
        printed, otherwise = b"", Outcome.REFUSED
    # One that was cut by the end is none.
    lines = printed[: printed.rfind(b"\n") + 1].splitlines()
    found = dict(_arrived(line) for line in lines)
    return tuple(found.get(number, otherwise) for number in range(len(parcels)))


def _environment() -> dict[str, str]:
    """What sending takes of ours; other variables may be secrets of the inventory."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # Or requests would send what ~/.netrc has for the receiver's name.
    return {**kept, "NETRC": os.devnull}


def _arrived(line: bytes) -> tuple[int, Outcome]:
    found = msgspec.json.decode(line, type=Arrived)
    return found.number, found.outcome
