"""What the instructions of migrations say of a host, held against its files."""

from __future__ import annotations

from auditor.facts.declared import declared
from auditor.facts.file_tree import Entry, FileTree
from auditor.model.findings import (
    NA,
    UNKNOWN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.manifests import Manifests, Migration
from auditor.model.profile import Profile
from auditor.model.sources import Read, Shown, Source, Status, ValueKind

SECONDS = 86_400


def of_nothing(manifests: Manifests) -> Finding | None:
    """What is said where no instruction speaks of the host; None where one does."""
    manifest = manifests.migrations
    if manifest.file is None:
        return UNKNOWN(WHOLE_HOST, Reason.ATTESTATION_MISSING)
    if manifest.entries:
        return None
    source = Source("Manifests", "manifest", manifest.file, Status.OK)
    shown = Shown("", ValueKind.WORD, "no migration of this host")
    return NA(WHOLE_HOST, "no_migration", Evidence(Read(False, source, None, (shown,))))


def subject_of(migration: Migration) -> Subject:
    """The migration, by the name that its instruction has."""
    return Subject("migration", migration.id)


def left_of(
    migration: Migration, tree: FileTree, host: str, profile: Profile
) -> tuple[Entry, ...]:
    """The files of a migration that are still in its paths on a host, largest first.

    Its own patterns count; an instruction without any means every dump.
    """
    names = migration.patterns or profile.patterns["dump_globs"]
    found = [
        entry
        for entry in tree.entries
        if entry.type == "f"
        and entry.named(names)
        and any(entry.below(path) for path in migration.paths_on(host))
    ]
    return tuple(sorted(found, key=lambda entry: -entry.size))


def erase_date(migration: Migration) -> Evidence | None:
    """The day by which the instruction wants the data erased, if it says one."""
    if migration.erase_by is None:
        return None
    day = migration.erase_by.isoformat()
    return Evidence(declared(migration.place, day, key="erase_by", kind=ValueKind.TIME))


def erasure(migration: Migration) -> Evidence | None:
    """The record of the erasure, if it was written."""
    record = migration.record
    if record is None or record.erased_on is None:
        return None
    day = record.erased_on.isoformat()
    return Evidence(
        declared(migration.place, day, key="erased_on", kind=ValueKind.TIME)
    )
