"""What every transport gives: two directions of bytes with one command at the end."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from auditor.model.snapshot import Handshake


class Received(Struct, frozen=True):
    """What came since the last look; `closed` once nothing more will come."""

    stdout: bytes = b""
    stderr: bytes = b""
    closed: bool = False


class Stream(Protocol):
    """A connection to one host that runs one command.

    `send` and `recv` raise LimitError when the host's budget is spent.
    """

    @property
    def handshake(self) -> Handshake | None:
        """What the connection showed; None where there is no SSH."""

    @property
    def status(self) -> int | None:
        """The command's exit status once it is known."""

    @property
    def lost(self) -> str | None:
        """How the connection itself ended before its time, else None."""

    def start(self, command: str) -> None:
        """Run a command line by the login shell; raises HostTroubleError."""

    def send(self, data: bytes) -> int:
        """Take some of `data` without waiting for the peer; how much was taken."""

    def recv(self, seconds: float) -> Received:
        """Wait at most so long for output or for the end."""

    def close_input(self) -> None:
        """Nothing more will be sent."""

    def close(self) -> None:
        """End it, whatever the peer does."""
