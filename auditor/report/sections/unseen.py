"""What was not evaluated, by cause and host: the coverage ledger."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auditor.model.findings import Reason, Verdict
from auditor.model.run import Bucket, FindingRecord, HostInfo
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


#: The reason that a state by itself says already.
IMPLIED = {
    HostState.UNREACHABLE: Reason.UNREACHABLE,
    HostState.UNTRUSTED: Reason.HOST_KEY,
    HostState.BROKEN: Reason.PROTOCOL,
    HostState.INTERRUPTED: Reason.INTERRUPTED,
}


class HostCause(Struct, frozen=True):
    """The checks that one cause left open on hosts; `all` when it was every one."""

    hosts: tuple[str, ...]
    checks: tuple[str, ...]
    all: bool
    details: tuple[str, ...]


class Cause(Struct, frozen=True):
    """One reason, with the hosts that it concerns, the most concerned first."""

    reason: Reason
    rows: tuple[HostCause, ...]

    @property
    def pairs(self) -> int:
        """How many (check, host) pairs it left open."""
        return sum(len(row.hosts) * len(row.checks) for row in self.rows)

    @property
    def names(self) -> list[str]:
        """The hosts' names."""
        return [name for row in self.rows for name in row.hosts]

    @property
    def details(self) -> list[str]:
        """What the hosts said, each once."""
        return list(dict.fromkeys(d for row in self.rows for d in row.details))


def host_state(view: View, host: HostInfo) -> str:
    """A host's state with its reason, unless the state says it already."""
    state = view.labels(f"state.{host.state}")
    if host.reason is None or host.reason is IMPLIED.get(host.state):
        return state
    reason = view.labels(f"reason.{host.reason}")
    return view.labels("state_because", state=state, reason=reason)


def causes(view: View) -> list[Cause]:
    """Why pairs are in the bucket `unknown`; those of whole hosts first."""
    judged = view.judged
    open_pairs: dict[Reason, dict[str, list[str]]] = {}
    for (check, host), bucket in judged.buckets.items():
        if bucket is Bucket.UNKNOWN:
            reason = judged.reason(check, host) or Reason.MISSING
            open_pairs.setdefault(reason, {}).setdefault(host, []).append(check)
    found = [
        Cause(reason, tuple(_rows(view, hosts, reason)))
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


def _rows(
    view: View, hosts: dict[str, list[str]], reason: Reason
) -> Iterable[HostCause]:
    """Hosts of the same checks and details share a row; the most checks first."""
    shared: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for host, checks in sorted(hosts.items(), key=lambda item: (-len(item[1]), item)):
        details = _details(view, host, checks, reason)
        shared.setdefault((tuple(checks), details), []).append(host)
    for (checks_, details), names in shared.items():
        whole = len(checks_) == len(view.judged.checks)
        yield HostCause(tuple(names), checks_, whole, details)


def _details(
    view: View, host: str, checks: list[str], reason: Reason
) -> tuple[str, ...]:
    info = view.judged.hosts[host]
    details = [
        finding.detail
        for check in checks
        for finding in view.judged.findings.get((check, host), ())
        if finding.reason is reason and finding.detail
    ]
    if info.reason is reason and info.detail:
        details.insert(0, info.detail)
    return tuple(dict.fromkeys(details))


def _order(cause: Cause) -> tuple[int, int, str]:
    whole = cause.reason in HOST_REASONS
    rank = HOST_REASONS.index(cause.reason) if whole else len(HOST_REASONS)
    return rank, -cause.pairs, cause.reason.value
