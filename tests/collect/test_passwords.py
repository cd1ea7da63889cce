"""Passwords and questions: sent once, to a known host, never beside the plan.

An unprivileged sshd can't check a password (that takes shadow and PAM), so the servers
here are paramiko's; the lab has real ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model.host import Pins
from tests.collect.servers import Doors, fake_server
from tests.collect.sshd import keygen
from tests.collect.visits import given, outcome, visit


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return keygen(tmp_path / "key", "-t", "ed25519")


def test_a_password_opens_the_host() -> None:
    with fake_server() as server:
        snapshot = visit(server.host(password=given("right")), pins=server.pins)
        assert sorted(snapshot.facts) == ["Hello", "Who"]
        assert server.doors.offered == ["password"]


def test_a_wrong_password_is_sent_once() -> None:
    with fake_server() as server:
        snapshot = visit(server.host(password=given("wrong")), pins=server.pins)
        assert outcome(snapshot) == ("refused", "login_refused")
        assert server.doors.offered == ["password"]
        assert server.doors.connections == 1


@pytest.mark.parametrize("pins", [Pins(), Pins(fingerprints=frozenset({"SHA256:x"}))])
def test_no_password_leaves_for_a_host_that_is_not_pinned(pins: Pins) -> None:
    with fake_server() as server:
        snapshot = visit(server.host(password=given("right")), pins=pins)
        assert outcome(snapshot) == ("untrusted", "host_key")
        assert server.doors.offered == []


def test_one_question_is_answered_with_the_password() -> None:
    with fake_server(Doors(methods=("keyboard-interactive",))) as server:
        snapshot = visit(server.host(password=given("right")), pins=server.pins)
        assert sorted(snapshot.facts) == ["Hello", "Who"]
        assert server.doors.offered == ["keyboard-interactive"]


def test_a_second_question_is_not_answered_with_the_password() -> None:
    doors = Doors(
        methods=("keyboard-interactive",),
        questions=(("Password: ", False), ("Code: ", False)),
        answers=("right", "right"),
    )
    with fake_server(doors) as server:
        snapshot = visit(server.host(password=given("right")), pins=server.pins)
        assert outcome(snapshot) == ("refused", "login_refused")
        assert snapshot.detail == "the server also asks: Code:"
        assert server.doors.offered == []


def test_a_person_is_asked_for_the_second_factor(key: Path) -> None:
    doors = Doors(
        methods=("publickey", "keyboard-interactive"),
        all_needed=True,
        questions=(("Code\x1b[2J: ", False),),
        answers=("123456",),
    )
    asked: list[tuple[str, str, bool]] = []

    def ask(host: str, question: str, echo: bool) -> str:
        asked.append((host, question, echo))
        return "123456"

    with fake_server(doors) as server:
        host = server.host(key=key, interactive=True)
        snapshot = visit(host, pins=server.pins, ask=ask)
        assert sorted(snapshot.facts) == ["Hello", "Who"]
        assert asked == [("lis", "Code\\u{1b}[2J:", False)]


def test_nobody_is_asked_where_the_inventory_does_not_say_so(key: Path) -> None:
    doors = Doors(methods=("publickey", "keyboard-interactive"), all_needed=True)
    with fake_server(doors) as server:
        snapshot = visit(
            server.host(key=key), pins=server.pins, ask=lambda *_: pytest.fail("asked")
        )
        assert outcome(snapshot) == ("refused", "login_refused")
        assert snapshot.detail == (
            "the server wants keyboard-interactive, which is not given"
        )


def test_beside_a_key_the_password_follows_a_partial_success(key: Path) -> None:
    doors = Doors(methods=("publickey", "password"), all_needed=True)
    with fake_server(doors) as server:
        host = server.host(key=key, password=given("right"))
        assert sorted(visit(host, pins=server.pins).facts) == ["Hello", "Who"]
        assert server.doors.offered == ["publickey", "password"]


def test_beside_a_refused_key_the_password_stays_here(key: Path) -> None:
    with fake_server(Doors(methods=("password",))) as server:
        host = server.host(key=key, password=given("right"))
        snapshot = visit(host, pins=server.pins)
        assert outcome(snapshot) == ("refused", "login_refused")
        assert snapshot.detail == "the server only accepts: password"
        assert server.doors.offered == ["publickey"]


def test_the_password_is_in_nothing_that_the_snapshot_says() -> None:
    with fake_server() as server:
        host = server.host(password=given("wr0ng-secret"))
        assert "wr0ng-secret" not in repr(visit(host, pins=server.pins))
