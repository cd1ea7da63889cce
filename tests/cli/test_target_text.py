"""What a host or a file says is shown, and never acts on the terminal."""

from __future__ import annotations

import base64
import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from auditor.loading import load_checks
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run, decode_run
from auditor.report.formats import Material
from auditor.report.terminal import print_summary
from tests.cli.running import auditor, inventory, snapshot

#: Sets a title, clears the screen, hides, turns the text around, ends the line.
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\u200b\u2028[bold red]\r\n"
PIN = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def acting(text: str) -> set[str]:
    """The signs in a text that do something instead of being seen."""
    return {sign for sign in text if not sign.isprintable()} - {"\n"}


@pytest.fixture
def greeter() -> Iterator[int]:
    """The port of a server that greets with escapes and says no SSH."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            while True:
                try:
                    peer, _ = listening.accept()
                except OSError:
                    return
                with peer:
                    peer.sendall(HOSTILE.encode() * 3 + b"HTTP/1.1 400\r\n" * 200)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def greeted(folder: Path, port: int) -> Path:
    return inventory(
        folder,
        f'address = "127.0.0.1"\nport = {port}\nuser = "audit"\nhost_key = "{PIN}"\n'
        'password = { command = ["echo", "x"] }\n[limits]\nconnect = 5\n',
    )


def test_a_greeting_is_shown_by_run_and_not_obeyed(
    tmp_path: Path, greeter: int
) -> None:
    file = greeted(tmp_path, greeter)
    done = auditor("run", "-i", file, "-o", tmp_path / "out", "--no-input")
    assert done.returncode == 3
    assert "\\u{1b}" in done.stderr
    assert "\\u{202e}" in done.stderr
    assert acting(done.stderr) | acting(done.stdout) == set()
    assert len(list((tmp_path / "out").glob("2*"))) == 1


def test_a_greeting_is_shown_by_doctor_and_not_obeyed(
    tmp_path: Path, greeter: int
) -> None:
    done = auditor("doctor", "-i", greeted(tmp_path, greeter), "--no-input")
    assert done.returncode == 3
    assert "\\u{1b}" in done.stdout
    assert acting(done.stderr) | acting(done.stdout) == set()


def test_a_greeting_is_shown_by_trust_and_not_obeyed(
    tmp_path: Path, greeter: int
) -> None:
    done = auditor("trust", "add", "lis-35", "-i", greeted(tmp_path, greeter))
    assert done.returncode == 3
    assert "\\u{1b}" in done.stderr
    assert acting(done.stderr) | acting(done.stdout) == set()


def test_a_key_type_of_a_foreign_known_hosts_is_shown_and_not_obeyed(
    tmp_path: Path,
) -> None:
    kind = "\x1b[2Jssh-ed25519\u202e"
    wire = kind.encode()
    blob = base64.b64encode(len(wire).to_bytes(4, "big") + wire + b"\0" * 36).decode()
    known = tmp_path / "known"
    known.write_text(f"192.0.2.1 {kind} {blob}\n", "utf-8")
    done = auditor("trust", "import", known, "-i", inventory(tmp_path))
    assert "\\u{1b}[2Jssh-ed25519\\u{202e}" in done.stderr
    assert acting(done.stderr) | acting(done.stdout) == set()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_summary_of_a_run_shows_hostile_text(tmp_path: Path, language: str) -> None:
    run = hostile(the_run(tmp_path))
    stream = io.StringIO()
    sidecars = {check.id: check.sidecar for check in load_checks()}
    material = Material(run, sidecars, load_frameworks(), language, (run,))
    print_summary(material, Console(file=stream, width=200))
    assert "\\u{1b}" in stream.getvalue()
    assert acting(stream.getvalue()) - {"\u00a0", "\u202f"} == set()


def the_run(folder: Path) -> Run:
    """The run of a recorded host."""
    file = folder / "run.json"
    words = ("evaluate", snapshot(folder), "-i", inventory(folder))
    auditor(*words, "-f", f"json:{file}")
    return decode_run(file.read_bytes(), "run.json")


def hostile(run: Run) -> Run:
    """The run with hostile text wherever a host's own words go."""
    table: Any = msgspec.to_builtins(run)
    for finding in table["findings"]:
        finding["subject"]["name"] += HOSTILE
        finding["detail"] = HOSTILE
        finding["group"] = HOSTILE
        for value in finding["values"].values():
            value["value"] = f"{value['value']}{HOSTILE}"
        for evidence in finding["evidence"]:
            evidence["source"] += HOSTILE
            evidence["text"] += HOSTILE
    for host in table["hosts"]:
        name = host["name"] + HOSTILE
        host |= {"name": name, "address": HOSTILE, "detail": HOSTILE, "state": "broken"}
        host |= {"reason": "protocol"}
        for finding in table["findings"]:
            finding["host"] = name
    return msgspec.convert(table, type=Run, strict=False)
