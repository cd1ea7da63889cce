"""The command line as a user runs it, in this process or in one of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import msgspec

from auditor.cli import main
from auditor.model.snapshot import Snapshot, encode_snapshot
from tests.test_hosts import answered

INVENTORY = """\
[engagement]
client = "Laboratoires Exemple"
auditor = "A. Exemple"

[hosts.lis-35]
"""
AT_ADDRESS = 'address = "192.0.2.1"\nuser = "audit"\n'
BY_HAND = 'transport = "answer"\n'


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def auditor(*words: str | Path) -> Done:
    """Run a command to its end in this process; whatever it raises comes out."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    argv = ["auditor", *map(str, words)]
    code: object = 0
    with patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    printed = []
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        printed.append(stream.read())
    return Done(int(str(code or 0)), *printed)


def started(*words: str | Path) -> subprocess.Popen[str]:
    """Start a command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "auditor", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def complaint(done: Done) -> str:
    """What a refused command said; asserts that it was refused as it should be."""
    assert "Traceback" not in done.stderr, done.stderr
    assert all(line.startswith("auditor: ") for line in done.stderr.splitlines())
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def inventory(folder: Path, rest: str = AT_ADDRESS) -> Path:
    """An inventory file of one host, lis-35, with `rest` as its keys."""
    file = folder / "inventory.toml"
    file.write_text(INVENTORY + rest, "utf-8")
    return file


def recorded() -> Snapshot:
    """A recorded host, called lis-35."""
    return msgspec.structs.replace(answered()[0], host="lis-35")


def snapshot(folder: Path, **changes: object) -> Path:
    """A snapshot file of the recorded host with some keys changed."""
    table = json.loads(encode_snapshot(recorded()))
    file = folder / "snapshot.json"
    file.write_text(json.dumps({**table, **changes}), "utf-8")
    return file


def left_in(folder: Path) -> list[str]:
    """What stands in a folder, hidden names too; nothing when it is not there."""
    return sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []
