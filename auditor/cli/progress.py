"""How far the collecting is, on stderr: a bar on a terminal, else a line a host."""

from __future__ import annotations

import getpass
import os
import sys
import threading
from typing import TYPE_CHECKING, Self

from auditor.collect.fleet import Event
from auditor.model.snapshot import HostState, Snapshot

if TYPE_CHECKING:
    from rich.progress import Progress

_NAMED = 4
_STYLES = {HostState.AUDITED: "green", HostState.PARTIAL: "yellow"}


class CollectingProgress:
    """Shows the events of `collect_hosts` while its `with` block lasts.

    `color` is `auto`, `always` or `never`; NO_COLOR (no-color.org) counts for `auto`.
    Nothing is ever written to stdout. `plain` is for lines on a terminal as well.
    """

    def __init__(self, total: int, color: str = "auto", *, plain: bool = False) -> None:
        drawn = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        terminal = drawn and not plain
        self._asking = threading.Lock()
        self._display = _Bar(total, color) if terminal else _Lines(total)

    def __enter__(self) -> Self:
        self._display.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._display.stop()

    def show(self, event: Event) -> None:
        """Take one event."""
        self._display.show(event)

    def ask(self, host: str, question: str, echo: bool) -> str:
        """Put a server's question to whoever sits at the terminal, one at a time."""
        with self._asking:
            self._display.stop()
            try:
                prompt = f"{host}: {question} "
                if not echo:
                    return getpass.getpass(prompt, stream=sys.stderr)
                print(prompt, end="", file=sys.stderr, flush=True)
                return input()
            finally:
                self._display.start()


class _Lines:
    """One line a finished host; needs no library, so that a script's run is quick."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._finished = 0

    def start(self) -> None:
        """Nothing to draw."""

    def stop(self) -> None:
        """Nothing to clear."""

    def show(self, event: Event) -> None:
        if event.snapshot is not None:
            self._finished += 1
            line = _place(self._finished, self._total, event.host)
            text = f"{line}{event.snapshot.state.value}{_why(event.snapshot)}"
            print(text, file=sys.stderr, flush=True)


class _Bar:
    """A bar with the hosts under way; hosts not audited whole leave a line."""

    def __init__(self, total: int, color: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._console = Console(
            stderr=True,
            no_color={"always": False, "never": True}.get(color),
            highlight=False,
            soft_wrap=True,
        )
        self._total = total
        self._finished = 0
        self._running: list[str] = []
        self._bar: Progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[running]}", markup=False),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("collecting", total=total, running="")

    def start(self) -> None:
        self._bar.start()

    def stop(self) -> None:
        self._bar.stop()

    def show(self, event: Event) -> None:
        if event.kind == "started":
            self._running.append(event.host)
        elif event.host in self._running:
            self._running.remove(event.host)
        if event.snapshot is not None:
            self._finished += 1
            self._keep(event.snapshot)
        names = ", ".join(self._running[:_NAMED])
        more = len(self._running) - _NAMED
        running = f"{names} and {more} more" if more > 0 else names
        self._bar.update(self._task, completed=self._finished, running=running)

    def _keep(self, snapshot: Snapshot) -> None:
        from rich.text import Text

        if snapshot.state is HostState.AUDITED:
            return
        line = Text(_place(self._finished, self._total, snapshot.host))
        line.append(snapshot.state.value, _STYLES.get(snapshot.state, "red"))
        line.append(_why(snapshot))
        self._console.print(line)


def _place(finished: int, total: int, host: str) -> str:
    return f"{finished:{len(str(total))}}/{total} {host}: "


def _why(snapshot: Snapshot) -> str:
    reason = f" ({snapshot.reason.value})" if snapshot.reason else ""
    return reason + (f": {snapshot.detail}" if snapshot.detail else "")
