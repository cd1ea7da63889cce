"""Files that are not what they should be: refused in words, and nothing is left."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from auditor.model.run import decode_run
from auditor.model.snapshot import HostState
from tests.cli.running import (
    BY_HAND,
    auditor,
    complaint,
    inventory,
    left_in,
    snapshot,
)

DEEP = b'{"schema":"auditor-snapshot/1","later":' + b"[" * 100_000

SNAPSHOTS: dict[str, bytes] = {
    "empty": b"",
    "binary": bytes(range(256)) * 16,
    "not UTF-8": b'{"schema":"\xff"}',
    "null": b"null",
    "a list": b"[]",
    "cut": b'{"schema":"auditor-snapshot/1","host":"lis-35"',
    "nested": DEEP,
    "of a later schema": b'{"schema":"auditor-snapshot/9"}',
}
CHANGES: dict[str, dict[str, Any]] = {
    "a host that leads elsewhere": {"host": "../../lis-35"},
    "an absolute host": {"host": "/etc/cron.d/lis-35"},
    "a host with a newline": {"host": "lis-35\n"},
    "a host with an escape": {"host": "\x1b[2Jlis-35"},
    "a host that is a number": {"host": 35},
    "an unknown state": {"state": "\x1b[31mfine"},
    "an instant without a time zone": {"started": "2026-11-25T10:00:00"},
    "an instant before all time zones": {"started": "0001-01-01T00:00:00Z"},
    "an instant behind all time zones": {"ended": "9999-12-31T23:59:59Z"},
    "facts that are a list": {"facts": []},
    "a fact that is a text": {"facts": {"Passwd": "root"}},
    "a fact of an unknown status": {
        "facts": {"Passwd": {"format": 1, "status": "fine", "text": ""}}
    },
    "a clock that is no number": {"clock_offset": "late"},
}


@pytest.mark.parametrize("what", SNAPSHOTS)
def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path, what: str) -> None:
    file = tmp_path / "snapshot.json"
    file.write_bytes(SNAPSHOTS[what])
    out = tmp_path / "out"
    done = auditor("evaluate", file, "-i", inventory(tmp_path), "-o", out)
    assert str(file) in complaint(done)
    assert left_in(out) == []


@pytest.mark.parametrize("what", CHANGES)
def test_a_snapshot_with_a_wrong_value_is_refused(tmp_path: Path, what: str) -> None:
    file = snapshot(tmp_path, **CHANGES[what])
    out = tmp_path / "out"
    done = auditor("evaluate", file, "-i", inventory(tmp_path), "-o", out)
    assert str(file) in complaint(done)
    assert "\x1b" not in done.stderr
    assert left_in(out) == []
    assert left_in(tmp_path) == ["inventory.toml", "snapshot.json"]


def test_two_snapshots_of_a_host_are_refused(tmp_path: Path) -> None:
    file = snapshot(tmp_path)
    done = auditor("evaluate", file, file, "-i", inventory(tmp_path))
    assert "more than one snapshot of lis-35" in complaint(done)


def test_a_fact_of_a_hundred_megabytes_is_judged(tmp_path: Path) -> None:
    text = "ok\tfile\t/etc/passwd\t0\n 1\t" + "A" * 100_000_000
    fact = {"format": 1, "status": "ok", "text": text}
    file = snapshot(tmp_path, facts={"Passwd": fact})
    out = tmp_path / "run.json"
    done = auditor(
        *("evaluate", file, "-i", inventory(tmp_path), "-f", f"json:{out}"),
        *("--check", "ACC-001,IDN-002"),
    )
    assert "Traceback" not in done.stderr
    run = decode_run(out.read_bytes(), str(out))
    assert run.run.exit_code == done.returncode
    assert len(out.read_bytes()) < 1_000_000


RUNS: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "language": (("run", "language"), "../../xx"),
    "time zone": (("run", "timezone"), "../../etc/passwd"),
    "time zone of nowhere": (("run", "timezone"), "Mars/Olympus"),
    "framework": (("run", "frameworks"), ["../../x"]),
    "instant": (("run", "as_of"), "9999-12-31T23:59:59Z"),
    "coverage": (("run", "coverage", "share"), 1e308),
    "clock": (("hosts", 0, "clock_offset"), 1e308),
    "hosts": (("hosts",), {}),
    "verdict": (("findings", 0, "verdict"), "\x1b[2JFINE"),
    "value kind": (("findings", 0, "values"), {"x": {"kind": "html", "value": "<"}}),
    "number": (("findings", 0, "more"), 1.5),
}


@pytest.fixture(scope="module")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a recorded host."""
    folder = tmp_path_factory.mktemp("run")
    file = folder / "run.json"
    words = ("evaluate", snapshot(folder), "-i", inventory(folder))
    auditor(*words, "--check", "ACC-001,IDN-001,SSH-001", "-f", f"json:{file}")
    return file


