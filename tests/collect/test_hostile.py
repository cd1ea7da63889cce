"""A hostile server ends in the right state and reason, in time, in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import paramiko
import pytest

from tests.collect import hostile
from tests.collect.hostile import Porter, bare_server, ssh_server
from tests.collect.one_visit import LIMITS

KEY = paramiko.ECDSAKey.generate()
#: Start of the interpreter and its libraries on a busy machine, over the deadline.
_START = 20
MOST_GROWN = 64 << 10


def visited(port: int, key: paramiko.PKey = KEY) -> dict[str, Any]:
    """Visit the port in a child; past the deadline it is killed and the test fails."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.collect.one_visit",
            str(port),
            key.get_name(),
            key.get_base64(),
        ],
        capture_output=True,
        text=True,
        timeout=LIMITS.deadline + _START,
        check=False,
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    assert found.pop("grown") < MOST_GROWN
    return found


@pytest.mark.parametrize(
    ("talk", "reason", "detail"),
    [
        (hostile.mute, "protocol", "no SSH banner; it says nothing"),
        (hostile.endless_banner, "limit", "too many bytes before the login was over"),
        (hostile.dripping_banner, "protocol", "no SSH banner; it says: SSSSSS…"),
        (
            hostile.http,
            "protocol",
            "no SSH banner; it says: HTTP/1.1 400 Bad Server: \\u{1b}]0;owned\\u{7}",
        ),
        (hostile.four_gib_packet, "limit", "too many bytes before the login was over"),
        (hostile.closed_after_banner, "protocol", "the SSH handshake failed: closed"),
    ],
)
def test_before_the_login(talk: Any, reason: str, detail: str) -> None:
    with bare_server(talk) as port:
        found = visited(port)
    assert (found["state"], found["reason"]) == ("broken", reason)
    assert found["detail"].rstrip("S") == detail.rstrip("S…")
    assert found["facts"] == []


@pytest.mark.parametrize(
    ("porter", "reason", "detail"),
    [
        (hostile.SilentLogin, "timed_out", "no answer to the login in time"),
        (
            hostile.SilentChannel,
            "timed_out",
            "out of time before the program could start",
        ),
        (hostile.SilentExec, "timed_out", "out of time before the program could start"),
    ],
)
def test_no_answer(porter: type[Porter], reason: str, detail: str) -> None:
    with ssh_server(KEY, hostile.quiet, porter) as port:
        found = visited(port)
    assert found == {
        "state": "broken",
        "reason": reason,
        "detail": detail,
        "facts": [],
    }


@pytest.mark.parametrize(
    ("talk", "state", "reason", "facts"),
    [
        (hostile.ignore_flood, "broken", "limit", []),
        (hostile.global_request_flood, "broken", "limit", []),
        (hostile.stdout_flood, "broken", "limit", []),
        (hostile.stderr_flood, "broken", "limit", []),
        (hostile.answer_flood, "broken", "limit", []),
        (hostile.garbage, "broken", "protocol", []),
        (hostile.doubled, "broken", "protocol", []),
        (hostile.stall, "partial", "timed_out", ["Hello", "Who"]),
        (hostile.drip, "broken", "timed_out", []),
        (hostile.rekey_storm, "broken", "protocol", []),
        (hostile.many_channels, "broken", "timed_out", []),
        (hostile.disconnects, "broken", "protocol", []),
    ],
)
def test_after_the_login(
    talk: hostile.Misbehaviour, state: str, reason: str, facts: list[str]
) -> None:
    with ssh_server(KEY, talk) as port:
        found = visited(port)
    assert (found["state"], found["reason"]) == (state, reason)
    assert found["facts"] == facts


def test_a_peer_that_takes_no_input() -> None:
    with ssh_server(KEY, hostile.takes_no_input, window=0) as port:
        found = visited(port)
    assert (found["state"], found["reason"]) == ("broken", "timed_out")
    assert found["facts"] == []


def test_a_changed_host_key_is_offered_nothing() -> None:
    other = paramiko.ECDSAKey.generate()
    with ssh_server(KEY, hostile.quiet) as port:
        found = visited(port, other)
    assert (found["state"], found["reason"]) == ("untrusted", "host_key")
