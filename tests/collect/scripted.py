"""A stream that plays a host's part word by word, for what no real host does twice."""

from __future__ import annotations

from collections.abc import Callable

from auditor.collect.transports.stream import Received

#: What the host answers to all that it was sent so far; None while it waits.
Reply = Callable[[bytes], Received | None]


class Scripted:
    """Gives each reply of the script once, when what was sent calls for it."""

    handshake = None
    lost: str | None = None

    def __init__(self, *script: Reply, status: int | None = 0) -> None:
        self.command = ""
        self.sent = b""
        self.closed = False
        self.input_closed = False
        self.status = status
        self._script = list(script)

    def start(self, command: str) -> None:
        self.command = command

    def send(self, data: bytes) -> int:
        assert not self.closed
        self.sent += data
        return len(data)

    def recv(self, seconds: float) -> Received:
        del seconds
        assert not self.closed
        if not self._script:
            return Received(closed=True)
        reply = self._script[0](self.sent)
        if reply is None:
            return Received()
        self._script.pop(0)
        return reply

    def close_input(self) -> None:
        self.input_closed = True

    def close(self) -> None:
        self.closed = True


def at_once(stdout: bytes = b"", stderr: bytes = b"") -> Reply:
    """Says it without waiting for anything."""
    return lambda _: Received(stdout, stderr)


def silent(sent: bytes) -> None:
    """Says nothing, ever."""


def after(awaited: bytes, stdout: bytes = b"", stderr: bytes = b"") -> Reply:
    """Says it once that was sent."""
    return lambda sent: Received(stdout, stderr) if awaited in sent else None
