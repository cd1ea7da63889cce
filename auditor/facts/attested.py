"""What only a signed statement can settle."""

from __future__ import annotations

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
from auditor.model.manifests import Manifests
from auditor.model.sources import ValueKind


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
    entries = [e for e in manifests.attestations.entries if e.subject == topic]
    valid = [entry for entry in entries if entry.valid_on(audit.date)]
    if not valid:
        expired = any(entry.expired_on(audit.date) for entry in entries)
        reason = Reason.ATTESTATION_EXPIRED if expired else Reason.ATTESTATION_MISSING
        return UNKNOWN(subject, reason, *seen)
    entry = max(valid, key=lambda one: one.signed_on)
    signed = entry.signed_on.isoformat()
    read = declared(
        entry.place, entry, key="signed_on", kind=ValueKind.TIME, shown=signed
    )
    return ATTESTED(
        subject,
        "attested",
        Evidence(read),
        *seen,
        person=entry.signed_by,
        signed=Value(ValueKind.TIME, signed),
    )
