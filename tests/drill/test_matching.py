"""By what an alert is known to be that of a drill."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from msgspec.structs import replace

from auditor.drill.mail import alert_of
from auditor.drill.matching import Alert, Wanted, names_of
from auditor.model.host import Match

AT = datetime(2026, 11, 25, 20, 30, tzinfo=UTC)
WANTED = Wanted(
    marker="drill-1a2b3c4d",
    names=names_of("lis-35.labo.example", "10.20.35.35"),
    sources=("10.20.0.1", "2001:db8::7"),
    at=AT,
)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Invalid user drill-1a2b3c4d from somewhere", "marker"),
        ("DRILL-1A2B3C4D", "marker"),
        ("sshd: banned 10.20.0.1 from lis-35", "host"),
        ("10.20.0.1 -> 10.20.35.35:22", "host"),
        ("lis-35.labo.example: 10.20.0.1.", "host"),
        ("attaque de 2001:DB8::7 sur LIS-35.", "host"),
        ("Invalid user drill-1a2b3c4 from 10.20.0.1", None),
        ("banned 10.20.0.12 from lis-35", None),
        ("banned 110.20.0.1 from lis-35", None),
        ("banned 10.20.0.1 from lis-351", None),
        ("banned 10.20.0.1 from a-lis-35", None),
        ("banned 10.20.0.1", None),
        ("all is well on lis-35", None),
        ("", None),
    ],
)
def test_by_the_account_or_by_host_and_address(text: str, known: str | None) -> None:
    assert WANTED.known_by(Alert(text)) == known


@pytest.mark.parametrize(
    ("match", "marked", "named"),
    [("either", "marker", "host"), ("marker", "marker", None), ("host", None, "host")],
)
def test_the_inventory_says_what_counts(
    match: Match, marked: str | None, named: str | None
) -> None:
    wanted = replace(WANTED, match=match)
    assert wanted.known_by(Alert("drill-1a2b3c4d")) == marked
    assert wanted.known_by(Alert("10.20.0.1 lis-35")) == named


def test_a_late_mail_of_an_earlier_attack_does_not_count() -> None:
    text = "banned 10.20.0.1 from lis-35"
    assert WANTED.known_by(Alert(text, AT - timedelta(minutes=3))) is None
    assert WANTED.known_by(Alert(text, AT - timedelta(minutes=1))) == "host"


def mail(subject: str, body: str, encoding: str) -> bytes:
    made = EmailMessage()
    made["Subject"] = subject
    made["Date"] = format_datetime(AT)
    made.set_content(body, cte=encoding)
    return made.as_bytes()


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_mail_is_read_however_it_is_wrapped(encoding: str) -> None:
    body = f"Tentative échouée : {'x' * 60} drill-1a2b3c4d"
    alert = alert_of(mail("Alerte sécurité", body, encoding))
    assert WANTED.known_by(alert) == "marker"
    assert alert.sent == AT


def test_a_marker_in_an_encoded_subject_is_read() -> None:
    packed = base64.b64encode("Échec : drill-1a2b3c4d".encode()).decode()
    raw = f"Subject: =?utf-8?b?{packed}?=\n\n".encode()
    assert WANTED.known_by(alert_of(raw)) == "marker"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 100,
        b"Subject: =?utf-8?b?a?=\n\n",
        b"Subject: =?x-none?q?a?=\n\n",
        b"Date: yesterday\n\n",
        b"Date: Wed, 99 Nov 2026 99:99:99 +9999\n\n",
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\n--a--",
        b"Content-Type: text/plain; charset=none\n\n" + b"\xff" * 10,
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!",
        b"Content-Type: multipart/x; boundary=a\n\n"
        + b"--a\nContent-Type: message/rfc822\n\n" * 500,
        b"Content-Type: message/rfc822\n\n" * 5000,
        b"Date: Fri, 1 Jan 0001 00:00:00 +1400\n\n10.20.0.1 lis-35",
        base64.b64encode(bytes(range(256))),
    ],
)
def test_no_mail_is_too_broken(raw: bytes) -> None:
    assert WANTED.known_by(alert_of(raw)) is None
