"""What keeps the clock right."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, SourceText, ValueKind, whole_number

#: Of the values those that are no mere settings.
KINDS = {"Reference ID": ValueKind.ADDRESS, "Stratum": ValueKind.COUNT}


class Clock(Fact, frozen=True):
    """What chrony and systemd say of the clock, and marks of a container.

    chronyc is asked over loopback: over its socket it would make a file of its own
    (traced on 4.3; `timedatectl show` opens nothing for writing). How far the clock is
    off stands in the snapshot.
    """

    fragment: ClassVar[str] = r"""
if command -v chronyc >/dev/null; then
  source_command -ok 1 keep '' chronyc -h 127.0.0.1 -n tracking
else
  head_line absent command chronyc -
fi
if [ -d /run/systemd/system ] && command -v timedatectl >/dev/null; then
  source_command keep '' timedatectl show -p NTP -p NTPSynchronized
else
  head_line absent command timedatectl -
fi
mark() { # PATH: tells only whether it is there
  if [ -e "$1" ]; then
    head_line ok file "$1" -
    printf ' 1\tpresent\n'
  else
    state_of "$1"
    head_line "$state" file "$1" -
  fi
}
mark /.dockerenv
mark /run/.containerenv
mark /run/systemd/container
"""

    reference: Read[str] | None
    stratum: Read[int] | None
    synchronised: Read[str] | None
    container: Read[str] | None

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`Name : value` of chronyc, `Name=value` of timedatectl."""
        found: dict[str, Read[str]] = {}
        container = None
        for text in body.used():
            if text.source.kind == "file":
                container = container or _mark(text)
                continue
            for line in text.lines:
                name, *rest = re.split(r"\s*[:=]\s*", line.text, maxsplit=1)
                if rest:
                    kind = KINDS.get(name, ValueKind.SETTING)
                    found[name] = text.read(rest[0], line, key=name, kind=kind)
        stratum = found.get("Stratum")
        number = None
        counted = None if stratum is None else whole_number(stratum.value)
        if stratum is not None and counted is not None:
            number = stratum.with_value(counted)
        return cls(
            body.sources,
            found.get("Reference ID"),
            number,
            found.get("NTPSynchronized"),
            container,
        )


def _mark(text: SourceText) -> Read[str] | None:
    if not text.lines:
        return None
    name = text.source.name
    return text.read(name, text.lines[0], key="container", kind=ValueKind.PATH)
