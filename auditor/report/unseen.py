"""What was not evaluated, by cause and host: the coverage ledger."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.findings import Reason, Verdict
from auditor.model.run import Bucket, FindingRecord
from auditor.model.snapshot import HostState
from auditor.report.view import View

#: Reasons that are about a whole host come first.
HOST_REASONS = (
    Reason.UNREACHABLE,
    Reason.LOGIN_REFUSED,
    Reason.SUDO_REFUSED,
    Reason.HOST_KEY,
    Reason.PROTOCOL,
    Reason.LIMIT,
    Reason.INTERRUPTED,
)

#: States in which nothing, or nothing whole, came back from a host.
UNSEEN_STATES = frozenset(
    {
        HostState.REFUSED,
        HostState.UNTRUSTED,
        HostState.UNREACHABLE,
        HostState.BROKEN,
        HostState.INTERRUPTED,
    }
)


@dataclass(frozen=True, slots=True)
class HostCause:
    """The checks that one cause left open on one host; `all` when it was every one."""

    host: str
    checks: tuple[str, ...]
    all: bool
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason, with the hosts that it concerns, the most concerned first."""

    reason: Reason
    hosts: tuple[HostCause, ...]

    @property
    def pairs(self) -> int:
        """How many (check, host) pairs it left open."""
        return sum(len(host.checks) for host in self.hosts)

    @property
    def names(self) -> list[str]:
        """The hosts' names."""
        return [host.host for host in self.hosts]

    @property
    def details(self) -> list[str]:
        """What the hosts said, each once."""
        return list(dict.fromkeys(d for host in self.hosts for d in host.details))


def causes(view: View) -> list[Cause]:
    """Why pairs are in the bucket `unknown`; those of whole hosts first."""
    judged = view.judged
    open_pairs: dict[Reason, dict[str, list[str]]] = {}
    for (check, host), bucket in judged.buckets.items():
        if bucket is Bucket.UNKNOWN:
            reason = judged.reason(check, host) or Reason.MISSING
            open_pairs.setdefault(reason, {}).setdefault(host, []).append(check)
    found = [
        Cause(
            reason,
            tuple(
                _host_cause(view, host, checks, reason)
                for host, checks in _widest(hosts)
            ),
        )
        for reason, hosts in open_pairs.items()
    ]
    return sorted(found, key=_order)


def read_in_part(view: View) -> list[FindingRecord]:
    """UNKNOWNs that stand beside a FAIL: the gap is proven, a source was not read."""
    return [
        finding
        for pair, bucket in view.judged.buckets.items()
        if bucket is Bucket.FAIL
        for finding in view.judged.findings[pair]
        if finding.verdict is Verdict.UNKNOWN
    ]


def _host_cause(view: View, host: str, checks: list[str], reason: Reason) -> HostCause:
    info = view.judged.hosts[host]
    details = [
        finding.detail
        for check in checks
        for finding in view.judged.findings.get((check, host), ())
        if finding.reason is reason and finding.detail
    ]
    if info.reason is reason and info.detail:
        details.insert(0, info.detail)
    whole = len(checks) == len(view.judged.checks)
    return HostCause(host, tuple(checks), whole, tuple(dict.fromkeys(details)))


def _widest(hosts: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    return sorted(hosts.items(), key=lambda item: (-len(item[1]), item[0]))


def _order(cause: Cause) -> tuple[int, int, str]:
    whole = cause.reason in HOST_REASONS
    rank = HOST_REASONS.index(cause.reason) if whole else len(HOST_REASONS)
    return rank, -cause.pairs, cause.reason.value
