"""Swap: where memory goes when it is written to a disk."""

from __future__ import annotations

from typing import ClassVar, Self

from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, ValueKind


class Swaps(Fact, frozen=True):
    """Active swap areas (/proc/swaps), and those that fstab(5) would activate.

    The kernel's table is kept whole: it holds paths and sizes. Of fstab only device,
    point and type travel, since options of a network mount may hold a password.
    """

    fragment: ClassVar[str] = r"""
source_file /proc/swaps keep
source_file /etc/fstab fstab
"""

    active: dict[str, Read[str]]
    planned: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """By path; the first line of /proc/swaps is a heading."""
        active: dict[str, Read[str]] = {}
        planned: dict[str, Read[str]] = {}
        for text in body.used():
            for line in text.lines:
                words = line.text.split()
                live = text.source.name == "/proc/swaps"
                if live and len(words) >= 3 and words[0].startswith("/"):
                    kind, found = words[1], active
                elif not live and len(words) >= 3 and words[2] == "swap":
                    kind, found = words[2], planned
                else:
                    continue
                found[words[0]] = text.read(
                    words[0], line, key=kind, kind=ValueKind.PATH
                )
        return cls(body.sources, active, planned)
