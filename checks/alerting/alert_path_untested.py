"""Nobody has shown that a security alert reaches a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from auditor.facts.attested import signature, unattested
from auditor.model.check import Audit, check
from auditor.model.findings import (
    ATTESTED,
    FAIL,
    UNKNOWN,
    WARN,
    Finding,
    Reason,
    Subject,
    Value,
)
from auditor.model.manifests import Attestation, Manifests
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

SUBJECT = Subject("service", "alert path")


@check
def alert_path_untested(
    manifests: Manifests, audit: Audit, profile: Profile
) -> Iterator[Finding]:
    """Judges the newest attestation of a test of the alert path."""
    entries = [
        entry
        for entry in manifests.attestations.entries
        if entry.subject == "alert-path-test"
    ]
    whole = [entry for entry in entries if entry.document_fault is None]
    if not whole:
        yield unattested(entries, audit.date).of(SUBJECT)
        return
    newest = max(whole, key=lambda entry: entry.signed_on)
    yield judged(newest, audit.date, profile)


def judged(entry: Attestation, day: date, profile: Profile) -> Finding:
    """The newest attestation: valid and recent, doubtful, or of a failed test."""
    shown = signature(entry)
    if not entry.valid_on(day):
        return UNKNOWN(SUBJECT, Reason.ATTESTATION_EXPIRED, shown)
    months = (day.year - entry.signed_on.year) * 12 + day.month - entry.signed_on.month
    answers = entry.answers or {}
    values: dict[str, Any] = {
        "person": Value(ValueKind.PERSON, entry.signed_by),
        "signed": Value(ValueKind.TIME, entry.signed_on.isoformat()),
    }
    if answers.get("delivered") is False:
        return FAIL(SUBJECT, "not_delivered", shown, **values)
    if months > profile.limits["alert_test_warn_months"]:
        return FAIL(SUBJECT, "too_old", shown, **values)
    if answers.get("acknowledged_within_24h") is False:
        return WARN(SUBJECT, "late", shown, **values)
    if months > profile.limits["alert_test_max_months"]:
        return WARN(SUBJECT, "old", shown, **values)
    return ATTESTED(SUBJECT, "tested", shown, **values)
