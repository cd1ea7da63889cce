"""A run with a finding in each of the seven buckets, and a host not reached."""

from __future__ import annotations

from typing import Any

from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, CheckInfo, FindingRecord, Run
from auditor.model.snapshot import HostState
from auditor.report.formats import Material
from tests.report.runs import check, evidence, finding, host, run, sidecars, value
from tests.report.small import WAIVED

#: The check that is in each bucket on `lis-35`.
CHECK_IN = {
    Bucket.FAIL: "ACC-001",
    Bucket.WARN: "ACC-002",
    Bucket.PASS: "ACC-003",
    Bucket.NA: "ENC-001",
    Bucket.UNKNOWN: "ENC-002",
    Bucket.WAIVED: "LOG-003",
    Bucket.ATTESTED: "LOG-009",
}
_READ = evidence("/etc/vsftpd conf/main.conf", "anonymous_enable=YES")
_PERSON = {"person": value("person", "E. Exemple"), "time": value("time", "2026-09-15")}


def seven(**changed: Any) -> Run:
    """Seven checks on two hosts; `ftp-29` could not be reached."""
    checks = [check(number, **_about(number)) for number in CHECK_IN.values()]
    hosts = [
        host("lis-35"),
        host("ftp-29", **UNREACHED, privilege="", started=None),
    ]
    found = [*_on_lis(), *(_unreached(one) for one in checks)]
    return run(checks, hosts, found, exit_code=3, **changed)


UNREACHED: dict[str, Any] = {
    "state": HostState.UNREACHABLE,
    "reason": Reason.UNREACHABLE,
    "detail": "timed out after 10 s, port 22",
}


def material(one: Run, language: str = "en", **messages: str) -> Material:
    """A run with small texts and all frameworks."""
    return Material(one, sidecars(one, **messages), load_frameworks(), language)


def _about(number: str) -> dict[str, Any]:
    if number == "ACC-001":
        return {"requirements": ("gdpr:Art. 32(1)(b)", "cnil-san-2022-009:5")}
    return {"severity": Severity.HIGH, "family": "encryption"}


def _on_lis() -> list[FindingRecord]:
    on = {bucket: (number, "lis-35") for bucket, number in CHECK_IN.items()}
    high = {"severity": Severity.HIGH}
    return [
        finding(*on[Bucket.FAIL], Verdict.FAIL, evidence=(_READ,)),
        finding(*on[Bucket.WARN], Verdict.WARN, "service:tftpd", **high),
        finding(*on[Bucket.NA], Verdict.NA, "host:", **high),
        finding(
            *on[Bucket.UNKNOWN],
            Verdict.UNKNOWN,
            "host:",
            reason=Reason.SUDO_REFUSED,
            **high,
        ),
        finding(*on[Bucket.WAIVED], Verdict.FAIL, "log:auth", waived=WAIVED, **high),
        finding(*on[Bucket.ATTESTED], Verdict.ATTESTED, values=_PERSON, **high),
    ]


def _unreached(one: CheckInfo) -> FindingRecord:
    return finding(
        one.id,
        "ftp-29",
        Verdict.UNKNOWN,
        "host:",
        severity=one.severity,
        reason=Reason.UNREACHABLE,
        detail="timed out after 10 s, port 22",
    )
