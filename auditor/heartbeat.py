"""The heartbeat of scheduled runs: one happened, told where its silence is noticed.

It says the run's id, the exit code and the digest of the run's manifest, nothing of
what was found: so whoever receives it keeps the head of the chain elsewhere as well.
The address holds a token: no message repeats any of it, nor what a library says of it.

healthchecks.io: https://healthchecks.io/docs/signaling_failures/ (`…/fail`).
Uptime Kuma, monitors of type Push: `…/api/push/TOKEN?status=up|down&msg=…`.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec
from msgspec import Struct

from auditor import __version__
from auditor.errors import ConfigurationError, Problem
from auditor.inventory.secrets import fetch_secret
from auditor.model.host import Heartbeat, HeartbeatService, Inventory
from auditor.store.atomic import write_atomic
from auditor.store.chain import HEAD
from auditor.store.manifest import decode_manifest, digest_of

#: How long a receiver may take for all of its answer.
SECONDS = 15

#: Exit codes of runs that are audits as they should be.
_WELL = frozenset({0, 1})


class Beat(Struct, frozen=True):
    """What a heartbeat says: the last run kept, its manifest's digest, the exit code.

    None where nothing was kept yet, or the process left no code.
    """

    run: str | None
    exit_code: int | None
    head: str | None

    @property
    def well(self) -> bool:
        """Whether the audit ran as it should, whatever it found."""
        return self.exit_code in _WELL


class Receiver(Struct, frozen=True):
    """A heartbeat's destinations, with the secret address in plain."""

    to: Heartbeat
    url: str | None

    def __repr__(self) -> str:
        return "Receiver()"

    def send(self, beat: Beat, seconds: float = SECONDS) -> tuple[str, ...]:
        """Tell each destination of a run that was kept.

        What went wrong, a line each, with no address in it.
        """
        return (*self._written(beat), *self._told(beat, seconds))

    def warn(self, beat: Beat, seconds: float = SECONDS) -> tuple[str, ...]:
        """Tell whoever can be told of a failure that no run was kept.

        A file, and a `plain` receiver, notice the silence by themselves.
        """
        return () if self.to.service == "plain" else tuple(self._told(beat, seconds))

    def _written(self, beat: Beat) -> Iterator[str]:
        if self.to.file is None:
            return
        try:
            # For a monitoring that runs as somebody else; it holds no secret.
            write_atomic(self.to.file, msgspec.json.encode(beat) + b"\n", 0o644)
        except OSError as error:
            yield f"{self.to.file}: {error.strerror}"

    def _told(self, beat: Beat, seconds: float) -> Iterator[str]:
        if self.url is None:
            return
        failure = _sent(_request(self.url, self.to.service, beat), seconds)
        if failure is not None:
            yield f"url: {failure}"


def receiver_of(inventory: Inventory) -> Receiver | None:
    """Where the inventory's heartbeats go; raises ConfigurationError for its secret."""
    to = inventory.heartbeat
    if to is None:
        return None
    if to.url is None:
        return Receiver(to, None)
    url = fetch_secret(inventory, to.url, "heartbeat.url")
    if not _is_address(url):
        message = "the secret is no address such as https://…"
        place = str(inventory.path)
        raise ConfigurationError([Problem(place, message, key="heartbeat.url")])
    return Receiver(to, url)


def beat_of(store: Path, code: int | None) -> Beat:
    """The heartbeat of a store's last run; raises SnapshotError, OSError."""
    file = store / HEAD
    if not file.exists():
        return Beat(None, code, None)
    data = file.read_bytes()
    return Beat(decode_manifest(data, str(file)).run, code, digest_of(data))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0  # reading a wrong port raises
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    return plain and usable and parts.scheme in ("http", "https") and _has_host(parts)


def _has_host(parts: SplitResult) -> bool:
    return bool(parts.hostname) and parts.username is None


def _request(url: str, service: HeartbeatService, beat: Beat) -> Request:
    parts = urlsplit(url)._replace(fragment="")
    data: bytes | None = msgspec.json.encode(beat)
    match service:
        case "healthchecks" if not beat.well:
            parts = parts._replace(path=parts.path.rstrip("/") + "/fail")
        case "uptime-kuma":
            said = f"run {beat.run}, exit code {beat.exit_code}, head {beat.head}"
            status = "up" if beat.well else "down"
            query = urlencode({"status": status, "msg": said})
            parts, data = parts._replace(query=query), None
        case _:
            pass
    about = {"User-Agent": f"auditor/{__version__}"}
    if data is not None:
        about["Content-Type"] = "application/json"
    return Request(parts.geturl(), data, about)


class _Followed(HTTPRedirectHandler):
    """None is: the token would go to whoever the answer names."""

    def redirect_request(self, *_: Any) -> None:
        """Nothing to ask next; urllib then raises the answer as an HTTPError."""


def _sent(request: Request, seconds: float) -> str | None:
    """Why it was not sent; None when the receiver said 2xx.

    urllib limits each read, not their sum: a thread can be left behind.
    """
    late = f"no answer within {seconds:g} s"
    said: list[str | None] = []

    def ask() -> None:
        try:
            build_opener(_Followed).open(request, timeout=seconds).close()
            said.append(None)
        except (OSError, HTTPException, ValueError) as error:
            said.append(late if _is_late(error) else _why(error))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return said[0] if said else late


def _is_late(error: Exception) -> bool:
    return isinstance(getattr(error, "reason", error), TimeoutError)


def _why(error: Exception) -> str:
    """A failure in words of ours: those of the library may hold the address."""
    if isinstance(error, HTTPError):
        error.close()
        moved = ", and no redirect is followed" if 300 <= error.code < 400 else ""
        return f"the receiver answered {error.code}{moved}"
    match getattr(error, "reason", error):
        case ssl.SSLCertVerificationError():
            return "the receiver's certificate is not valid"
        case ssl.SSLError():
            return "the receiver speaks no TLS"
        case socket.gaierror():
            return "the receiver's name is not known"
        case OSError(strerror=str(said)):
            return said.lower()
        case _:
            return "the receiver speaks no HTTP"