@pytest.mark.parametrize("what", RUNS)
def test_a_run_with_a_wrong_value_is_refused(
    tmp_path: Path, run_file: Path, what: str
) -> None:
    path, value = RUNS[what]
    table: Any = json.loads(run_file.read_bytes())
    place = table
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file = tmp_path / "run.json"
    file.write_text(json.dumps(table), "utf-8")
    done = auditor("report", file, "-f", f"html:{tmp_path / 'out.html'}")
    assert "\x1b" not in complaint(done)
    assert left_in(tmp_path) == ["run.json"]


@pytest.mark.parametrize("what", SNAPSHOTS)
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, what: str) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(SNAPSHOTS[what])
    assert str(file) in complaint(auditor("report", file))


INVENTORIES: dict[str, bytes] = {
    "a name that leads elsewhere": b'[hosts."../../x"]\naddress = "192.0.2.1"\n',
    "a name with an escape": b'[hosts."\\u001b[2Jx"]\naddress = "192.0.2.1"\n',
    "a name turned around": b'[hosts."\\u202ex"]\naddress = "192.0.2.1"\n',
    "an empty name": b'[hosts.""]\naddress = "192.0.2.1"\n',
    "a name of dots": b'[hosts.".."]\naddress = "192.0.2.1"\n',
    "a name too long": b"[hosts." + b"x" * 200 + b']\naddress = "192.0.2.1"\n',
    "nested": b"x = " + b"[" * 100_000,
    "a number too long": b"x = " + b"9" * 10_000 + b"\n",
    "not UTF-8": b'[engagement]\nclient = "\xff"\n',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("what", INVENTORIES)
def test_a_hostile_inventory_is_refused(tmp_path: Path, what: str) -> None:
    file = tmp_path / "inventory.toml"
    file.write_bytes(INVENTORIES[what])
    out = tmp_path / "out"
    done = auditor("run", "-i", file, "-o", out, "--no-input")
    assert str(file) in complaint(done)
    assert {sign for sign in done.stderr if not sign.isprintable()} <= {"\n"}
    assert left_in(out) == []


ANSWERS: dict[str, bytes] = {
    "empty": b"",
    "binary": os.urandom(4096),
    "a shell's error": b"sh: 1: Syntax error: end of file unexpected\n" * 5,
    "endless line": b"@" * 2_000_000,
    "another nonce": b"@0123456789abcdef FACT A 1 3 -\nabc\n@ffffffffffffffff END 1\n",
    "escapes": b"\x1b]0;owned\x07\x1b[2J" * 100,
    "a frame's head of nonsense": b"@0123456789abcdef FACT ../../x 1 9999999999 -\n",
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_of_garbage_leaves_the_host_broken(tmp_path: Path, what: str) -> None:
    answer = tmp_path / "answer"
    answer.write_bytes(ANSWERS[what])
    out = tmp_path / "out"
    file = inventory(tmp_path, BY_HAND)
    done = auditor(
        *("run", "-i", file, "-o", out, "--answer", f"lis-35={answer}"),
        *("--check", "ACC-001", "--no-input"),
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    (folder,) = out.glob("2*")
    run = decode_run((folder / "run.json").read_bytes(), "run.json")
    assert [host.state for host in run.hosts] == [HostState.BROKEN]
    printed = done.stdout + done.stderr
    assert {sign for sign in printed if not sign.isprintable()} <= {"\n"}


@pytest.mark.parametrize("what", ["missing", "folder", "pipe"])
def test_an_answer_that_is_no_file_is_refused(tmp_path: Path, what: str) -> None:
    answer = tmp_path / "answer"
    if what == "folder":
        answer.mkdir()
    elif what == "pipe":
        os.mkfifo(answer)
    file = inventory(tmp_path, BY_HAND)
    done = auditor("run", "-i", file, "--answer", f"lis-35={answer}", "--no-input")
    assert "--answer" in complaint(done)
