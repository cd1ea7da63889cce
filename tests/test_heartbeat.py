"""The heartbeat against real receivers on loopback: what it says, and never says."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from auditor.heartbeat import Beat, Receiver, beat_of, receiver_of
from auditor.model.host import Heartbeat, HeartbeatService, Store
from auditor.store.manifest import MANIFEST, digest_of
from tests.inventory.writing import inventory_of, problems_of, wrong
from tests.receiving import receiving
from tests.store.runs import stored

WELL = Beat("2026-11-25T020000Z-1a2b3c", 0, "ab" * 32)
PART = Beat("2026-11-25T020000Z-1a2b3c", 3, "ab" * 32)
NONE = Beat("2026-11-18T020000Z-4d5e6f", 2, "cd" * 32)


HOST = '[hosts.here]\ntransport = "local"\n'


def to(url: str, service: HeartbeatService = "plain") -> Receiver:
    return Receiver(Heartbeat(service=service), url)


def test_it_posts_run_code_and_head_and_nothing_else() -> None:
    with receiving() as asked:
        assert () == to(asked.url).send(WELL)
    ((method, path, body),) = asked.requests
    assert ("POST", "/TOKEN") == (method, path)
    assert {"run": WELL.run, "exit_code": 0, "head": WELL.head} == json.loads(body)


def test_healthchecks_is_told_of_a_failure_by_its_path() -> None:
    with receiving() as asked:
        for beat in (WELL, PART):
            to(asked.url + "/", "healthchecks").send(beat)
        to(asked.url + "/", "healthchecks").warn(NONE)
    paths = [path for _, path, _ in asked.requests]
    assert ["/TOKEN/", "/TOKEN/fail", "/TOKEN/fail"] == paths


def test_uptime_kuma_is_told_by_its_query_alone() -> None:
    with receiving() as asked:
        receiver = to(asked.url + "?status=up&msg=OK&ping=", "uptime-kuma")
        receiver.send(WELL)
        receiver.warn(NONE)
    up, down = asked.requests
    assert ("GET", b"") == (up[0], up[2])
    assert up[1].startswith(
        "/TOKEN?status=up&msg=run+2026-11-25T020000Z-1a2b3c%2C+exit"
    )
    assert down[1].startswith("/TOKEN?status=down&msg=run+")


def test_a_plain_receiver_hears_nothing_when_no_run_was_kept() -> None:
    with receiving() as asked:
        assert () == to(asked.url).warn(NONE)
        to(asked.url).send(PART)
    assert [3] == [json.loads(body)["exit_code"] for _, _, body in asked.requests]


@pytest.mark.parametrize("code", [404, 500])
def test_a_receiver_that_refuses_is_told_by_its_code(code: int) -> None:
    with receiving(code) as asked:
        assert (f"url: the receiver answered {code}",) == to(asked.url).send(WELL)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_carries_the_token_anywhere(code: int) -> None:
    with receiving() as other, receiving(code, to=other.url) as asked:
        (failure,) = to(asked.url).send(WELL)
    assert f"url: the receiver answered {code}, and no redirect is followed" == failure
    assert [] == other.requests


def test_a_receiver_that_hangs_is_left() -> None:
    with receiving(hang=5) as asked:
        assert ("url: no answer within 0.2 s",) == to(asked.url).send(WELL, 0.2)


def test_a_receiver_that_never_ends_its_line_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/TOKEN"
        assert ("url: no answer within 0.2 s",) == to(url).send(WELL, 0.2)


def test_a_receiver_that_is_not_there_is_refused_without_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    failures = to(f"http://127.0.0.1:{port}/TOKEN").send(WELL)
    assert ("url: connection refused",) == failures


def test_a_certificate_of_nobody_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    made = [
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        key,
        "-out",
        certificate,
    ]
    subprocess.run([*command.split(), *map(str, made)], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with receiving(tls=tls) as asked:
        failures = to(asked.url).send(WELL)
    assert ("url: the receiver's certificate is not valid",) == failures
    assert [] == asked.requests


def test_a_receiver_of_another_tongue_is_named_so() -> None:
    with receiving() as asked:
        failures = to(asked.url.replace("http:", "https:")).send(WELL)
    assert ("url: the receiver speaks no TLS",) == failures


def test_a_file_is_written_whole_and_readable_for_a_monitoring(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat.json"
    receiver = Receiver(Heartbeat(file=file), None)
    assert () == receiver.send(WELL)
    assert () == receiver.warn(NONE)
    assert WELL.run == json.loads(file.read_bytes())["run"]
    assert (0o644, [file]) == (file.stat().st_mode & 0o777, list(tmp_path.iterdir()))


def test_a_file_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    receiver = Receiver(Heartbeat(file=tmp_path / "absent" / "beat"), None)
    (failure,) = receiver.send(WELL)
    assert failure == f"{tmp_path}/absent/beat: No such file or directory"


def test_it_says_the_head_that_verify_can_be_given(tmp_path: Path) -> None:
    assert Beat(None, 0, None) == beat_of(tmp_path, 0)
    stored(Store(tmp_path), 1)
    last = stored(Store(tmp_path), 2)
    head = digest_of((last / MANIFEST).read_bytes())
    assert Beat(last.name, 1, head) == beat_of(tmp_path, 1)


@pytest.mark.parametrize(
    "address",
    ["TOKEN", "ftp://a/TOKEN", "http:///TOKEN", "https://a b/TOKEN", "http://["],
)
def test_what_is_no_address_is_refused_unseen(tmp_path: Path, address: str) -> None:
    secret = tmp_path / "beat"
    secret.write_text(address)
    secret.chmod(0o600)
    inventory = inventory_of(
        tmp_path, f'{HOST}[heartbeat]\nurl = {{ file = "beat" }}\n'
    )
    assert [
        "inventory.toml: heartbeat.url: the secret is no address such as https://…"
    ] == problems_of(tmp_path, lambda: receiver_of(inventory))


def test_the_address_never_shows_in_a_receiver() -> None:
    assert "TOKEN" not in repr(to("https://example.org/TOKEN"))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "heartbeat: where does it go? 'url', 'file' or both are missing"),
        (
            'file = "x"\nservice = "healthchecks"',
            "heartbeat.service: it says how 'url' is told, which is missing",
        ),
        (
            "url = { prompt = true }",
            "heartbeat.url: nobody is there to be asked: env, file or command",
        ),
    ],
)
def test_a_heartbeat_that_goes_nowhere_is_a_mistake(
    tmp_path: Path, table: str, said: str
) -> None:
    (problem,) = wrong(tmp_path, f"{HOST}[heartbeat]\n{table}\n")
    assert problem.partition(": ")[2] == said


def test_an_address_in_plain_is_refused_unseen(tmp_path: Path) -> None:
    (problem,) = wrong(
        tmp_path, f'{HOST}[heartbeat]\nurl = "https://example.org/TOKEN"\n'
    )
    assert "a secret never stands in this file" in problem
    assert "TOKEN" not in problem
