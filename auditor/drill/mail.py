"""The text of a mail, whatever it is wrapped in (RFC 5322, RFC 2045)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from auditor.drill.matching import Alert

#: Of a larger mail only the beginning is looked at.
MOST = 256 << 10


def alert_of(raw: bytes) -> Alert:
    """What a mail says, decoded: a base64 body or an encoded subject hides a marker.

    The older interface of `email`: its newer one raises on some broken headers.
    """
    try:
        mail = message_from_bytes(raw[:MOST])
        return Alert("\n".join(_texts(mail)), _sent(mail))
    except RecursionError:  # mails in mails in mails: as it came
        return Alert(raw[:MOST].decode("utf-8", "replace"))


def _texts(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        for name in ("Subject", "From"):
            if name in part:
                yield _header(str(part[name]))
        if part.get_content_maintype() == "text":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                yield body.decode("utf-8", "replace")


def _header(value: str) -> str:
    try:
        pieces = decode_header(value)
    except (ValueError, MessageError):  # base64 that is none
        return value
    return "".join(
        piece.decode("utf-8", "replace") if isinstance(piece, bytes) else piece
        for piece, _ in pieces
    )


def _sent(mail: Message) -> datetime | None:
    try:
        sent = parsedate_to_datetime(str(mail["Date"]))
    except ValueError:
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)
