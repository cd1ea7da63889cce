"""A mailbox as a sink: new mails are read, nothing is marked, nobody is believed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.drill.sinks import SinkTroubleError
from auditor.drill.sinks.imap import Mailbox, mailbox
from auditor.model.host import ImapSink, Secret
from tests.drill.imap_server import Mailroom, imap_server

OLD = b"Subject: old\r\n\r\n"
NEW = b"Subject: new\r\n\r\nbanned\r\n"


def sink_of(room: Mailroom) -> ImapSink:
    password = Secret("env", ("PASSWORD",))
    return ImapSink("127.0.0.1", room.port, "rssi", password, "INBOX", False, None)


def subjects(sink: Mailbox) -> list[str]:
    return [alert.text.splitlines()[0] for alert in sink.arrived()]


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("next_told", [True, False])
def test_only_new_mails_are_read_each_once(plain: bool, next_told: bool) -> None:
    room = Mailroom(plain=plain, next_told=next_told, mails=[(3, OLD), (9, OLD)])
    with imap_server(room), mailbox(sink_of(room), "right") as sink:
        assert subjects(sink) == []
        room.add(NEW)
        assert subjects(sink) == ["new"]
        assert subjects(sink) == []
    asked = {command.split(b" ")[0] for command in room.commands}
    assert asked.isdisjoint({b"SELECT", b"STORE", b"COPY", b"EXPUNGE"})
    assert b"LOGOUT" in asked


def test_a_folder_with_accents_is_found() -> None:
    room = Mailroom()
    with imap_server(room):
        place = replace(sink_of(room), folder="Alertes sécurité")
        with mailbox(place, "right") as sink:
            room.add(NEW)
            assert subjects(sink) == ["new"]


def test_a_password_of_any_letters_opens() -> None:
    room = Mailroom(password='mot de passe à “guillemets” "droits"')
    with imap_server(room), mailbox(sink_of(room), room.password) as sink:
        assert subjects(sink) == []


def test_a_connection_that_breaks_is_made_again_and_loses_no_mail() -> None:
    room = Mailroom(mails=[(1, OLD)])
    with imap_server(room), mailbox(sink_of(room), "right") as sink:
        room.breaks_at = b"NOOP"
        with pytest.raises(SinkTroubleError, match="the connection broke"):
            sink.arrived()
        room.add(NEW)
        assert subjects(sink) == ["new"]


def test_a_mailbox_that_was_made_anew_is_read_from_its_start() -> None:
    room = Mailroom(mails=[(500, OLD)])
    with imap_server(room), mailbox(sink_of(room), "right") as sink:
        room.breaks_at = b"NOOP"
        room.mails, room.validity = [(1, NEW)], 8
        with pytest.raises(SinkTroubleError):
            sink.arrived()
        assert subjects(sink) == ["new"]


@pytest.mark.parametrize(
    ("room", "folder", "said"),
    [
        (Mailroom(password="other"), "INBOX", "the login was refused"),
        (Mailroom(password="other", plain=False), "INBOX", "the login was refused"),
        (Mailroom(), "none", "the folder 'none' can't be opened"),
        (Mailroom(breaks_at=b"EXAMINE"), "INBOX", "the folder 'INBOX' can't be opened"),
    ],
)
def test_what_can_not_be_opened_is_said_in_our_words(
    room: Mailroom, folder: str, said: str
) -> None:
    with imap_server(room), pytest.raises(SinkTroubleError) as caught:
        Mailbox(replace(sink_of(room), folder=folder), "right")
    assert str(caught.value) == f"rssi at 127.0.0.1 port {room.port}: {said}"


def test_nobody_there_is_said() -> None:
    with imap_server(Mailroom()) as room:
        pass
    with pytest.raises(SinkTroubleError, match=r"no connection \(connection refused\)"):
        Mailbox(sink_of(room), "right")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    command += " -days 2 -subj /CN=imap -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [*command.split(), "-keyout", key, "-out", made],
        check=True,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return made, key


def test_over_tls_the_clients_own_authority_counts(
    certificate: tuple[Path, Path],
) -> None:
    with imap_server(Mailroom(), *certificate) as room:
        place = replace(sink_of(room), tls=True, ca=certificate[0])
        with mailbox(place, "right") as sink:
            room.add(NEW)
            assert subjects(sink) == ["new"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "its certificate is not trusted: self-signed certificate"),
        (
            {"host": "localhost", "own": True},
            "its certificate is not trusted: Hostname",
        ),
    ],
)
def test_no_password_leaves_for_a_certificate_that_proves_nothing(
    certificate: tuple[Path, Path], changes: dict[str, object], said: str
) -> None:
    ca = certificate[0] if changes.pop("own", False) else None
    with imap_server(Mailroom(), *certificate) as room:
        place = replace(sink_of(room), tls=True, ca=ca, **changes)
        with pytest.raises(SinkTroubleError, match=said):
            Mailbox(place, "right")
        assert room.commands == []


def test_an_authority_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    room = Mailroom()
    place = replace(sink_of(room), tls=True, ca=tmp_path / "none.pem")
    said = "the authorities of .*none.pem can't be read .no such file or directory."
    with pytest.raises(SinkTroubleError, match=said):
        Mailbox(place, "right")
