"""Files, maildirs and webhooks: what was there does not count, what comes does."""

from __future__ import annotations

import http.client
import os
import socket
from pathlib import Path

import pytest

from auditor.drill.matching import Alert
from auditor.drill.sinks import SinkTroubleError
from auditor.drill.sinks.file import file_sink
from auditor.drill.sinks.webhook import MOST, listening
from auditor.model.host import WebhookSink
from tests.collect.sshd import free_port


def added(file: Path, text: str) -> None:
    with file.open("a") as opened:
        opened.write(text)


def texts(alerts: list[Alert]) -> list[str]:
    return [alert.text for alert in alerts]


def test_a_log_gives_its_new_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    added(log, "old\n")
    sink = file_sink(log)
    assert sink.arrived() == []
    added(log, "one\n\ntwo\nthr")
    assert texts(sink.arrived()) == ["one", "two"]
    added(log, "ee")
    assert sink.arrived() == []
    assert texts(sink.arrived()) == ["three"]
    assert sink.arrived() == []


def test_a_log_that_comes_later_or_is_rotated_is_read_from_its_start(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    sink = file_sink(log)
    assert sink.arrived() == []
    added(log, "a first line\n")
    assert texts(sink.arrived()) == ["a first line"]
    log.rename(tmp_path / "log.1")
    assert sink.arrived() == []
    added(log, "in a new file\n")
    assert texts(sink.arrived()) == ["in a new file"]
    os.truncate(log, 0)
    added(log, "emptied\n")
    assert texts(sink.arrived()) == ["emptied"]


def test_an_mbox_gives_its_new_mails(tmp_path: Path) -> None:
    spool = tmp_path / "rssi"
    mail = "From a@b Wed Nov 25 20:30:00 2026\nSubject: {}\n\nbanned\nfrom {}\n\n"
    added(spool, mail.format("old", "old"))
    sink = file_sink(spool)
    added(spool, mail.format("one", "lis-1") + mail.format("two", "lis-2"))
    first, second = sink.arrived() + sink.arrived()
    assert first.text == "one\nbanned\nfrom lis-1\n"
    assert second.text.startswith("two\nbanned\nfrom lis-2\n")
    added(spool, mail.format("three", "lis-3"))
    assert [*sink.arrived(), *sink.arrived()][0].text.startswith("three")


def test_a_maildir_gives_its_new_mails_once(tmp_path: Path) -> None:
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir()
    (tmp_path / "cur/1.old:2,S").write_text("Subject: old\n\n")
    sink = file_sink(tmp_path)
    (tmp_path / "tmp/2.half").write_text("Subject: not there yet\n\n")
    (tmp_path / "new/3.new").write_text("Subject: new\n\n")
    assert texts(sink.arrived()) == ["new\n"]
    (tmp_path / "new/3.new").rename(tmp_path / "cur/3.new:2,S")
    (tmp_path / "cur/1.old:2,S").rename(tmp_path / "cur/1.old:2,RS")
    (tmp_path / "new/4.link").symlink_to("/etc/hostname")
    assert sink.arrived() == []


@pytest.mark.parametrize("name", ["nowhere/log", "empty", "pipe"])
def test_what_can_not_be_watched_is_said_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SinkTroubleError, match=str(tmp_path)):
        file_sink(tmp_path / name)


def posted(port: int, body: bytes, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/any/where", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_what_is_posted_arrives_and_is_answered_with_nothing() -> None:
    port = free_port()
    with listening(WebhookSink("127.0.0.1", port)) as sink:
        assert sink.arrived() == []
        assert posted(port, b'{"text": "banned"}') == 204
        assert posted(port, b"\xff") == 204
        assert texts(sink.arrived()) == ['{"text": "banned"}', "�"]
        assert sink.arrived() == []


def test_a_body_without_end_or_length_is_refused() -> None:
    port = free_port()
    with listening(WebhookSink("127.0.0.1", port)) as sink:
        large = str(MOST + 1)
        assert posted(port, b"", **{"Content-Length": large}) == 413
        assert posted(port, b"", **{"Content-Length": "9" * 30}) == 413
        assert posted(port, b"", **{"Content-Length": "-1"}) == 411
        assert sink.arrived() == []


def test_a_client_that_hangs_up_is_not_spoken_of(
    capfd: pytest.CaptureFixture[str],
) -> None:
    port = free_port()
    with listening(WebhookSink("127.0.0.1", port)) as sink:
        for said in (
            b"\x16\x03\x01",
            b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab",
        ):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(said)
                # reset, not closed
                client.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0" + b"\0" * 4
                )
        assert posted(port, b"x") == 204
        assert "x" in texts(sink.arrived())
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_said_at_once() -> None:
    place = WebhookSink("127.0.0.1", free_port())
    taken = f"can't listen on 127.0.0.1 port {place.port}: address already in use"
    with (
        listening(place),
        pytest.raises(SinkTroubleError, match=taken),
        listening(place),
    ):
        pass
