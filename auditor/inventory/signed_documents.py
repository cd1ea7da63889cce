"""The documents that entries of manifests name with a digest, as they are found.

A stored run keeps no document, only what it was found to be (`documents.json`), so that
its snapshots are judged again by what was there on its day.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

import msgspec

from auditor.errors import ConfigurationError, Problem
from auditor.model.manifests import Attestation, Manifests, Migration

#: Beside the manifests of a stored run: document -> its SHA-256, or why it has none.
KEPT = "documents.json"


class Documents:
    """The documents beside the manifests of a folder, each read when asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def found(self, name: str) -> str:
        """A document's SHA-256 in hexadecimal, or in words why it has none.

        Raises ConfigurationError where a stored run's own table can't be read.
        """
        if self._kept is not None:
            return self._kept.get(name, "not among what the run kept")
        file = self._folder / name
        # A pipe or a device would be read for ever.
        if file.exists() and not file.is_file():
            return "this is no file"
        try:
            return digest_of(file)
        except OSError as error:
            return error.strerror or "it can't be read"

    @cached_property
    def _kept(self) -> dict[str, str] | None:
        file = self._folder / KEPT
        if not file.is_file():
            return None
        try:
            return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError) as error:
            message = f"not the digests of documents: {error}"
            raise ConfigurationError([Problem(str(file), message)]) from None


def digest_of(file: Path) -> str:
    """The SHA-256 of a file in hexadecimal; raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def kept_of(manifests: Manifests) -> bytes:
    """What a run keeps of its manifests' documents; nothing when they name none."""
    entries: tuple[Attestation | Migration, ...] = (
        *manifests.attestations.entries,
        *manifests.migrations.entries,
    )
    found = {e.document: e.found for e in entries if e.document and e.found}
    return msgspec.json.encode(found) if found else b""
