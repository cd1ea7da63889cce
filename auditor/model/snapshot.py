"""A snapshot: one host at one instant, also a host that was never reached.

Read and written by msgspec; unknown fields of a later version are skipped.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from auditor.errors import SnapshotError
from auditor.model.findings import Reason
from auditor.model.sources import Status

SCHEMA = "auditor-snapshot/1"
#: An instant that says its time zone: others can't be compared with each other.
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
#: Seconds; no clock that tells a date is further off than a few thousand years.
Offset = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
#: A host's name becomes the name of a file: nothing that leads elsewhere is one.
HostName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")]


class HostState(StrEnum):
    """How far the audit of a host came."""

    AUDITED = "audited"
    PARTIAL = "partial"
    REFUSED = "refused"
    UNTRUSTED = "untrusted"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    INTERRUPTED = "interrupted"


class FactText(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as its frame's body came, already reduced on the target."""

    format: int
    parameters: tuple[str, ...] = ()
    status: Status
    text: str


class HostKeySeen(msgspec.Struct, frozen=True, kw_only=True):
    """The key that the server showed; `sha256` as ssh-keygen prints it."""

    type: str
    sha256: str


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """The algorithms that the server offered, in its order."""

    kex: tuple[str, ...] = ()
    cipher: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()
    host_key: tuple[str, ...] = ()


class Handshake(msgspec.Struct, frozen=True, kw_only=True):
    """What the SSH handshake showed; the agreed names are empty where none was."""

    server: str = ""
    host_key: HostKeySeen | None = None
    kex: str = ""
    cipher: str = ""
    mac: str = ""
    offered: Offered = Offered()


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What was read on one host, with how and when (instants are UTC)."""

    schema: str = SCHEMA
    host: HostName
    state: HostState
    reason: Reason | None = None
    detail: str | None = None
    started: Instant
    ended: Instant
    clock_offset: Offset | None = None
    transport: str = "ssh"
    vantage: str = "inside"
    user: str = ""
    privilege: str = ""
    asked: str = ""
    tool: str = ""
    program_sha256: str = ""
    digest_key_id: str = ""
    ssh: Handshake | None = None
    facts: dict[str, FactText] = {}


def in_our_days(*instants: datetime) -> bool:
    """Whether every time zone can write the instants, for which a day may be added."""
    return all(1970 <= instant.year < 9999 for instant in instants)


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """The snapshot as the JSON of a file, one line."""
    return msgspec.json.encode(snapshot) + b"\n"


def decode_snapshot(data: bytes, name: str) -> Snapshot:
    """Read a snapshot; raises SnapshotError naming `name` and what is wrong."""
    try:
        snapshot = msgspec.json.decode(data, type=Snapshot)
    # RecursionError: nested deeper than any file of ours.
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{name}: not a snapshot: {error}") from error
    if not in_our_days(snapshot.started, snapshot.ended):
        raise SnapshotError(f"{name}: not a snapshot: its instants are out of range")
    if snapshot.schema != SCHEMA:
        raise SnapshotError(f"{name}: schema {snapshot.schema!r}, expected {SCHEMA!r}")
    return snapshot
