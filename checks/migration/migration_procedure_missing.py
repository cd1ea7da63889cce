"""No procedure of its own governs the migrations of patients' data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from auditor.facts.attested import Unattested, attestation_of, older_than, signature
from auditor.facts.declared import declared
from auditor.model.check import Audit, check
from auditor.model.findings import (
    ATTESTED,
    FAIL,
    NA,
    WARN,
    Evidence,
    Finding,
    Subject,
    Value,
    Verdict,
)
from auditor.model.manifests import Attestation, Manifests, Migration
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

SUBJECT = Subject("service", "migration procedure")
#: What a procedure provides for, as `answers` of the attestation names it.
POINTS = (
    "field_inventory",
    "minimisation",
    "encrypted_transfer",
    "work_copies",
    "access_list",
    "test_data",
    "count_checks",
    "erasure_proof",
    "incident_path",
)
#: So many points answered by no leave no procedure.
TOO_MANY = 4


@check
def migration_procedure_missing(
    manifests: Manifests, audit: Audit, profile: Profile
) -> Iterator[Finding]:
    """Judges the newest valid attestation of a procedure for migrations.

    Of its `answers`, `migrates = false` says that neither the client nor its
    processors move data, `exists = false` that there is no procedure.
    """
    entry = attestation_of("migration-procedure", manifests, audit.date)
    if isinstance(entry, Unattested):
        yield entry.of(SUBJECT)
        return
    old = older_than(
        entry.signed_on, profile.limits["procedure_max_months"], audit.date
    )
    finding = judged(entry, old=old)
    moved = [
        migration
        for migration in manifests.migrations.entries
        if not migration.ended_before(entry.signed_on)
    ]
    if finding.verdict is Verdict.NA and moved:
        finding = contradicted(finding, moved[0])
    yield finding


def contradicted(finding: Finding, migration: Migration) -> Finding:
    """Nothing is migrated, they say: and an instruction says what."""
    day = migration.signed_on.isoformat()
    kind = ValueKind.TIME
    read = declared(migration.place, day, key="signed_on", kind=kind, shown=day)
    named = Value(ValueKind.SETTING, migration.id)
    return replace(
        finding,
        verdict=Verdict.FAIL,
        message="contradicted",
        evidence=(*finding.evidence, Evidence(read)),
        values={**finding.values, "migration": named},
    )


def judged(entry: Attestation, *, old: bool) -> Finding:
    """One attestation, by what it answers; a point not answered is no failure."""
    answers = entry.answers or {}
    shown = signature(entry)
    values: dict[str, Any] = {
        "person": entry.signed_by,
        "signed": Value(ValueKind.TIME, entry.signed_on.isoformat()),
    }
    if answers.get("migrates") is False:
        return NA(SUBJECT, "no_migrations", shown, **values)
    if answers.get("exists") is False:
        return FAIL(SUBJECT, "none", shown, **values)
    refused = [point for point in POINTS if answers.get(point) is False]
    if len(refused) >= TOO_MANY:
        return FAIL(SUBJECT, "many_gaps", shown, **values, points=named(refused))
    lacking = [point for point in POINTS if not answers.get(point)]
    if lacking:
        return WARN(SUBJECT, "gaps", shown, **values, points=named(lacking))
    if old:
        return WARN(SUBJECT, "old", shown, **values)
    return ATTESTED(SUBJECT, "complete", shown, **values)


def named(points: list[str]) -> Value:
    """Points as one value of a message."""
    return Value(ValueKind.OPTION, ", ".join(points))
