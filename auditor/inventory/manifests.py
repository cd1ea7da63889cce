"""The five manifests of a client, read strictly with every mistake at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.declarations import SCHEMA, mistakes_of
from auditor.inventory.documents import Document, meant, read_document
from auditor.inventory.positions import Key
from auditor.inventory.signed_documents import Documents
from auditor.inventory.structure import described
from auditor.model.manifests import (
    Attestation,
    Manifest,
    Manifests,
    Migration,
    Owner,
    Owners,
    Place,
    Service,
    Waiver,
)

Entry = TypeVar("Entry", Migration, Owner, Service, Attestation, Waiver)

FILES = (
    "migrations.toml",
    "owners.toml",
    "services.toml",
    "attestations.toml",
    "waivers.toml",
)


def read_manifests(folder: Path, *, timezone: str) -> Manifests:
    """Read `migrations.toml`, `owners.toml`, `services.toml`, `attestations.toml`
    and `waivers.toml` of a folder; each may be missing.

    One with `draft = true` at its top counts as missing: an example that nobody
    has filled in declares nothing, an empty manifest declares that there is none.

    `timezone` is the engagement's: the dates are local to it. Raises
    ConfigurationError with every mistake of all five.
    """
    problems: list[Problem] = []
    migrations = _read(folder, "migration", Migration, problems)
    owners = _read(folder, "owner", Owner, problems)
    manifests = Manifests(
        timezone=timezone,
        migrations=migrations,
        owners=Owners(owners.file, owners.entries),
        services=_read(folder, "service", Service, problems),
        attestations=_read(folder, "attestation", Attestation, problems),
        waivers=_read(folder, "waiver", Waiver, problems),
    )
    if problems:
        raise ConfigurationError(problems)
    return manifests


def read_manifest(folder: Path, kind: str, entry: type[Entry]) -> Manifest[Entry]:
    """One of the five alone, as `waiver` of `Waiver`; raises ConfigurationError."""
    problems: list[Problem] = []
    found = _read(folder, kind, entry, problems)
    if problems:
        raise ConfigurationError(problems)
    return found


def _read(
    folder: Path, kind: str, entry: type[Entry], problems: list[Problem]
) -> Manifest[Entry]:
    """One manifest; its name in `place` is the same wherever the folder lies."""
    path = folder / f"{kind}s.toml"
    if not path.exists():
        return Manifest()
    try:
        document = read_document(path)
    except ConfigurationError as error:
        problems += error.problems
        return Manifest()
    if _draft(document):
        return Manifest()
    return Manifest(path.name, entries_of(document, kind, entry, problems))


def entries_of(
    document: Document, kind: str, entry: type[Entry], problems: list[Problem]
) -> tuple[Entry, ...]:
    """The entries of a manifest that is no draft; its mistakes go to `problems`."""
    path = Path(document.file)
    here = list(_outside(document, kind))
    found: list[Entry] = []
    key: Key
    documents = Documents(path.parent)
    for key in _keys(document, kind):
        read = SCHEMA.read(document, key, entry, here)
        if read is None:
            continue
        for name, message in mistakes_of(read):
            here.append(document.problem((*key, name), message))
        place = Place(path.name, document.line(key) or 1)
        found.append(replace(read, place=place, **_looked_up(read, documents)))
    here += _same_ids(document, found)
    problems += sorted(here, key=lambda problem: problem.line or 0)
    return tuple(found)


def _looked_up(entry: object, documents: Documents) -> dict[str, str]:
    """What the document of an entry is found to be, where it promises a digest."""
    if isinstance(entry, Attestation | Migration) and entry.document and entry.sha256:
        return {"found": documents.found(entry.document)}
    return {}


def is_draft(path: Path) -> bool:
    """Whether a manifest that reads as TOML counts as missing: `draft = true`."""
    return _draft(read_document(path))


def _draft(document: Document) -> bool:
    return document.table.get("draft") is True


def _keys(document: Document, kind: str) -> list[Key]:
    entries = document.table.get(kind)
    count = len(entries) if isinstance(entries, list) else 0
    return [(kind, index) for index in range(count)]


def _same_ids(document: Document, entries: Sequence[object]) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry, Migration):
            line = lines.setdefault(entry.id, entry.place.line)
            if line != entry.place.line:
                message = f"'{entry.id}' is the id of the one in line {line} too"
                file, key = document.file, "migration.id"
                yield Problem(file, message, entry.place.line, key)


def _outside(document: Document, kind: str) -> Iterator[Problem]:
    """What stands in a manifest beside its entries."""
    for key, value in document.table.items():
        if key == "draft":
            message = "write true, or take this line out: this manifest counts"
            yield document.problem((key,), message)
        elif key != kind:
            near = meant(key, [kind]) or f"; the entries here are [[{kind}]]"
            yield document.problem((key,), f"unknown key{near}")
        elif isinstance(value, dict):
            message = f"write [[{kind}]] with two brackets: there may be several"
            yield document.problem((key,), message)
        elif not isinstance(value, list):
            message = f"tables [[{kind}]] are due, not {described(value)}"
            yield document.problem((key,), message)
