"""No procedure says who is called when a security alert comes in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.facts.attested import Unattested, attestation_of, older_than, signature
from auditor.model.check import Audit, check
from auditor.model.findings import (
    ATTESTED,
    FAIL,
    WARN,
    Finding,
    Subject,
    Value,
)
from auditor.model.manifests import Attestation, Manifests
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

SUBJECT = Subject("service", "escalation procedure")
#: What a procedure has, as `answers` of the attestation names it.
POINTS = ("time_limits", "deputy", "breach_register")


@check
def escalation_procedure_missing(
    manifests: Manifests, audit: Audit, profile: Profile
) -> Iterator[Finding]:
    """Judges the newest valid attestation of an escalation procedure.

    Of its `answers`, `exists = false` says that there is none, and
    `warnings_answered = false` that an earlier warning has no recorded answer.
    """
    entry = attestation_of("escalation-procedure", manifests, audit.date)
    if isinstance(entry, Unattested):
        yield entry.of(SUBJECT)
        return
    months = profile.limits["escalation_max_months"]
    yield judged(entry, old=older_than(entry.signed_on, months, audit.date))


def judged(entry: Attestation, *, old: bool) -> Finding:
    """One attestation, by what it answers."""
    answers = entry.answers or {}
    shown = signature(entry)
    values: dict[str, Any] = {
        "person": entry.signed_by,
        "signed": Value(ValueKind.TIME, entry.signed_on.isoformat()),
    }
    if answers.get("exists") is False:
        return FAIL(SUBJECT, "none", shown, **values)
    if answers.get("warnings_answered") is False:
        return FAIL(SUBJECT, "warning_unanswered", shown, **values)
    gaps = [point for point in POINTS if not answers.get(point)]
    if gaps:
        points = Value(ValueKind.OPTION, ", ".join(gaps))
        return WARN(SUBJECT, "gaps", shown, **values, points=points)
    if old:
        return WARN(SUBJECT, "old", shown, **values)
    return ATTESTED(SUBJECT, "complete", shown, **values)
