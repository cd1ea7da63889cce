"""Whether an alert is that of this drill. Its text is hostile and goes no further."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime, timedelta

from msgspec import Struct

from auditor.model.drill import Known
from auditor.model.host import Match

#: How far the clocks of a mail's sender and ours may be apart.
CLOCKS_APART = timedelta(minutes=2)


class Alert(Struct, frozen=True):
    """One thing that arrived: its text, and when it says that it was sent."""

    text: str
    sent: datetime | None = None


class Wanted(Struct, frozen=True):
    """What the alert of a drill holds.

    `names` are what the host may be called, `sources` where the login came from; `at`
    is when it was tried.
    """

    marker: str
    names: tuple[str, ...]
    sources: tuple[str, ...]
    at: datetime
    match: Match = "either"

    def known_by(self, alert: Alert) -> Known | None:
        """What shows the alert to be this drill's; None when nothing does.

        By host, something that was sent before the event does not count: an alert of
        yesterday, late in the mail, names the same host and address.
        """
        text = alert.text.casefold()
        if self.match != "host" and self.marker in text:
            return "marker"
        if self.match == "marker" or self._too_early(alert.sent):
            return None
        named = any(_stands(name, text) for name in self.names)
        placed = any(_stands(source, text) for source in self.sources)
        return "host" if named and placed else None

    def _too_early(self, sent: datetime | None) -> bool:
        return sent is not None and sent < self.at - CLOCKS_APART


def names_of(name: str, address: str) -> tuple[str, ...]:
    """What alerts may call a host: its name, that without a domain, its address."""
    short = name.partition(".")[0]
    return tuple(dict.fromkeys((name, short, address)))


def _stands(word: str, text: str) -> bool:
    """Whether a name or an address stands in the text, not as a part of another.

    `lis-3` is not in `lis-35`, and 10.0.0.1 not in 10.0.0.12; a domain may follow a
    name, and a full stop an address.
    """
    before, after = _NEIGHBOURS[_version(word)]
    found = f"(?<!{before}){re.escape(word.casefold())}(?!{after})"
    return re.search(found, text) is not None


def _version(word: str) -> int:
    """4 or 6 for an address, 0 for a name."""
    try:
        return ipaddress.ip_address(word).version
    except ValueError:
        return 0


#: By version what would make the word a part of another, before and after it.
_NEIGHBOURS = {
    0: (r"[\w.-]", r"[\w-]"),
    4: (r"[0-9.]", r"\.?[0-9]"),
    6: (r"[0-9a-f:]", r"[0-9a-f:]"),
}
