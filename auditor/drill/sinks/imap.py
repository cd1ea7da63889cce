"""Alerts in a mailbox, read over IMAP (RFC 9051); nothing there is marked or moved."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from auditor.drill.mail import MOST, alert_of
from auditor.drill.matching import Alert
from auditor.drill.sinks import SinkTroubleError
from auditor.model.host import ImapSink

T = TypeVar("T")

#: Seconds for each answer of the server.
PATIENCE = 20.0
#: Mails fetched at one look; the rest comes with the next.
_AT_ONCE = 100
_FAILURES = (imaplib.IMAP4.error, OSError, EOFError, UnicodeError)


class Mailbox:
    """The mails that come after the first look; a lost connection is made again."""

    period = 3.0

    def __init__(self, place: ImapSink, password: str) -> None:
        """Log in and see which number the next mail will have.

        Raises SinkTroubleError.
        """
        self._place = place
        self._password = password
        self._imap: imaplib.IMAP4 | None = None
        self._next = 0
        self._validity = b""
        imap = self._connected()
        if not self._next:
            self._next = self._step("it can't be read", lambda: _highest(imap)) + 1

    def arrived(self) -> list[Alert]:
        """The mails with that number or a later one."""
        try:
            imap = self._imap or self._connected()
            _good(imap.noop())
            found = _numbers(imap.uid("SEARCH", f"UID {self._next}:*"))
            # "n:*" names the last mail even where its number is below n.
            fresh = [number for number in found if number >= self._next][:_AT_ONCE]
            return [self._taken(imap, number) for number in fresh]
        except _FAILURES as error:
            self.close()
            raise SinkTroubleError(f"{self._where}: {_reason(error)}") from error

    def _taken(self, imap: imaplib.IMAP4, number: int) -> Alert:
        data = _good(imap.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{MOST}>)"))
        self._next = number + 1
        bodies = [part[1] for part in data if isinstance(part, tuple)]
        return alert_of(bodies[0] if bodies else b"")

    def close(self) -> None:
        """Leave; the connection may be broken."""
        imap, self._imap = self._imap, None
        if imap is not None:
            with suppress(*_FAILURES):
                imap.logout()

    @property
    def _where(self) -> str:
        return f"{self._place.user} at {self._place.host} port {self._place.port}"

    def _connected(self) -> imaplib.IMAP4:
        imap = self._step("no connection", self._dial)
        self._imap = imap
        self._step("the login was refused", lambda: self._log_in(imap))
        folder = self._place.folder
        self._step(
            f"the folder '{folder}' can't be opened",
            lambda: _good(imap.select(f'"{_mailbox_name(folder)}"', readonly=True)),
        )
        self._look_at_numbers(imap)
        return imap

    def _step(self, what: str, step: Callable[[], T]) -> T:
        try:
            return step()
        except _FAILURES as error:
            self.close()
            detail = f" ({_reason(error)})" if isinstance(error, OSError) else ""
            raise SinkTroubleError(f"{self._where}: {what}{detail}") from error

    def _dial(self) -> imaplib.IMAP4:
        place = self._place
        if not place.tls:
            return imaplib.IMAP4(place.host, place.port, PATIENCE)
        context = self._step(
            f"the authorities of {place.ca} can't be read",
            lambda: ssl.create_default_context(cafile=place.ca),
        )
        return imaplib.IMAP4_SSL(
            place.host, place.port, ssl_context=context, timeout=PATIENCE
        )

    def _log_in(self, imap: imaplib.IMAP4) -> None:
        if "AUTH=PLAIN" not in imap.capabilities:
            imap.login(self._place.user, self._password)
            return
        # LOGIN takes ASCII only (RFC 9051 6.2.3), PLAIN takes UTF-8 (RFC 4616).
        secret = f"\0{self._place.user}\0{self._password}".encode()
        imap.authenticate("PLAIN", lambda _: secret)

    def _look_at_numbers(self, imap: imaplib.IMAP4) -> None:
        """Numbers of mails mean something as long as UIDVALIDITY stays the same."""
        validity, following = _told(imap, "UIDVALIDITY"), _told(imap, "UIDNEXT")
        if self._validity and validity != self._validity:
            # The folder was made anew: all that is in it now may have come since.
            self._next = 1
        elif not self._validity and following.isdigit():
            self._next = int(following)
        self._validity = validity


@contextmanager
def mailbox(place: ImapSink, password: str) -> Iterator[Mailbox]:
    """Watch a mailbox until the block ends; raises SinkTroubleError."""
    sink = Mailbox(place, password)
    try:
        yield sink
    finally:
        sink.close()


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    """The data of an answer that is OK."""
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data


def _numbers(answer: tuple[str, list[Any]]) -> list[int]:
    words = b" ".join(part for part in _good(answer) if isinstance(part, bytes))
    return sorted(int(word) for word in words.split() if word.isdigit())


def _highest(imap: imaplib.IMAP4) -> int:
    """For a server that does not tell the next number: that of the last mail."""
    return max(_numbers(imap.uid("SEARCH", "ALL")), default=0)


def _told(imap: imaplib.IMAP4, name: str) -> bytes:
    """A number that the server told when the folder was opened, or nothing."""
    last = imap.response(name)[1][-1]
    return last if isinstance(last, bytes) else b""


def _reason(error: Exception) -> str:
    """What went wrong, in words of ours or of the system: never the server's."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "TLS failed"
    if isinstance(error, TimeoutError):
        return f"no answer in {PATIENCE:g} s"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the connection broke or the answer is none of IMAP"


def _mailbox_name(name: str) -> str:
    """A folder's name in IMAP's own UTF-7, quoted (RFC 3501 5.1.3): in no library."""

    def encoded(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        packed = base64.b64encode(found[0].encode("utf-16-be")).decode()
        return f"&{packed.rstrip('=').replace('/', ',')}-"

    plain = re.sub(r"&|[^\x20-\x7e]+", encoded, name)
    return plain.replace("\\", "\\\\").replace('"', '\\"')
