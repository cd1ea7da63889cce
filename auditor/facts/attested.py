"""What only a signed statement can settle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

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
    Verdict,
)
from auditor.model.manifests import Attestation, Manifests
from auditor.model.sources import Source, ValueKind


class Unattested(Struct, frozen=True):
    """Why nothing that counts is attested; `detail` is for the technician."""

    reason: Reason
    detail: str | None = None

    def of(self, subject: Subject, *seen: Evidence) -> Finding:
        """UNKNOWN for that reason; `seen` is what the host itself showed."""
        return UNKNOWN(subject, self.reason, *seen, detail=self.detail)


def attestation_of(
    topic: str, manifests: Manifests, day: date
) -> Attestation | Unattested:
    """The newest entry of that topic that is valid on the day, else why none is."""
    entries = [e for e in manifests.attestations.entries if e.subject == topic]
    valid = [entry for entry in entries if entry.valid_on(day)]
    if valid:
        return max(valid, key=lambda one: one.signed_on)
    return unattested(entries, day)


def unattested(entries: Iterable[Attestation], day: date) -> Unattested:
    """Why none of these entries counts on the day.

    One whose document is gone or was changed says nothing any more: it is missing.
    """
    late = [entry for entry in entries if entry.expired_on(day)]
    faults = [e.document_fault for e in entries if e not in late and e.document_fault]
    if faults or not late:
        return Unattested(Reason.ATTESTATION_MISSING, next(iter(faults), None))
    return Unattested(Reason.ATTESTATION_EXPIRED)


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


def or_contradicted(
    topic: str, manifests: Manifests, audit: Audit, finding: Finding
) -> Finding:
    """The finding, or FAIL `contradicted` where a valid entry says the contrary."""
    entry = attestation_of(topic, manifests, audit.date)
    if isinstance(entry, Unattested):
        return finding
    return contradicted_by(entry, finding)


def contradicted_by(
    entry: Attestation, finding: Finding, also: Iterable[Source] = ()
) -> Finding:
    """FAIL `contradicted`: what the host shows, and who attests the contrary.

    The entry proves nothing of the host: a finding that has no evidence of its own
    rested on all sources of its facts, and gets them as `also`.
    """
    signed = Value(ValueKind.TIME, entry.signed_on.isoformat())
    person = Value(ValueKind.PERSON, entry.signed_by)
    return replace(
        finding,
        verdict=Verdict.FAIL,
        message="contradicted",
        evidence=(*finding.evidence, signature(entry)),
        values={**finding.values, "person": person, "signed": signed},
        also=(*finding.also, *(() if finding.evidence else also)),
    )


def attested_on(
    topic: str,
    manifests: Manifests,
    audit: Audit,
    subject: Subject,
    *seen: Evidence,
    rests_on: Iterable[Source] = (),
) -> Finding:
    """ATTESTED `attested` by a valid entry of that topic, else UNKNOWN and why.

    `seen` is what the host itself showed; `rests_on` has to be read before it is known
    that no probe can tell.
    """
    entry = attestation_of(topic, manifests, audit.date)
    if isinstance(entry, Unattested):
        return entry.of(subject, *seen)
    return ATTESTED(
        subject,
        "attested",
        signature(entry),
        *seen,
        rests_on=rests_on,
        person=entry.signed_by,
        signed=Value(ValueKind.TIME, entry.signed_on.isoformat()),
    )
