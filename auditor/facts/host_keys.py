"""The keys by which a server is known."""

from __future__ import annotations

from typing import ClassVar, Self

from auditor.facts.authorized_keys import Key, key_of
from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, ValueKind


class HostKeys(Fact, frozen=True):
    """The public halves of the host keys of sshd; the private ones are never opened.

    `old` are those of files not written for ten years.
    """

    fragment: ClassVar[str] = r"""
source_glob '/etc/ssh/ssh_host_*_key.pub' authorized_keys
if [ -d /etc/ssh ]; then
  source_command keep '' find /etc/ssh -maxdepth 1 -type f \
    -name 'ssh_host_*_key.pub' -mtime +3652
fi
"""

    keys: tuple[Key, ...]
    old: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One key a file, `- TYPE BLOB WHOSE`; then the paths of the old files."""
        found = []
        old = {}
        for text in body.used():
            for line in text.lines:
                key = key_of(text, line, ()) if text.source.kind == "file" else None
                if key is not None:
                    found.append(key)
                elif text.source.kind == "command":
                    read = text.read(line.text, line, key="old", kind=ValueKind.PATH)
                    old[line.text] = read
        return cls(body.sources, tuple(found), old)
