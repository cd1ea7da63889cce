"""This machine itself: the same command line, read by /bin/sh."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
from typing import ClassVar

from auditor.collect.budget import Budget
from auditor.collect.transports.stream import Received
from auditor.collect.trouble import HostTroubleError
from auditor.model.findings import Reason
from auditor.model.snapshot import HostState

_PIECE = 65536


class LocalStream:
    """A child in a process group of its own, without this process's environment."""

    handshake = None
    lost = None
    shell: ClassVar[tuple[str, ...]] = ("/bin/sh", "-c")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._child: subprocess.Popen[bytes] | None = None
        self._open: dict[int, str] = {}
        self._poll = select.poll()

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return None if self._child is None else self._child.poll()

    def start(self, command: str) -> None:
        """Run the command line; raises HostTroubleError without /bin/sh."""
        try:
            self._child = subprocess.Popen(
                [*self.shell, command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise HostTroubleError(
                HostState.BROKEN, Reason.PROTOCOL, f"{self.shell[0]}: {error.strerror}"
            ) from error
        for name in ("stdin", "stdout", "stderr"):
            number = getattr(self._child, name).fileno()
            os.set_blocking(number, False)
            self._open[number] = name
            if name != "stdin":
                self._poll.register(number, select.POLLIN | select.POLLHUP)

    def send(self, data: bytes) -> int:
        """As much as the pipe takes now; all of it once the child is gone."""
        self._budget.check()
        assert self._child is not None
        assert self._child.stdin is not None
        try:
            return os.write(self._child.stdin.fileno(), data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)

    def recv(self, seconds: float) -> Received:
        """Wait for either output; closed once both are at their end."""
        self._budget.check()
        got = {"stdout": b"", "stderr": b""}
        wait = max(0.0, min(seconds, self._budget.left()))
        for number, _ in self._poll.poll(wait * 1000):
            data = os.read(number, _PIECE)
            got[self._open[number]] = data
            if not data:
                self._poll.unregister(number)
                del self._open[number]
        self._budget.take(len(got["stdout"]) + len(got["stderr"]))
        closed = not {"stdout", "stderr"} & set(self._open.values())
        if closed and self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(1)
        return Received(got["stdout"], got["stderr"], closed)

    def close_input(self) -> None:
        """Close the child's standard input."""
        if self._child is not None and self._child.stdin is not None:
            with contextlib.suppress(OSError):
                self._child.stdin.close()

    def close(self) -> None:
        """Kill the group; what runs as root there ends by its own deadline."""
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(1)
