"""Small runs to render: builders with defaults, one value changed at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from auditor.model.check import Sidecar, Texts
from auditor.model.findings import Severity, Verdict
from auditor.model.run import (
    Bucket,
    CheckInfo,
    Coverage,
    EvidenceRecord,
    FindingRecord,
    HostInfo,
    Run,
    RunInfo,
    Selected,
    ShownRecord,
    SubjectRecord,
    Totals,
    ValueRecord,
    bucket_of,
)
from auditor.model.scoring import Pair, score_of
from auditor.model.snapshot import HostState
from auditor.model.sources import Status, ValueKind

STARTED = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


INFO: dict[str, Any] = {
    "id": "2026-11-25T090000Z-1a2b3c",
    "client": "Groupe de laboratoires Exemple",
    "auditor": "A. Exemple, Cabinet Exemple",
    "language": "fr",
    "timezone": "Europe/Paris",
    "started": STARTED,
    "ended": STARTED,
    "as_of": STARTED,
    "tool": "0.1.0",
    "rules_sha256": "3f9c" * 16,
    "profile": "default",
    "profile_sha256": "77aa" * 16,
    "exit_code": 1,
}


def check(number: str, family: str = "access", **changed: Any) -> CheckInfo:
    """A check, critical unless said otherwise."""
    values: dict[str, Any] = {
        "name": number.lower().replace("-", "_"),
        "severity": Severity.CRITICAL,
        "title": {"en": f"{number} is wrong", "fr": f"{number} ne va pas"},
        "requirements": ("gdpr:Art. 32(1)(b)",),
    }
    return CheckInfo(id=number, family=family, **(values | changed))


def host(name: str, **changed: Any) -> HostInfo:
    """A host that was audited whole, as root."""
    values: dict[str, Any] = {
        "address": "10.35.0.4",
        "state": HostState.AUDITED,
        "privilege": "root",
        "started": STARTED,
        "program_sha256": "ab" * 32,
    }
    return HostInfo(name=name, **(values | changed))


def finding(
    check: str,
    host: str,
    verdict: Verdict,
    subject: str = "service:vsftpd",
    **changed: Any,
) -> FindingRecord:
    """A finding; `subject` is `kind:name`."""
    kind, _, name = subject.partition(":")
    values: dict[str, Any] = {
        "severity": Severity.CRITICAL,
        "message": "" if verdict is Verdict.UNKNOWN else verdict.value.lower(),
    }
    return FindingRecord(
        check=check,
        host=host,
        subject=SubjectRecord(kind=kind, name=name),
        verdict=verdict,
        **(values | changed),
    )


def evidence(source: str, text: str, line: int | None = 12) -> EvidenceRecord:
    """One line of a file."""
    shown = ShownRecord(kind=ValueKind.SETTING, value=text)
    return EvidenceRecord(
        source=source, status=Status.OK, line=line, text=text, values=(shown,)
    )


def value(kind: str, value: str | int) -> ValueRecord:
    """A value of a message."""
    return ValueRecord(kind=ValueKind(kind), value=value)


def run(
    checks: Sequence[CheckInfo],
    hosts: Sequence[HostInfo],
    findings: Iterable[FindingRecord] = (),
    groups: dict[str, str] | None = None,
    **changed: Any,
) -> Run:
    """A run; pairs without a finding pass, and the figures are added up."""
    found = list(findings)
    said = {(one.check, one.host) for one in found}
    found += [
        finding(c.id, h.name, Verdict.PASS, severity=c.severity)
        for c in checks
        for h in hosts
        if (c.id, h.name) not in said
    ]
    buckets = _buckets(checks, hosts, found)
    scored = [
        structs.replace(
            h,
            coverage=_coverage(checks, [h], buckets),
            score=score_of(_pairs(checks, [h], buckets, found)),
        )
        for h in hosts
    ]
    info = RunInfo(
        **(
            INFO
            | {
                "selected": Selected(hosts=len(hosts), checks=len(checks)),
                "totals": _totals(buckets),
                "coverage": _coverage(checks, hosts, buckets),
                "score": score_of(_pairs(checks, hosts, buckets, found)),
            }
            | changed
        )
    )
    return Run(
        run=info,
        groups=groups or {},
        checks=tuple(checks),
        hosts=tuple(scored),
        findings=tuple(found),
    )


Buckets = dict[tuple[str, str], Bucket]


def _buckets(
    checks: Sequence[CheckInfo], hosts: Sequence[HostInfo], found: list[FindingRecord]
) -> Buckets:
    by_pair: dict[tuple[str, str], list[FindingRecord]] = {}
    for one in found:
        by_pair.setdefault((one.check, one.host), []).append(one)
    pairs = ((c.id, h.name) for c in checks for h in hosts)
    return {pair: bucket_of(by_pair[pair]) for pair in pairs}


def _pairs(
    checks: Sequence[CheckInfo],
    hosts: Sequence[HostInfo],
    buckets: Buckets,
    found: list[FindingRecord],
) -> list[Pair]:
    """What the score is made of; a FAIL is as grave as it says."""
    fails = {(f.check, f.host): f for f in found if f.verdict is Verdict.FAIL}
    return [
        Pair(c.severity, bucket, _gravest(c, bucket, fails.get((c.id, h.name))))
        for c in checks
        for h in hosts
        if (bucket := buckets[c.id, h.name])
    ]


def _gravest(c: CheckInfo, bucket: Bucket, fail: FindingRecord | None) -> Severity:
    if fail is not None:
        return fail.severity
    return c.severity if bucket is Bucket.UNKNOWN else Severity.LOW


def _totals(buckets: Buckets) -> Totals:
    counts = Counter(bucket.value for bucket in buckets.values())
    named = {b.value: counts[b.value] for b in Bucket if b is not Bucket.PASS}
    return Totals(pass_=counts["pass"], **named)


def _coverage(
    checks: Sequence[CheckInfo], hosts: Sequence[HostInfo], buckets: Buckets
) -> Coverage:
    applicable = evaluated = 0
    for c in checks:
        for h in hosts:
            bucket = buckets[c.id, h.name]
            applicable += c.severity.weight * (bucket is not Bucket.NA)
            evaluated += c.severity.weight * (bucket not in (Bucket.NA, Bucket.UNKNOWN))
    share = evaluated / applicable if applicable else 0.0
    return Coverage(applicable=applicable, evaluated=evaluated, share=round(share, 3))


def sidecar(check: CheckInfo, **messages: str) -> Sidecar:
    """The texts of a check; `messages` are the same in both languages."""
    texts = {
        language: Texts(
            title=check.title[language],
            why="Whoever reaches the port copies the files.",
            fix={"debian": "Set `anonymous_enable=NO`.", "alpine": "The same."},
            impact="Restart.",
            effort="1 h",
            undo="Put the line back.",
            verify="`curl ftp://host/` is refused.",
            messages=messages or {"fail": "It is open.", "pass": "It is closed."},
        )
        for language in ("en", "fr")
    }
    return Sidecar(
        id=check.id,
        severity=check.severity,
        requirements=check.requirements,
        texts=texts,
        severity_by_message={},
    )


def sidecars(run: Run, **messages: str) -> dict[str, Sidecar]:
    """The texts of all checks of a run."""
    return {one.id: sidecar(one, **messages) for one in run.checks}
