"""Nothing that the controller signed says what a migration may move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from auditor.facts.absence import nothing_in
from auditor.facts.declared import declared
from auditor.facts.file_tree import FileTree
from auditor.facts.migrations import of_nothing, subject_of, undeclared
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
    Verdict,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Migration
from auditor.model.profile import Profile
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
    tree: FileTree, host: Host, manifests: Manifests, profile: Profile, audit: Audit
) -> Iterator[Finding]:
    """Judges the instruction of each migration of this host, and files without one."""
    migrations = manifests.migrations.entries
    now = audit.instant.timestamp()
    traces = undeclared(tree, migrations, host.name, profile, now)
    searched = nothing_in(tree, "trace of a migration")
    nothing = of_nothing(manifests)
    if traces:
        proof = [Evidence(entry.read) for entry in traces[:3]]
        count, path = Value(ValueKind.COUNT, len(traces)), traces[0].folder
        subject = Subject("migration", "undeclared")
        yield FAIL(subject, "traces", *proof, count=count, path=path)
    elif nothing is not None and nothing.verdict is Verdict.UNKNOWN:
        yield nothing
    elif nothing is not None or not all(source.seen for source in tree.sources):
        # Where not everything was searched this becomes UNKNOWN.
        proof = [*(nothing.evidence if nothing else ()), *searched]
        yield NA(WHOLE_HOST, "no_migration", *proof)
    for migration in migrations:
        yield judged(migration, audit.date)


def judged(migration: Migration, day: date) -> Finding:
    """One instruction: complete and signed in time, or what it lacks."""
    subject = subject_of(migration)
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
    if migration.document_fault is not None:
        fault = migration.document_fault
        return UNKNOWN(subject, Reason.ATTESTATION_MISSING, shown, detail=fault)
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
