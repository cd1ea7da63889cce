"""What manifests declare, as evidence: the file and line where it was written."""

from __future__ import annotations

from typing import TypeVar

from auditor.model.manifests import Place
from auditor.model.sources import Read, Shown, Source, Status, ValueKind

T = TypeVar("T")


def declared(
    place: Place, value: T, *, key: str, kind: ValueKind, shown: str | None = None
) -> Read[T]:
    """A value as declared at that place, shown in evidence as `key=shown`."""
    source = Source("Manifests", "manifest", place.file, Status.OK)
    text = str(value) if shown is None else shown
    return Read(value, source, place.line, (Shown(key, kind, text),))
