"""The manifest of a run folder, `manifest.json`: what belongs to it, and after which.

It names every part with its digest, and the manifest of the run before by its own: so
the runs of a store are a chain, in which none can be changed, put in or taken out
without the next one showing it. `number` counts along the chain and is the order of
runs; clocks go wrong.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from auditor.errors import SnapshotError
from auditor.model.snapshot import Instant
from auditor.store.signing import SIGNATURE

T = TypeVar("T")

SCHEMA: Final = "auditor-manifest/1"
ERASURE: Final = "auditor-erasure/1"

#: File names in a run folder.
MANIFEST = "manifest.json"
ERASED = "erased.json"

#: What vouches for the parts, and is none.
_SIGNED = (MANIFEST, ERASED)
NO_PARTS = frozenset({*_SIGNED, *(name + SIGNATURE for name in _SIGNED)})


class Part(msgspec.Struct, frozen=True):
    """A file of the run as it lies on the disk; its size in bytes."""

    sha256: str
    bytes: int


class Before(msgspec.Struct, frozen=True):
    """The run before in the chain, and the digest of its manifest."""

    run: str
    sha256: str


class RunManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run folder holds.

    `signer` is the fingerprint of the key that signs this, None when nobody does;
    `again` the run whose snapshots were judged once more; `parts` by path within the
    folder.
    """

    schema: Literal["auditor-manifest/1"] = SCHEMA
    run: str
    number: int
    previous: Before | None
    made: Instant
    tool: str
    auditor: str
    signer: str | None = None
    again: str | None = None
    parts: dict[str, Part]


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """That the parts of a run were erased: when, by whom and by what rule."""

    schema: Literal["auditor-erasure/1"] = ERASURE
    run: str
    manifest_sha256: str
    erased: Instant
    auditor: str
    rule: str


def parts_of(folder: Path) -> dict[str, Part]:
    """Every file of the folder but the manifest and what else is no part."""
    files = sorted(file for file in folder.rglob("*") if not file.is_dir())
    names = {file.relative_to(folder).as_posix(): file for file in files}
    return {n: part_of(file) for n, file in names.items() if n not in NO_PARTS}


def part_of(file: Path) -> Part:
    """A file as a part; raises OSError."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return Part(digest.hexdigest(), stream.tell())


def digest_of(data: bytes) -> str:
    """The digest by which the next run names a manifest."""
    return hashlib.sha256(data).hexdigest()


def encode(record: RunManifest | Erasure) -> bytes:
    """The record as its file has it."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def decode_manifest(data: bytes, name: str) -> RunManifest:
    """Read a manifest; raises SnapshotError naming `name`."""
    return _decode(data, name, RunManifest)


def decode_erasure(data: bytes, name: str) -> Erasure:
    """Read the record of an erasure; raises SnapshotError naming `name`."""
    return _decode(data, name, Erasure)


def _decode(data: bytes, name: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{name}: not such a file: {error}") from error
