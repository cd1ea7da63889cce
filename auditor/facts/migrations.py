"""What the instructions of migrations say of a host, held against its files."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

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


def is_trace(entry: Entry, profile: Profile) -> bool:
    """A large file of data with a migration's word in its name or its folders'.

    The names of the usual data roots (`/export`) say nothing.
    """
    if entry.type != "f" or entry.size <= profile.limits["leftover_min_bytes"]:
        return False
    if not entry.named(profile.patterns["dump_globs"]):
        return False
    roots = [root for root in profile.sets["default_data_roots"] if entry.below(root)]
    parts = entry.path.removeprefix(max(roots, key=len, default="")).casefold()
    words = profile.patterns["migration_globs"]
    return any(fnmatchcase(part, word) for part in parts.split("/") for word in words)


def undeclared(
    tree: FileTree,
    migrations: Iterable[Migration],
    host: str,
    profile: Profile,
    now: float,
) -> tuple[Entry, ...]:
    """Old traces in no path that an instruction names, largest first."""
    paths = [path for one in migrations for path in one.paths_on(host)]
    youngest = now - profile.limits["leftover_fail_days"] * SECONDS
    found = [
        entry
        for entry in tree.entries
        if entry.mtime < youngest
        and not any(entry.below(path) for path in paths)
        and is_trace(entry, profile)
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
