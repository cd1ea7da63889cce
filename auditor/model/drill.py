"""The result of one `auditor drill`, as it is kept: `auditor-drill/1`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

#: told: an alert came in time. untold: none did. no_event: the failed login could not
#: be made. sink_lost: nobody can say, the sink could not be read to the end.
#: interrupted: the drill was, before the time was over.
Outcome = Literal["told", "untold", "no_event", "sink_lost", "interrupted"]
#: What an alert was known by: the account's name, or the host and our address.
Known = Literal["marker", "host"]


class Place(Struct, frozen=True):
    """A sink as people call it: its kind, and where it is."""

    kind: Literal["imap", "file", "webhook"]
    place: str


class Drill(Struct, frozen=True, kw_only=True):
    """One drill.

    `at` is the instant at which the login was tried, None when it was not. `sources`
    are the addresses that the host may have seen it from. `seconds` is the time from
    then to the alert; `timeout` how long was waited at most. `others` counts what
    arrived meanwhile and was not the alert. No text of an alert is in it.
    """

    schema: Literal["auditor-drill/1"] = "auditor-drill/1"
    tool: str
    auditor: str
    host: str
    account: str
    sources: tuple[str, ...]
    at: datetime | None
    sink: Place
    match: Literal["either", "marker", "host"]
    timeout: float
    outcome: Outcome
    matched: Known | None = None
    seconds: float | None = None
    others: int = 0
    detail: str = ""


def encode_drill(drill: Drill) -> bytes:
    """As JSON, indented, with an end of line."""
    return msgspec.json.format(msgspec.json.encode(drill), indent=2) + b"\n"
