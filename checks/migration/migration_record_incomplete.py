"""A migration is over, and no complete record shows that its copies are erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from auditor.facts.declared import declared
from auditor.facts.file_tree import FileTree
from auditor.facts.migrations import left_of, of_nothing, subject_of
from auditor.model.check import Audit, check
from auditor.model.findings import (
    ATTESTED,
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Value,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Migration, MigrationRecord
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

#: What a record must hold; `transfer_encrypted = false` is filled in, too.
FIELDS = (
    "counts_source",
    "counts_target",
    "counts_checked_by",
    "transfer_encrypted",
    "work_copies",
    "access_list",
    "erased_by",
    "erasure_method",
)


@check
def migration_record_incomplete(
    tree: FileTree, host: Host, manifests: Manifests, profile: Profile, audit: Audit
) -> Iterator[Finding]:
    """Judges the record of each migration of this host that has ended."""
    nothing = of_nothing(manifests)
    if nothing is not None:
        yield nothing
    limit = profile.limits["record_max_days"]
    for migration in manifests.migrations.entries:
        early = without_erasure(migration, audit.date, limit)
        yield early or of_copies(migration, tree, host, profile)


def without_erasure(migration: Migration, day: date, limit: float) -> Finding | None:
    """What is said while no record says that all was erased; None once one does."""
    subject, ended, record = subject_of(migration), migration.ended_on, migration.record
    if ended is None or ended >= day:
        begun = dated(migration, "started_on", migration.started_on)
        return NA(subject, "under_way", begun)
    shown = dated(migration, "ended_on", ended)
    if record is None:
        return UNKNOWN(subject, Reason.ATTESTATION_MISSING, shown, detail="no record")
    if record.erased_on is not None and record.erased_on <= day:
        return None
    if (day - ended).days > limit:
        since = Value(ValueKind.TIME, ended.isoformat())
        return FAIL(subject, "not_erased", shown, ended=since)
    reason = Reason.ATTESTATION_MISSING
    return UNKNOWN(subject, reason, shown, detail="no erasure yet")


def of_copies(
    migration: Migration, tree: FileTree, host: Host, profile: Profile
) -> Finding:
    """A record that says erased, held against the work copies on this host."""
    subject, record = subject_of(migration), migration.record
    assert record is not None
    shown = dated(migration, "erased_on", record.erased_on)
    left = left_of(migration, tree, host.name, profile)
    on = Value(ValueKind.TIME, str(record.erased_on))
    if left:
        found = [Evidence(entry.read) for entry in left[:3]]
        count = Value(ValueKind.COUNT, len(left))
        return FAIL(subject, "copy_left", shown, *found, erased=on, count=count)
    lacking = of_record(migration, record, shown)
    if lacking is not None:
        return lacking
    copies = [
        copy.host.casefold() == host.name.casefold() for copy in record.work_copies
    ]
    seen = tree.over(migration.paths_on(host.name))
    if all(copies) or not all(source.seen for source in seen):
        return PASS(subject, "nothing_left", shown, rests_on=seen, erased=on)
    person = record.erased_by or ""
    return ATTESTED(subject, "complete", shown, person=person, erased=on)


def of_record(
    migration: Migration, record: MigrationRecord, shown: Evidence
) -> Finding | None:
    """What a record with an erasure lacks; None for a complete one."""
    subject = subject_of(migration)
    source, target = record.counts_source, record.counts_target
    if source != target and None not in (source, target) and not record.counts_reason:
        return FAIL(
            subject,
            "counts_differ",
            shown,
            source=Value(ValueKind.COUNT, source or 0),
            target=Value(ValueKind.COUNT, target or 0),
        )
    gaps = [name for name in FIELDS if getattr(record, name) in (None, "", ())]
    if gaps:
        points = Value(ValueKind.OPTION, ", ".join(gaps))
        return WARN(subject, "incomplete", shown, points=points)
    erased, ended = record.erased_on, migration.ended_on
    if erased is not None and ended is not None and erased < ended:
        on, until = (Value(ValueKind.TIME, day.isoformat()) for day in (erased, ended))
        return WARN(subject, "erased_too_early", shown, erased=on, ended=until)
    return None


def dated(migration: Migration, key: str, day: date | None) -> Evidence:
    """A date of the manifest's entry."""
    shown = "-" if day is None else day.isoformat()
    kind = ValueKind.TIME
    return Evidence(declared(migration.place, day, key=key, kind=kind, shown=shown))
