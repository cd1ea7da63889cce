"""What was told after a run, and what the next one has to remember.

`alerts/<run id>.json` in the store, `auditor-alerts/1`. Nothing in it comes from a
host: what a finding is about stands here as a digest only, so that it outlives the
erasure of its run and shows in no message.
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Final, Literal

import msgspec

from auditor.errors import SnapshotError
from auditor.model.changes import Cause
from auditor.model.findings import Reason, Severity
from auditor.model.manifests import AttestationSubject
from auditor.model.snapshot import HostState, Instant

SCHEMA: Final = "auditor-alerts/1"


class What(StrEnum):
    """What somebody is told.

    The first three are of a finding. `unaudited` is a host that could not be audited,
    `sight` a check that was evaluated on a host and is no more, `missing` a host that
    is not in the run any more; `ending` and `ended` a waiver or an attestation.
    """

    NEW = "new"
    RETURNED = "returned"
    WORSE = "worse"
    UNAUDITED = "unaudited"
    SIGHT = "sight"
    MISSING = "missing"
    ENDING = "ending"
    ENDED = "ended"


FINDINGS: Final = frozenset({What.NEW, What.RETURNED, What.WORSE})
ENDS: Final = frozenset({What.ENDING, What.ENDED})


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing to tell, as long as it is open.

    `key` is its identity over runs; `since` is when the run `run` began, in which it
    came up; `told` says by address when. `runs` counts those in a row of a host that
    could not be audited. Of a waiver or attestation, which has no `host`, `hosts` are
    those of the run that it covers, and `until` is its last day.
    """

    what: What
    key: str
    run: str
    since: Instant
    check: str = ""
    host: str = ""
    severity: Severity | None = None
    causes: tuple[Cause, ...] = ()
    reason: Reason | None = None
    state: HostState | None = None
    runs: int = 0
    subject: AttestationSubject | None = None
    hosts: tuple[str, ...] = ()
    until: date | None = None
    told: dict[str, Instant] = {}


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a run has been looked at.

    `open` by key. Of findings without an item `known` are open ones, found before
    anything could be compared with; `past` are those that were fixed once.
    """

    open: dict[str, Item] = {}
    known: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()


class Outcome(StrEnum):
    """What became of a message to one address.

    `refused`: it could not be reached, or did not take the message; `late`: not within
    the time; `unusable`: no address that apprise knows; `clear`: it would go over a
    network without TLS.
    """

    DELIVERED = "delivered"
    REFUSED = "refused"
    LATE = "late"
    UNUSABLE = "unusable"
    CLEAR = "clear"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One message: to which of `[alerts] to`, about what (keys), with what outcome."""

    to: str
    about: tuple[str, ...]
    outcome: Outcome


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What was due after a run, to how many addresses, and what became of it."""

    schema: Literal["auditor-alerts/1"] = SCHEMA
    run: str
    made: Instant
    due: tuple[str, ...]
    addresses: int
    sent: tuple[Sent, ...]
    memory: Memory


def key_of(*parts: object) -> str:
    """The identity of what the parts name, 128 bits in hex."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


def encode_record(record: Record) -> bytes:
    """The record as its file has it."""
    return msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=1)


def decode_record(data: bytes, name: str) -> Record:
    """Read a record; raises SnapshotError naming `name`."""
    try:
        return msgspec.json.decode(data, type=Record)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{name}: no record of alerts: {error}") from error
