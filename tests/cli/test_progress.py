"""Progress goes to stderr: lines for a file or pipe, a bar for a terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from auditor.cli.progress import CollectingProgress
from auditor.collect.fleet import Event
from auditor.model.findings import Reason
from auditor.model.snapshot import HostState, Snapshot

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def finished(host: str, state: HostState = HostState.AUDITED, **keys: object) -> Event:
    snapshot = Snapshot(host=host, state=state, started=NOON, ended=NOON, **keys)  # type: ignore[arg-type]
    return Event("finished", host, snapshot)


BROKEN = finished(
    "lis-35", HostState.BROKEN, reason=Reason.PROTOCOL, detail="no [bold]banner"
)


def show_two(color: str) -> None:
    with CollectingProgress(2, color) as progress:
        progress.show(Event("started", "lis-35"))
        progress.show(BROKEN)
        progress.show(finished("lis-36"))


def on_a_terminal(color: str, **environment: str) -> str:
    """What `show_two` writes to stderr when that is a terminal."""
    ours, theirs = pty.openpty()
    inherited = {name: os.environ[name] for name in os.environ if name != "NO_COLOR"}
    script = f"from {__name__} import show_two; show_two({color!r})"
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        stderr=theirs,
        env={**inherited, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    written = b""
    # Linux reads EIO once the other side is closed.
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 65536):
            written += piece
    os.close(ours)
    assert child.wait(20) == 0
    return written.decode()


def test_without_a_terminal_each_finished_host_is_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_two("auto")
    written = capsys.readouterr()
    assert written.err == (
        "1/2 lis-35: broken (protocol): no [bold]banner\n2/2 lis-36: audited\n"
    )
    assert written.out == ""


def test_on_a_terminal_a_host_that_was_not_audited_leaves_a_line() -> None:
    written = on_a_terminal("auto")
    assert "(protocol): no [bold]banner" in written
    assert "\x1b[31m" in written
    assert "lis-36: audited" not in written


@pytest.mark.parametrize(
    ("color", "environment"), [("auto", {"NO_COLOR": "1"}), ("never", {})]
)
def test_no_color(color: str, environment: dict[str, str]) -> None:
    written = on_a_terminal(color, **environment)
    assert "(protocol): no [bold]banner" in written
    assert "\x1b[31m" not in written


def test_a_question_is_put_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda: "123456")
    with CollectingProgress(1) as progress:
        assert progress.ask("lis-35", "Code:", echo=True) == "123456"
    assert capsys.readouterr().err == "lis-35: Code: "
