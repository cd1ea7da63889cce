"""The keys by which a server is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from auditor.facts.authorized_keys import Key, key_of
from auditor.model.facts import Fact
from auditor.model.sources import Body


@dataclass(frozen=True, slots=True)
class HostKeys(Fact):
    """The public halves of the host keys of sshd; the private ones are never opened."""

    fragment: ClassVar[str] = r"""
source_glob '/etc/ssh/ssh_host_*_key.pub' authorized_keys
"""

    keys: tuple[Key, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One key a file, `- TYPE BLOB WHOSE`."""
        found = [key_of(text, line, ()) for text in body.used() for line in text.lines]
        return cls(body.sources, tuple(key for key in found if key is not None))
