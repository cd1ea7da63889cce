"""Messages to a real SMTP server and a real HTTP sink, by a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from apprise import Apprise

from auditor.alerting.delivery import Parcel, deliver
from auditor.alerting.record import Outcome
from auditor.alerting.sending import in_clear
from tests.alerting.mailbox import PASSWORD, USER, certificate, mailbox
from tests.receiving import receiving

SUBJECT = "Audit Laboratoires Exemple\u00a0: 1 contrôle non conforme"
BODY = "lis-35\u00a0: 1 nouveau <b>*_[a](b)_*</b>\n"


def parcel(url: str) -> Parcel:
    return Parcel(url, SUBJECT, BODY)


def test_a_mail_is_plain_text_and_nothing_else() -> None:
    with mailbox() as box:
        assert (Outcome.DELIVERED,) == deliver([parcel(box.url())])

    (mail,) = box.mails
    assert "text/plain" == mail.get_content_type()
    assert [SUBJECT.replace("\u00a0", " ")] == box.subjects
    assert BODY.strip() == mail.get_content().strip()
    assert [(USER.encode(), PASSWORD.encode())] == box.logins


def test_the_address_shows_in_no_argument_or_variable_of_a_process() -> None:
    with mailbox() as box:
        deliver([parcel(box.url())])

    assert any(b"auditor.alerting.sending" in shown for shown in box.seen)
    assert [] == [shown for shown in box.seen if PASSWORD.encode() in shown]


def test_mail_goes_by_starttls_to_whom_the_certificate_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, tls = certificate(tmp_path)
    with mailbox(tls=tls) as box:
        assert (Outcome.REFUSED,) == deliver([parcel(box.url("mailtos"))])
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert (Outcome.DELIVERED,) == deliver([parcel(box.url("mailtos"))])

    assert 1 == len(box.mails)


def test_a_webhook_gets_the_message() -> None:
    with receiving() as asked:
        url = asked.url.replace("http://", "json://")
        assert (Outcome.DELIVERED,) == deliver([parcel(url)])

    ((method, path, body),) = asked.requests
    sent = json.loads(body)
    assert ("POST", "/TOKEN") == (method, path.rstrip("/"))
    assert (SUBJECT, BODY.strip()) == (sent["title"], sent["message"].strip())


def test_one_address_that_fails_hides_no_other() -> None:
    with receiving(code=500) as broken, mailbox() as box:
        webhook = broken.url.replace("http://", "json://")
        outcomes = deliver([parcel(webhook), parcel(box.url()), parcel("nothing")])

    assert (Outcome.REFUSED, Outcome.DELIVERED, Outcome.UNUSABLE) == outcomes


def test_an_optional_address_that_fails_is_not_called_delivered() -> None:
    with receiving(code=500) as broken:
        webhook = broken.url.replace("http://", "json://") + "?optional=yes"
        assert (Outcome.REFUSED,) == deliver([parcel(webhook)])


def test_a_redirect_is_not_followed() -> None:
    with receiving() as elsewhere, receiving(code=302, to=elsewhere.url) as asked:
        deliver([parcel(asked.url.replace("http://", "json://"))])

    assert [] == elsewhere.requests


def test_who_hangs_is_given_up_and_hides_no_other() -> None:
    with receiving(hang=90) as hanging, mailbox() as box:
        webhook = hanging.url.replace("http://", "json://") + "?rto=90"
        outcomes = deliver([parcel(webhook), parcel(box.url())], seconds=15)

    assert (Outcome.LATE, Outcome.DELIVERED) == outcomes


def test_what_the_user_has_for_other_programs_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter2\n")
    netrc.chmod(0o600)
    (tmp_path / ".apprise").write_text("json://127.0.0.1:1/\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with receiving() as asked:
        deliver([parcel(asked.url.replace("http://", "json://"))])

    assert [1] == [len(asked.requests)]
    assert [None] == [headers.get("Authorization") for headers in asked.headers]


def test_nothing_is_left_in_the_home_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    with mailbox() as box:
        deliver([parcel(box.url())])

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mailto://u:p@mail.example", True),
        ("mailtos://u:p@mail.example", False),
        ("mailtos://u:p@mail.example?mode=insecure", False),
        ("mailto://u:p@mail.example?mode=starttls", False),
        ("mailto://127.0.0.1?from=a@b.example&to=c@d.example", False),
        ("json://hook.example", True),
        ("jsons://hook.example", False),
        ("JSON://hook.example", True),
        ("ntfy://ntfy.example/topic", True),
        ("syslog://", False),
    ],
)
def test_nothing_crosses_a_network_in_clear_unless_asked_for(
    url: str, expected: bool
) -> None:
    service = Apprise.instantiate(url)
    assert service is not None
    assert expected is in_clear(service, url)


def test_an_address_in_clear_is_not_used() -> None:
    assert (Outcome.CLEAR,) == deliver([parcel("json://hook.example")])


def test_nothing_to_send_starts_nothing() -> None:
    assert () == deliver([])


def test_an_address_is_not_shown() -> None:
    assert PASSWORD not in repr(parcel(f"mailtos://u:{PASSWORD}@h.example"))
