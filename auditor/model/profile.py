"""What a run judges by: sets of names, limits, end-of-life dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct


class EndOfLife(Struct, frozen=True):
    """When a release of a system stops getting security updates.

    `os` is the ID of os-release, `version` its VERSION_ID (the major number for
    RHEL and its rebuilds). `source` says where the date was read, `checked_on` when;
    `verified` is True only when that was the vendor's own text.
    """

    os: str
    version: str
    end: date
    kind: str
    source: str
    checked_on: date
    verified: bool = False


class Profile(Struct, frozen=True):
    """The default profile with a client's own values laid over it.

    `sets` are lists of names (accounts, ciphers, roots …); `patterns` are the
    file names that `FileTree` looks for, by kind; `limits` are numbers whose
    unit is the last word of their name (`…_days`, `…_months`, `…_hours`,
    `…_seconds`, `…_bytes`, `…_bits`, `…_count`, `…_share`). `sha256` is of the
    resolved values, so two files that say the same have the same.
    """

    name: str
    sha256: str
    sets: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, tuple[str, ...]]
    limits: Mapping[str, int | float]
    eol: tuple[EndOfLife, ...] = ()

    @property
    def data_roots(self) -> tuple[str, ...]:
        """Where `PatientData` looks beside served roots and data folders."""
        return self.sets["data_roots"]

    @property
    def file_patterns(self) -> tuple[str, ...]:
        """Every pattern that `FileTree` looks for, each once."""
        found = [name for names in self.patterns.values() for name in names]
        return tuple(dict.fromkeys(found))

    def end_of_life(self, os: str, version: str) -> EndOfLife | None:
        """The row of a system; `12.4` finds the row of `12` when it has none."""
        rows = {(row.os, row.version): row for row in self.eol}
        while (os, version) not in rows and "." in version:
            version = version.rpartition(".")[0]
        return rows.get((os, version))
