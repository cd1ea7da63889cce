"""Hosts whose users are let in without a password (hosts.equiv(5))."""

from __future__ import annotations

from typing import ClassVar, Self

from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, ValueKind


class HostTrust(Fact, frozen=True):
    """The entries of the files of trusted hosts: of each line the first word."""

    fragment: ClassVar[str] = r"""
source_file /etc/ssh/shosts.equiv lines ''
source_file /etc/hosts.equiv lines ''
"""

    entries: tuple[Read[str], ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines are `HOST = _`, or `_` for a line of one word."""
        found = [
            text.read(
                line.text.partition(" ")[0],
                line,
                key="trusted host",
                kind=ValueKind.HOSTNAME,
            )
            for text in body.used()
            for line in text.lines
            if not line.text.startswith("-")
        ]
        return cls(body.sources, tuple(found))
