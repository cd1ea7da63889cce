"""What can go wrong before a run may be relied on.

AuditorError                   exit code 2, its text is for the user
├── ConfigurationError         a file that people write is wrong: all its problems
├── SnapshotError              a snapshot, run or answer that can't be read
└── StoreError                 results could not be written

What goes wrong on one host is never an exception past its collector: it is the
state of that host's snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class AuditorError(Exception):
    """The command can't go on; the text says where and how to mend it."""


# No Struct: `--help` gets by without msgspec.
class Problem(NamedTuple):
    """One mistake in a file; `line` counts from 1, `key` is the dotted path."""

    file: str
    message: str
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return (
            f"{place}: {self.key}: {self.message}"
            if self.key
            else f"{place}: {self.message}"
        )


class ConfigurationError(AuditorError):
    """One or more problems in the files that the user wrote."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class SnapshotError(AuditorError):
    """A snapshot, run folder or answer is not what its format says."""


class StoreError(AuditorError):
    """Results could not be stored; nothing half-written is left."""
