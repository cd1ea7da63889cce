"""Ending a run before its time: Ctrl-C and SIGTERM."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """A request to end; `signal` is the one that asked for it, else None."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._event = threading.Event()

    def request(self, signum: int) -> None:
        """Ask; the first one to do so is remembered."""
        if self.signal is None:
            self.signal = signum
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether anybody asked."""
        return self._event.is_set()


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """For the main thread: SIGINT and SIGTERM ask, a second SIGINT interrupts."""
    stop = Stop()

    def ask(signum: int, frame: FrameType | None) -> None:
        del frame
        if stop.requested and signum == signal.SIGINT:
            raise KeyboardInterrupt
        stop.request(signum)

    before = {number: signal.signal(number, ask) for number in _WATCHED}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_WATCHED = (signal.SIGINT, signal.SIGTERM)
