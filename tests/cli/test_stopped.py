"""A run that is stopped, or finds no room: nothing half, nothing lost."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.model.host import Store
from auditor.model.run import Run, decode_run
from auditor.model.snapshot import HostState
from auditor.store.folder import RunFolder
from tests.cli.running import auditor, complaint, inventory, left_in, snapshot, started

PIN = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#: One host by hand, that is finished at once, and one that never says a word.
HOSTS = """\
transport = "answer"

[hosts.muet-41]
address = "127.0.0.1"
port = {port}
user = "audit"
password = {{ command = ["echo", "x"] }}
host_key = "{pin}"

[limits]
connect = 60
"""


@contextmanager
def collecting(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in which one host is finished and the other keeps silent."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        rest = HOSTS.format(port=mute.getsockname()[1], pin=PIN)
        answer = folder / "answer"
        answer.write_text("nothing that the program says\n")
        process = started(
            *("run", "-i", inventory(folder, rest), "-o", folder / "out"),
            *("--answer", f"lis-35={answer}", "--no-input", "--check", "ACC-001"),
        )
        try:
            mute.settimeout(60)
            with mute.accept()[0]:
                until(
                    lambda: list((folder / "out").glob(".new-*/snapshots/lis-35.json"))
                )
                yield process
        finally:
            process.kill()
            process.communicate()


def until(ready: Callable[[], object]) -> None:
    """Wait for something that comes within a minute."""
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.05)


def the_run(out: Path) -> Run:
    """The only run of a folder, which holds nothing else."""
    (folder,) = out.glob("2*")
    assert left_in(folder / "snapshots") == ["lis-35.json", "muet-41.json"]
    return decode_run((folder / "run.json").read_bytes(), "run.json")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 3), (signal.SIGINT, 130)]
)
def test_a_stopped_run_keeps_the_hosts_that_were_finished(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with collecting(tmp_path) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert "Traceback" not in said
    run = the_run(tmp_path / "out")
    assert {host.name: host.state for host in run.hosts} == {
        "lis-35": HostState.BROKEN,
        "muet-41": HostState.INTERRUPTED,
    }


def test_a_killed_run_leaves_no_folder_that_looks_like_a_run(tmp_path: Path) -> None:
    with collecting(tmp_path) as process:
        process.kill()
        process.wait(60)
    assert [name for name in left_in(tmp_path / "out") if name[0] != "."] == []


def test_what_a_killed_run_left_is_swept_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".new-left" / "snapshots").mkdir(parents=True)
    (tmp_path / ".new-head").touch()
    with RunFolder(Store(tmp_path)):
        pass
    assert left_in(tmp_path) == [".lock"]


def in_small_room(room: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a shell line where `room` has 64 KiB, and list it behind what it prints.

    The mount lies in a mount namespace of its own; without the right to one the test
    is skipped by name.
    """
    room.mkdir()
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not installed")
    mount = f"mount -t tmpfs -o size=64k tmpfs {room}"
    tried = [unshare, "-m", "sh", "-c", mount]
    if subprocess.run(tried, capture_output=True, check=False).returncode != 0:
        pytest.skip("a mount namespace is refused here")
    script = f"{mount} || exit 99; {command}; r=$?; ls -A {room}; exit $r"
    return subprocess.run(
        [unshare, "-m", "sh", "-c", script],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def evaluating(folder: Path, *more: str) -> str:
    """The shell line that judges the recorded host."""
    words = (sys.executable, "-m", "auditor", "evaluate", snapshot(folder))
    return " ".join(map(str, (*words, "-i", inventory(folder), *more)))


def test_a_run_on_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    room = tmp_path / "room"
    done = in_small_room(room, evaluating(tmp_path, "-o", str(room)))
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"auditor: {room}")
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ".lock\n"  # no run folder is named, none left in the room


def test_a_store_that_can_not_be_written_stops_a_run_before_it_connects(
    tmp_path: Path,
) -> None:
    room = tmp_path / "room"
    file = inventory(tmp_path)
    words = (sys.executable, "-m", "auditor", "run", "-i", file, "-o", room)
    line = " ".join(map(str, (*words, "--no-input")))
    done = in_small_room(room, f"mount -o remount,ro {room}; {line}")
    assert done.returncode == 2, done.stderr
    assert done.stderr == f"auditor: {room}: Read-only file system\n"


def test_a_report_on_a_full_disk_leaves_the_old_one(tmp_path: Path) -> None:
    room = tmp_path / "room"
    report = room / "report.html"
    line = evaluating(tmp_path, "-f", f"html:{report}")
    done = in_small_room(
        room, f"echo old >{report}; {line}; r=$?; cat {report}; (exit $r)"
    )
    assert done.returncode == 2, done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-2:] == ["old", "report.html"]


@pytest.mark.parametrize("words", [("-o", "file"), ("-f", "html:file/report.html")])
def test_a_place_that_is_no_folder_is_refused(
    tmp_path: Path, words: tuple[str, str]
) -> None:
    (tmp_path / "file").write_text("mine")
    option, place = words
    place = place.replace("file", str(tmp_path / "file"))
    done = auditor(
        *("evaluate", snapshot(tmp_path), "-i", inventory(tmp_path), option, place)
    )
    if option == "-o":
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    else:
        complaint(done)
    assert (tmp_path / "file").read_text() == "mine"
