"""What only a signed statement can settle."""

from __future__ import annotations

from datetime import date

from auditor.facts.declared import declared
from auditor.model.check import Audit
from auditor.model.findings import (
    ATTESTED,
    UNKNOWN,
    Evidence,
    Finding,
    Reason,
    Subject,
    Value,
)
from auditor.model.manifests import Attestation, Manifests
from auditor.model.sources import ValueKind


def attestation_of(topic: str, manifests: Manifests, day: date) -> Attestation | Reason:
    """The newest entry of that topic that is valid on the day, else why none is."""
    entries = [e for e in manifests.attestations.entries if e.subject == topic]
    valid = [entry for entry in entries if entry.valid_on(day)]
    if valid:
        return max(valid, key=lambda one: one.signed_on)
    expired = any(entry.expired_on(day) for entry in entries)
    return Reason.ATTESTATION_EXPIRED if expired else Reason.ATTESTATION_MISSING


def signature(entry: Attestation) -> Evidence:
    """The entry, shown by the day on which it was signed."""
    signed = entry.signed_on.isoformat()
    return Evidence(
        declared(entry.place, entry, key="signed_on", kind=ValueKind.TIME, shown=signed)
    )


def older_than(signed: date, months: float, day: date) -> bool:
    """Whether more months lie between the two days; the same day of a month is in."""
    passed = (day.year - signed.year) * 12 + day.month - signed.month
    return (passed, day.day) > (months, signed.day)


def attested_on(
    topic: str,
    manifests: Manifests,
    audit: Audit,
    subject: Subject,
    *seen: Evidence,
) -> Finding:
    """ATTESTED `attested` by a valid entry of that topic, else UNKNOWN and why.

    `seen` is what the host itself showed.
    """
    entry = attestation_of(topic, manifests, audit.date)
    if isinstance(entry, Reason):
        return UNKNOWN(subject, entry, *seen)
    return ATTESTED(
        subject,
        "attested",
        signature(entry),
        *seen,
        person=entry.signed_by,
        signed=Value(ValueKind.TIME, entry.signed_on.isoformat()),
    )
