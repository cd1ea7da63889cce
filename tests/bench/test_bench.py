"""The benchmark's own parts; what it measures is never asserted."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from auditor.facts.system import OsRelease
from scripts.bench.facts import costs, counting
from scripts.bench.timing import Command, Cost, Goal, interleaved, ratio, rows


def echo_once(listener: socket.socket) -> None:
    """Give the first connection back what it sent, reversed, and close."""
    sock, _ = listener.accept()
    with sock:
        sock.sendall(sock.recv(65536)[::-1])


def test_the_slow_line_hands_on_both_directions_and_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=echo_once, args=(listener,), daemon=True).start()
        port = str(listener.getsockname()[1])
        argv = [sys.executable, "-m", "scripts.bench.delay", port, "1"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as line:
            assert line.stdout is not None
            near = int(line.stdout.readline())
            with socket.create_connection(("127.0.0.1", near), timeout=10) as sock:
                sock.sendall(b"hello")
                assert (sock.recv(100), sock.recv(100)) == (b"olleh", b"")
            line.terminate()


def test_rounds_are_interleaved(tmp_path: Path) -> None:
    log = tmp_path / "log"
    commands = {
        name: Command(["sh", "-c", f"echo {name} >>{log}"]) for name in ("a", "b")
    }
    assert {n: len(s) for n, s in interleaved(commands, 2).items()} == {"a": 2, "b": 2}
    # The first round is not counted.
    assert log.read_text().split() == ["a", "b"] * 3


def test_a_command_reads_its_file(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_text("exit 0")
    assert Command(["sh"], given).run().wall > 0


def test_a_command_that_fails_measures_nothing() -> None:
    with pytest.raises(RuntimeError, match="sh ended with 4: why"):
        Command(["sh", "-c", "echo why >&2; exit 4"], good=frozenset({0, 3})).run()


def test_a_ratio_is_of_medians_and_of_the_least() -> None:
    above = [Cost(wall, 0) for wall in (9.0, 2.0, 3.0)]
    below = [Cost(wall, 0) for wall in (1.0, 100.0, 1.5)]
    assert ratio("ours", above, below, 1.4, 2) == Goal("ours", 2.0, 2.0, 1.4, 2)


@pytest.mark.parametrize(
    ("value", "verdict"), [(1.4, "ok"), (1.41, "over"), (2.01, "ALARM")]
)
def test_a_goal_says_how_it_was_met(value: float, verdict: str) -> None:
    assert Goal("ours", value, 1.0, 1.4, 2).row().split()[-1] == verdict


def test_the_table_shows_milliseconds() -> None:
    [_, row] = rows({"ours": [Cost(0.2, 0.1), Cost(0.3, 0.1), Cost(0.4, 0.3)]})
    assert row.split() == ["ours", "200", "300", "100"]


def test_a_fact_s_cost_is_counted_in_processes(tmp_path: Path) -> None:
    [cost] = costs([OsRelease], tmp_path)
    assert cost.name == "OsRelease"
    assert (cost.processes is None) == (counting() == ())
    assert cost.processes is None or cost.processes > 0
