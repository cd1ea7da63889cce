"""Data of a migration are still here after the day by which to erase them."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.file_tree import FileTree
from auditor.facts.migrations import (
    erase_date,
    erasure,
    left_of,
    of_nothing,
    subject_of,
)
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Value,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Migration
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind


@check
def kept_beyond_erase_date(
    tree: FileTree, host: Host, manifests: Manifests, profile: Profile, audit: Audit
) -> Iterator[Finding]:
    """One finding a migration that had its source, target or a copy here."""
    nothing = of_nothing(manifests)
    if nothing is not None:
        yield nothing
    for migration in manifests.migrations.entries:
        yield judged(migration, tree, host, profile, audit)


def judged(
    migration: Migration, tree: FileTree, host: Host, profile: Profile, audit: Audit
) -> Finding:
    """Files that are left are judged by the day; nothing left, by the record."""
    subject, due = subject_of(migration), erase_date(migration)
    rests = tree.over(migration.paths_on(host.name))
    left = left_of(migration, tree, host.name, profile)
    if not left:
        return gone(migration, tree, host, audit)
    found = [Evidence(entry.read) for entry in left[:3]]
    count = Value(ValueKind.COUNT, len(left))
    if migration.erase_by is None or due is None:
        return WARN(subject, "no_date", *found, rests_on=rests, count=count)
    days = (audit.date - migration.erase_by).days
    late = Value(ValueKind.DURATION, abs(days))
    shown = (*found, due)
    if days > 0:
        return FAIL(subject, "overdue", *shown, rests_on=rests, count=count, days=late)
    if -days <= profile.limits["erase_warn_days"]:
        return WARN(subject, "soon", *shown, rests_on=rests, count=count, days=late)
    return PASS(subject, "in_time", due, rests_on=rests)


def gone(migration: Migration, tree: FileTree, host: Host, audit: Audit) -> Finding:
    """No file was found: that is an erasure once it is recorded."""
    subject, due = subject_of(migration), erase_date(migration)
    record, rests = erasure(migration), tree.over(migration.paths_on(host.name))
    if (
        due is not None
        and record is None
        and not migration.erase_overdue_on(audit.date)
    ):
        return PASS(subject, "in_time", due, rests_on=rests)
    if any(dataset.table for dataset in migration.dataset):
        detail = "the instruction names tables, and databases are not searched"
        return UNKNOWN(subject, Reason.NOT_COLLECTED_FOR, detail=detail)
    if record is not None:
        return PASS(subject, "erased", record, rests_on=rests)
    proof = () if due is None else (due,)
    detail = "no file was found, and no erasure is recorded"
    return UNKNOWN(subject, Reason.ATTESTATION_MISSING, *proof, detail=detail)
