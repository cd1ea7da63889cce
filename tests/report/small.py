"""A run of two hosts and seven checks that pass unless a finding says otherwise."""

from __future__ import annotations

from datetime import date

from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import FindingRecord, Run, WaivedRecord
from auditor.report.formats import Material
from auditor.report.view import View, view_of
from tests.report.runs import check, finding, host, run, sidecars

CASE = "cnil-san-2022-009"

CHECKS = [
    check("ACC-001", requirements=(f"{CASE}:5",)),
    check("PHI-007", family="patient_data", requirements=(f"{CASE}:5",)),
    check("LOG-003", family="alerting", requirements=(f"{CASE}:7",)),
    check("IDN-012", family="accounts", requirements=(f"{CASE}:6",)),
    check("ENC-001", family="encryption", requirements=(f"{CASE}:3",)),
    check("LOG-009", family="alerting", requirements=(f"{CASE}:7",)),
    check("EOL-003", family="lifecycle", severity=Severity.HIGH),
]
HOSTS = [host("a"), host("b")]
WAIVED = WaivedRecord(
    reason="old analyser",
    owner="G",
    accepted_by="F",
    accepted_on=date(2026, 10, 1),
    until=date(2027, 1, 31),
)


def view(*found: FindingRecord, language: str = "en") -> View:
    """A run with these findings; every other check passes on both hosts."""
    return of(run(CHECKS, HOSTS, found), language)


def of(one: Run, language: str = "en", *earlier: Run) -> View:
    """A run in a language, with small texts and all frameworks."""
    return view_of(Material(one, sidecars(one), load_frameworks(), language, earlier))


def fails(*pairs: str) -> list[FindingRecord]:
    """A FAIL for each `check@host`."""
    named = [pair.split("@") for pair in pairs]
    severities = {one.id: one.severity for one in CHECKS}
    return [
        finding(check_, name, Verdict.FAIL, severity=severities[check_])
        for check_, name in named
    ]


def unread(check_: str, name: str, reason: Reason, **changed: object) -> FindingRecord:
    """An UNKNOWN about a whole check on a host."""
    return finding(check_, name, Verdict.UNKNOWN, "host:", reason=reason, **changed)
