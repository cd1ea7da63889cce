"""What systemd's journal keeps, and whether it outlives a reboot."""

from __future__ import annotations

from typing import ClassVar, Self

from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, SourceText, ValueKind

#: Where drop-ins lie: a file hides one of the same name in a later folder.
FOLDERS = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")
KEPT = "/var/log/journal"


class JournaldConfig(Fact, frozen=True):
    """Settings of journald.conf(5), and the journals that lie on the disk.

    The main file comes first, then the drop-ins of all folders by their names; the
    last assignment wins (tried on systemd 252: a drop-in below /usr/lib beats the
    main file in /etc).
    """

    fragment: ClassVar[str] = r"""
keys='Storage ForwardToSyslog MaxRetentionSec SystemMaxUse Compress'
etc() { source_file /etc/systemd/journald.conf ini "$keys"; }
run() { source_file /run/systemd/journald.conf ini "$keys"; }
lib() { source_file /usr/lib/systemd/journald.conf ini "$keys"; }
first_of etc run lib
source_glob '/etc/systemd/journald.conf.d/*.conf' ini "$keys"
source_glob '/run/systemd/journald.conf.d/*.conf' ini "$keys"
source_glob '/usr/local/lib/systemd/journald.conf.d/*.conf' ini "$keys"
source_glob '/usr/lib/systemd/journald.conf.d/*.conf' ini "$keys"
if [ -d /var/log/journal ]; then
  source_command keep '' find /var/log/journal -maxdepth 2 -name '*.journal' -type f
else
  state_of /var/log/journal
  head_line "$state" file /var/log/journal -
fi
"""

    settings: dict[str, Read[str]]
    journals: tuple[Read[str], ...]
    kept: bool | None

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Settings by name; `kept` is whether the folder of kept journals exists."""
        settings: dict[str, Read[str]] = {}
        for text in _in_order(body):
            section = ""
            for line in text.lines:
                if line.text.startswith("["):
                    section = line.text
                name, sign, value = line.text.partition("=")
                if sign and section == "[Journal]":
                    name, value = name.strip(), value.strip()
                    settings[name] = text.read(value, line, key=name)
        folder = body.texts[-1]
        there = folder.source.name.endswith(
            f"{KEPT} -maxdepth 2 -name *.journal -type f"
        )
        known = there or folder.source.name == KEPT
        journals = [
            folder.read(line.text, line, key="journal", kind=ValueKind.PATH)
            for line in (folder.lines if there else ())
        ]
        return cls(body.sources, settings, tuple(journals), there if known else None)

    def storage(self) -> Read[str] | None:
        """`Storage=`, lower case; None where no file sets it (`auto`)."""
        found = self.settings.get("Storage")
        return None if found is None else found.with_value(found.value.casefold())


def _in_order(body: Body) -> list[SourceText]:
    """The files as systemd reads them."""
    main = [t for t in body.used() if t.source.name.endswith("/journald.conf")]
    taken: dict[str, SourceText] = {}
    for folder in FOLDERS:
        for text in body.used():
            place, _, name = text.source.name.rpartition("/")
            if place == f"{folder}/journald.conf.d":
                taken.setdefault(name, text)
    return [*main, *(taken[name] for name in sorted(taken))]
