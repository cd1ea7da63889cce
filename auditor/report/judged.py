"""A run laid out by check and host, which every part of a report looks up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from msgspec import Struct

from auditor.model import scoring
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import (
    Bucket,
    CheckInfo,
    FindingRecord,
    HostInfo,
    Run,
    SubjectRecord,
    bucket_of,
)

#: Gravest first.
SEVERITIES = tuple(Severity)

Pair = tuple[str, str]


class Judged(Struct, frozen=True):
    """A run with its findings by (check, host); a pair without any is `unknown`."""

    run: Run
    checks: Mapping[str, CheckInfo]
    hosts: Mapping[str, HostInfo]
    findings: Mapping[Pair, tuple[FindingRecord, ...]]
    buckets: Mapping[Pair, Bucket]

    def counts(self, pairs: Iterable[Pair] | None = None) -> Counter[Bucket]:
        """How many pairs are in each bucket; of all when none are given."""
        if pairs is None:
            return Counter(self.buckets.values())
        return Counter(self.buckets[pair] for pair in pairs)

    def of_check(self, check: str) -> dict[str, Bucket]:
        """Host -> bucket of one check, in the run's order of hosts."""
        return {host: self.buckets[check, host] for host in self.hosts}

    def of_host(self, host: str) -> dict[str, Bucket]:
        """Check -> bucket of one host, in the run's order of checks."""
        return {check: self.buckets[check, host] for check in self.checks}

    def hosts_with(self, check: str, *buckets: Bucket) -> list[str]:
        """The hosts on which a check came to one of these."""
        return [host for host in self.hosts if self.buckets[check, host] in buckets]

    def fails(self, check: str, host: str) -> bool:
        """Whether there is a FAIL, an accepted one included."""
        found = self.findings.get((check, host), ())
        return any(f.verdict is Verdict.FAIL for f in found)

    def severity(self, check: str, hosts: Iterable[str]) -> Severity:
        """The gravest severity among what is open on these hosts."""
        found = [
            finding.severity
            for host in hosts
            for finding in self.findings.get((check, host), ())
            if finding.verdict in (Verdict.FAIL, Verdict.WARN)
        ]
        return min(found or [self.checks[check].severity], key=SEVERITIES.index)

    def reason(self, check: str, host: str) -> Reason | None:
        """Why a pair is not evaluated, or only in part."""
        for finding in self.findings.get((check, host), ()):
            if finding.verdict is Verdict.UNKNOWN:
                return finding.reason or Reason.MISSING
        found = self.findings.get((check, host))
        return None if found else self.hosts[host].reason or Reason.MISSING

    def weighed(self, pairs: Iterable[Pair]) -> list[scoring.Pair]:
        """These pairs as coverage and score count them."""
        buckets = {pair: self.buckets[pair] for pair in pairs}
        severities = {check.id: check.severity for check in self.checks.values()}
        found = chain.from_iterable(self.findings.get(pair, ()) for pair in buckets)
        by_host = scoring.pairs_of(buckets, severities, found)
        return list(chain.from_iterable(by_host.values()))

    def told(self, check: str, host: str) -> tuple[FindingRecord, ...]:
        """The findings of a pair; of one without any, an UNKNOWN in their place."""
        unsaid = FindingRecord(
            check=check,
            host=host,
            subject=SubjectRecord(kind="host", name=""),
            verdict=Verdict.UNKNOWN,
            severity=self.checks[check].severity,
            reason=self.reason(check, host),
            detail=self.hosts[host].detail,
        )
        return self.findings.get((check, host)) or (unsaid,)


def judge(run: Run) -> Judged:
    """Lay a run out; findings about a check or host that it does not list are left."""
    checks = {check.id: check for check in run.checks}
    hosts = {host.name: host for host in run.hosts}
    by_pair: dict[Pair, list[FindingRecord]] = {}
    for finding in run.findings:
        if finding.check in checks and finding.host in hosts:
            by_pair.setdefault((finding.check, finding.host), []).append(finding)
    findings = {pair: tuple(found) for pair, found in by_pair.items()}
    buckets = {
        (check, host): bucket_of(findings.get((check, host), ()))
        for check in checks
        for host in hosts
    }
    return Judged(run, checks, hosts, findings, buckets)
