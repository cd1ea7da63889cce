"""Where alerts arrive, one file each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from auditor.drill.matching import Alert


class SinkTroubleError(Exception):
    """A sink can't be read; the text is for the user, and holds none of an alert."""


class Sink(Protocol):
    """A sink that is open: what was in it before does not count."""

    #: Seconds between two looks.
    period: float

    def arrived(self) -> Sequence[Alert]:
        """What is new since the last look; raises SinkTroubleError."""
