"""What each identity (check, host, subject) is in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from auditor.model.changes import State
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import (
    GRAVEST_FIRST,
    Bucket,
    FindingRecord,
    Run,
    SubjectRecord,
    bucket_of,
)

Pair = tuple[str, str]
WHOLE_HOST = SubjectRecord(kind="host", name="")
#: UNKNOWN for want of what people declare; nothing on the host was left unread.
DECLARING = frozenset({Reason.ATTESTATION_MISSING, Reason.ATTESTATION_EXPIRED})

_STATES = {
    Bucket.FAIL: State.OPEN,
    Bucket.WARN: State.WARN,
    Bucket.WAIVED: State.WAIVED,
    Bucket.ATTESTED: State.ATTESTED,
    Bucket.UNKNOWN: State.UNREAD,
    Bucket.PASS: State.GONE,
    Bucket.NA: State.GONE,
}


class Identity(Struct, frozen=True, order=True):
    """The same thing in any run; `subject` is (kind, name)."""

    check: str
    host: str
    subject: tuple[str, str]

    @property
    def pair(self) -> Pair:
        """Its check and host."""
        return self.check, self.host


class Standing(Struct, frozen=True):
    """What an identity is in a run; `severity` and `verdict` of a FAIL or WARN only.

    `reason` is why it was not read. Two that are equal show no change.
    """

    state: State
    severity: Severity | None = None
    verdict: Verdict | None = None
    reason: Reason | None = None

    @property
    def same_as(self) -> tuple[State, Severity | None, Verdict | None]:
        """What has to differ for a change: not why something was not read."""
        return self.state, self.severity, self.verdict


GONE = Standing(State.GONE)
OUT = Standing(State.OUT)


class Seen(Struct, frozen=True):
    """A run laid out by identity, and by pair of check and host.

    `unread` are pairs that were not read whole.
    """

    run: Run
    checks: frozenset[str]
    hosts: frozenset[str]
    found: Mapping[Identity, Standing]
    pairs: Mapping[Pair, Standing]
    unread: Mapping[Pair, Reason]

    def standing(self, identity: Identity) -> Standing:
        """What it is in this run, also where the run does not name it.

        An UNKNOWN of its check and host, a check that said nothing and one with more
        findings than are listed leave open whether it is still there.
        """
        if identity.check not in self.checks or identity.host not in self.hosts:
            return OUT
        if identity in self.found:
            return self.found[identity]
        if identity.pair in self.unread:
            return Standing(State.UNREAD, reason=self.unread[identity.pair])
        return GONE

    def of_pair(self, pair: Pair) -> Standing:
        """What a check came to on a host: `open` is its bucket `fail`."""
        return self.pairs.get(pair, OUT)


def lay_out(run: Run) -> Seen:
    """Lay a run out; findings about a check or host that it does not list are left."""
    checks = frozenset(check.id for check in run.checks)
    hosts = {host.name: host for host in run.hosts}
    by_pair: dict[Pair, list[FindingRecord]] = {
        (check, host): [] for check in checks for host in hosts
    }
    for finding in run.findings:
        if (finding.check, finding.host) in by_pair:
            by_pair[finding.check, finding.host].append(finding)
    unread, pairs = {}, {}
    for pair, findings in by_pair.items():
        unsaid = hosts[pair[1]].reason or Reason.MISSING
        reason = _unread(findings) if findings else unsaid
        if reason is not None:
            unread[pair] = reason
        pairs[pair] = _of_pair(findings, unsaid)
    return Seen(
        run,
        checks,
        frozenset(hosts),
        _found(finding for findings in by_pair.values() for finding in findings),
        pairs,
        unread,
    )


def identity_of(finding: FindingRecord) -> Identity:
    """The identity that a finding is of."""
    subject = finding.subject.kind, finding.subject.name
    return Identity(finding.check, finding.host, subject)


def _found(findings: Iterable[FindingRecord]) -> dict[Identity, Standing]:
    """The gravest of each identity: of a redacted run several may share a name."""
    ranked = sorted(findings, key=lambda f: -GRAVEST_FIRST.index(f.bucket))
    return {identity_of(finding): _standing(finding) for finding in ranked}


def _standing(finding: FindingRecord) -> Standing:
    state = _STATES[finding.bucket]
    if state is State.UNREAD:
        return Standing(state, reason=finding.reason or Reason.MISSING)
    if finding.verdict in (Verdict.FAIL, Verdict.WARN):
        return Standing(state, finding.severity, finding.verdict)
    return Standing(state)


def _of_pair(findings: list[FindingRecord], unsaid: Reason) -> Standing:
    """The gravest of a pair; its verdict is that of before any risk was accepted."""
    bucket = bucket_of(findings)
    state = _STATES[bucket]
    if state is State.UNREAD:
        unknown = (f for f in findings if f.verdict is Verdict.UNKNOWN)
        reason = next((f.reason or Reason.MISSING for f in unknown), unsaid)
        return Standing(state, reason=reason)
    said = {finding.verdict for finding in findings}
    verdict = next((v for v in (Verdict.FAIL, Verdict.WARN) if v in said), None)
    accepted = verdict is Verdict.FAIL and bucket is not Bucket.FAIL
    return Standing(State.WAIVED if accepted else state, verdict=verdict)


def _unread(findings: Iterable[FindingRecord]) -> Reason | None:
    """Why subjects that are not named may still be there; None when they are not.

    What says nothing of the whole check (a subject without its declaration) says
    nothing of other subjects.
    """
    found = None
    for finding in findings:
        reason = finding.reason or Reason.MISSING
        if finding.more:
            found = found or Reason.LIMIT
        elif finding.verdict is not Verdict.UNKNOWN:
            continue
        elif finding.subject == WHOLE_HOST:
            return reason
        elif reason not in DECLARING:
            found = found or reason
    return found
