"""What one host may cost: bytes and seconds, enforced below the SSH library.

paramiko waits without a limit in places (the answer to an `exec`), and allocates what
a peer's packet length says. So both limits sit in the socket that it reads from.
"""

from __future__ import annotations

import contextlib
import threading
import time
from enum import StrEnum
from typing import Any, Protocol

#: More than a login needs; a banner without end stops here.
LOGIN_BYTES = 256 << 10
#: What a host may receive before it draws on the bytes shared by all.
FREE_BYTES = 1 << 20
#: Seconds for which a peer may take no input at all.
STALL = 30.0
#: A packet length of 4 GiB must not be allocated at once.
_PIECE = 65536


class Spent(StrEnum):
    """What ran out."""

    BYTES = "bytes"
    DEADLINE = "deadline"
    STOPPED = "stopped"


class LimitError(EOFError):
    """The budget is spent.

    An EOFError because paramiko formats `args[1]` of an OSError in its thread and
    dies there without waking those who wait.
    """


class SharedBytes:
    """Bytes that all hosts of a run may hold beyond their free ones.

    A host that talks too much runs into this limit alone: every other one still has
    its free bytes.
    """

    def __init__(self, total: int = 128 << 20) -> None:
        self._left = total
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        """Whether so many more bytes may be held."""
        with self._lock:
            if count > self._left:
                return False
            self._left -= count
            return True

    def give_back(self, count: int) -> None:
        """What is no longer held."""
        with self._lock:
            self._left += count


class Budget:
    """The bytes and seconds of one host, or of a connection to a jump host.

    `end` is the instant (monotonic) at which it must be over, `stage_end` an earlier
    one for the stage under way (login, exec); None means no limit.
    """

    def __init__(
        self, seconds: float | None, count: int, shared: SharedBytes | None = None
    ) -> None:
        now = time.monotonic()
        self.end = None if seconds is None else now + seconds
        self.stage_end: float | None = None
        self.why: Spent | None = None
        self._allowed = count
        self._used = 0
        self._shared = shared
        self._taken = 0

    @property
    def used(self) -> int:
        """Bytes received so far."""
        return self._used

    def left(self) -> float:
        """Seconds until the nearer of both ends; may be negative."""
        ends = [end for end in (self.end, self.stage_end) if end is not None]
        return min(ends) - time.monotonic() if ends else float("inf")

    def left_in_all(self) -> float:
        """Seconds until the whole of it must be over, whatever the stage."""
        return float("inf") if self.end is None else self.end - time.monotonic()

    def stage(self, seconds: float | None) -> None:
        """Start a stage that may take so long, or end it with None."""
        self.stage_end = None if seconds is None else time.monotonic() + seconds

    def allow(self, count: int) -> None:
        """Add bytes: the login is over, or one more host is behind the jump host."""
        self._allowed += count

    def stop(self) -> None:
        """End it at once: the run was interrupted."""
        self.why = self.why or Spent.STOPPED

    def check(self) -> None:
        """Raise LimitError when something has run out."""
        if self.why is None and self.left() < 0:
            self.why = Spent.DEADLINE
        if self.why is not None:
            raise LimitError(self.why.value)

    def take(self, count: int) -> None:
        """Count bytes received; raises LimitError past the limit."""
        self._used += count
        if self._used > self._allowed or not self._draw():
            self.why = self.why or Spent.BYTES
        self.check()

    def _draw(self) -> bool:
        if self._shared is None or self._used <= FREE_BYTES:
            return True
        more = self._used - FREE_BYTES - self._taken
        if not self._shared.take(more):
            return False
        self._taken += more
        return True

    def close(self) -> None:
        """Give back what was drawn from the bytes shared by all."""
        if self._shared is not None:
            self._shared.give_back(self._taken)
            self._taken = 0


class SocketLike(Protocol):
    """What paramiko needs of a socket."""

    def recv(self, count: int, /) -> bytes: ...
    def send(self, data: bytes, /) -> int: ...
    def close(self) -> None: ...
    def settimeout(self, value: float | None, /) -> None: ...


class Metered:
    """A socket, or a channel through a jump host, that keeps to a budget.

    `head` are the first bytes received, for telling what spoke where SSH was due.
    """

    def __init__(self, sock: SocketLike, budget: Budget) -> None:
        self._sock = sock
        self.budget = budget
        self.head = b""
        self._stuck_since: float | None = None
        self.ended_by_peer = False

    def recv(self, count: int) -> bytes:
        """Receive at most 64 KiB; raises LimitError."""
        self.budget.check()
        try:
            data = self._sock.recv(min(count, _PIECE))
        except ConnectionError:
            self.ended_by_peer = True
            raise
        if len(self.head) < 256:
            self.head += data[:256]
        self.ended_by_peer = self.ended_by_peer or not data
        self.budget.take(len(data))
        return data

    def send(self, data: bytes) -> int:
        """Send some of it; raises LimitError."""
        self.budget.check()
        try:
            sent = self._sock.send(data)
        except TimeoutError:
            # A jump host has no deadline while others are behind it, but a peer
            # that takes nothing for so long is dead to all of them.
            now = time.monotonic()
            self._stuck_since = self._stuck_since or now
            if now - self._stuck_since > STALL:
                self.budget.why = self.budget.why or Spent.DEADLINE
            raise
        self._stuck_since = None
        return sent

    def close(self) -> None:
        """Close it; never raises.

        The channel of a jump host that broke can't say goodbye any more, and what it
        raises would end paramiko's thread before it wakes those who wait.
        """
        with contextlib.suppress(Exception):
            self._sock.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
