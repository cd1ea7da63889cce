"""A migration is over, and no complete record shows that its copies are erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from auditor.facts.declared import declared, nothing_declared
from auditor.model.check import Audit, check
from auditor.model.findings import (
    ATTESTED,
    FAIL,
    NA,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
    Value,
)
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
    manifests: Manifests, audit: Audit, profile: Profile
) -> Iterator[Finding]:
    """Judges the record of each migration of this host that has ended."""
    migrations = manifests.migrations
    if not migrations.exists:
        yield UNKNOWN(WHOLE_HOST, Reason.ATTESTATION_MISSING)
    elif not migrations.entries:
        proof = nothing_declared(migrations, "migration of this server")
        yield NA(WHOLE_HOST, "no_migration", proof)
    for migration in migrations.entries:
        yield judged(migration, audit.date, profile.limits["record_max_days"])


def judged(migration: Migration, day: date, limit: float) -> Finding:
    """One migration: under way, without a record, or by what its record says."""
    subject = Subject("migration", migration.id)
    ended = migration.ended_on
    if ended is None or ended >= day:
        begun = dated(migration, "started_on", migration.started_on)
        return NA(subject, "under_way", begun)
    shown = dated(migration, "ended_on", ended)
    record = migration.record
    if record is None:
        return UNKNOWN(subject, Reason.ATTESTATION_MISSING, shown, detail="no record")
    erased = record.erased_on
    if erased is None or erased > day:
        if (day - ended).days > limit:
            since = Value(ValueKind.TIME, ended.isoformat())
            return FAIL(subject, "not_erased", shown, ended=since)
        reason = Reason.ATTESTATION_MISSING
        return UNKNOWN(subject, reason, shown, detail="no erasure yet")
    return of_record(migration, record, ended, erased)


def of_record(
    migration: Migration, record: MigrationRecord, ended: date, erased: date
) -> Finding:
    """A record that says when everything was erased."""
    subject = Subject("migration", migration.id)
    shown = dated(migration, "erased_on", erased)
    source, target = record.counts_source, record.counts_target
    uneven = source is not None and target is not None and source != target
    if uneven and not record.counts_reason:
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
    on = Value(ValueKind.TIME, erased.isoformat())
    if erased < ended:
        until = Value(ValueKind.TIME, ended.isoformat())
        return WARN(subject, "erased_too_early", shown, erased=on, ended=until)
    return ATTESTED(
        subject, "complete", shown, person=record.erased_by or "", erased=on
    )


def dated(migration: Migration, key: str, day: date | None) -> Evidence:
    """A date of the manifest's entry."""
    shown = "-" if day is None else day.isoformat()
    kind = ValueKind.TIME
    return Evidence(declared(migration.place, day, key=key, kind=kind, shown=shown))
