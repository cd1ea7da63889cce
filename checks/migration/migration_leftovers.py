"""Files that were made for a migration are still on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from auditor.facts.declared import declared
from auditor.facts.file_tree import Entry, FileTree
from auditor.facts.migrations import SECONDS, is_trace, left_of
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
    Value,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Migration
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind


@check
def migration_leftovers(
    tree: FileTree, host: Host, manifests: Manifests, profile: Profile, audit: Audit
) -> Iterator[Finding]:
    """In the paths of migrations that ended, then by name everywhere else."""
    known: set[str] = set()
    found: list[Finding] = []
    for migration in manifests.migrations.entries:
        left = left_of(migration, tree, host.name, profile)
        for folder, entries in by_folder(left):
            if folder not in known and migration.ended_before(audit.date):
                found.append(ended(folder, entries, migration))
            # What an open migration works with is no leftover.
            known.add(folder)
    named = (entry for entry in tree.entries if is_trace(entry, profile))
    for folder, entries in by_folder(named):
        if folder not in known:
            found += aged(folder, entries, profile, audit)
    yield from found
    if not found and not manifests.migrations.exists:
        detail = "nothing was found by name, and no migration is declared"
        yield UNKNOWN(WHOLE_HOST, Reason.ATTESTATION_MISSING, detail=detail)
    elif not found:
        yield PASS(WHOLE_HOST, "none")


def by_folder(entries: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Each folder with its files, the largest first."""
    ordered = sorted(entries, key=lambda entry: (entry.folder, -entry.size))
    for folder, group in groupby(ordered, key=lambda entry: entry.folder):
        yield folder, list(group)


def ended(folder: str, entries: list[Entry], migration: Migration) -> Finding:
    """Files in a work path of a migration that is over."""
    day = migration.ended_on.isoformat() if migration.ended_on else ""
    end = declared(migration.place, day, key="ended_on", kind=ValueKind.TIME)
    return FAIL(
        Subject("directory", folder),
        "ended",
        *(Evidence(entry.read) for entry in entries[:3]),
        Evidence(end),
        count=Value(ValueKind.COUNT, len(entries)),
        migration=Value(ValueKind.SETTING, migration.id),
        ended=Value(ValueKind.TIME, day),
    )


def aged(
    folder: str, entries: list[Entry], profile: Profile, audit: Audit
) -> Iterator[Finding]:
    """Files with a migration's name, by their age."""
    now = audit.instant.timestamp()
    ages = {entry: int((now - entry.mtime) // SECONDS) for entry in entries}
    limit = profile.limits["leftover_fail_days"]
    old = [entry for entry in entries if ages[entry] > limit]
    recent = [entry for entry in entries if 1 <= ages[entry] <= limit]
    chosen = old or recent
    if chosen:
        make, message = (FAIL, "old") if old else (WARN, "recent")
        yield make(
            Subject("directory", folder),
            message,
            *(Evidence(entry.read) for entry in chosen[:3]),
            count=Value(ValueKind.COUNT, len(chosen)),
            days=Value(ValueKind.DURATION, max(ages[entry] for entry in chosen)),
            size=Value(ValueKind.SIZE, chosen[0].size),
        )
