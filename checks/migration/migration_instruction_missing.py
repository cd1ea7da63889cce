"""Nothing that the controller signed says what a migration may move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from auditor.facts.declared import declared, nothing_declared
from auditor.model.check import Audit, check
from auditor.model.findings import (
    ATTESTED,
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
from auditor.model.manifests import Manifests, Migration
from auditor.model.sources import ValueKind

#: What an instruction must hold beside its data sets (GDPR Art. 28(3)).
FIELDS = (
    "controller",
    "processor",
    "purpose",
    "sites",
    "date_from",
    "date_to",
    "erase_by",
)


@check
def migration_instruction_missing(
    manifests: Manifests, audit: Audit
) -> Iterator[Finding]:
    """Judges the instruction of each migration that the host takes part in."""
    migrations = manifests.migrations
    if not migrations.exists:
        yield UNKNOWN(WHOLE_HOST, Reason.ATTESTATION_MISSING)
    elif not migrations.entries:
        proof = nothing_declared(migrations, "migration of this server")
        yield NA(WHOLE_HOST, "no_migration", proof)
    for migration in migrations.entries:
        yield judged(migration, audit.date)


def judged(migration: Migration, day: date) -> Finding:
    """One instruction: complete and signed in time, or what it lacks."""
    subject = Subject("migration", migration.id)
    signed = migration.signed_on.isoformat()
    shown = Evidence(
        declared(
            migration.place,
            migration,
            key="signed_on",
            kind=ValueKind.TIME,
            shown=signed,
        )
    )
    values: dict[str, Any] = {
        "person": migration.signed_by,
        "signed": Value(ValueKind.TIME, signed),
    }
    gaps = list(missing(migration, day))
    if gaps:
        points = Value(ValueKind.OPTION, ", ".join(gaps))
        return WARN(subject, "incomplete", shown, **values, points=points)
    if migration.started_on is not None and migration.started_on < migration.signed_on:
        started = Value(ValueKind.TIME, migration.started_on.isoformat())
        return WARN(subject, "signed_late", shown, **values, started=started)
    return ATTESTED(subject, "complete", shown, **values)


def missing(migration: Migration, day: date) -> Iterator[str]:
    """The keys that are not filled in, or that limit nothing."""
    yield from (name for name in FIELDS if not getattr(migration, name))
    # `*` is an instruction that says "all data".
    limited = [
        dataset.allowed_fields and "*" not in dataset.allowed_fields
        for dataset in migration.dataset
    ]
    if not limited or not all(limited):
        yield "allowed_fields"
    if migration.signed_on > day:
        yield "signed_on"
