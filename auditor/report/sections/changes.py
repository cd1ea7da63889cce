"""What changed since an earlier run, and why: as far as two run files tell.

A gap is a (check, host) pair in the bucket `fail`, as everywhere in the report, so that
gaps then = still open + gone, and gaps now = still open + come. Of the causes that the
run files show, the first that applies is taken. Only what no other cause explains is
the host's doing and counts as fixed or new: lost rights fix nothing, and under other
rules nobody can tell without judging the old snapshots again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, structs

from auditor.model.findings import Reason, Verdict
from auditor.model.run import Bucket, FindingRecord, Run, bucket_of
from auditor.report.judged import Judged, Pair


class Cause(StrEnum):
    """Why a gap came or went, in the order in which the causes are asked for."""

    SCOPE = "scope"
    ACCEPTED = "accepted"
    PRIVILEGE = "privilege"
    SIGHT = "sight"
    RULES = "rules"
    HOST = "host"


#: UNKNOWN for want of login, sudo or reading rights.
_RIGHTS = frozenset({Reason.LOGIN_REFUSED, Reason.SUDO_REFUSED, Reason.DENIED})
_DECLARING = frozenset({Reason.ATTESTATION_MISSING, Reason.ATTESTATION_EXPIRED})
_OPEN = (Verdict.FAIL, Verdict.WARN)


class Change(Struct, frozen=True):
    """A gap that came or went; None where the pair was not in scope."""

    check: str
    host: str
    before: Bucket | None
    after: Bucket | None
    cause: Cause

    @property
    def gone(self) -> bool:
        """Whether it was a gap; else it has become one."""
        return self.before is Bucket.FAIL


class Changes(Struct, frozen=True):
    """From one run to the next; `same_rules` and `same_scope` let scores compare."""

    since: datetime
    still: int
    changes: tuple[Change, ...]
    same_rules: bool
    same_scope: bool

    @property
    def fixed(self) -> int:
        """Gaps that the hosts lost, seen under the same rules."""
        return sum(one.gone for one in self._of(Cause.HOST))

    @property
    def new(self) -> int:
        """Gaps that the hosts gained, seen under the same rules."""
        return sum(not one.gone for one in self._of(Cause.HOST))

    @property
    def others(self) -> dict[Cause, int]:
        """Gaps that came or went for any cause but the host, by cause."""
        counts = {cause: len(self._of(cause)) for cause in Cause}
        return {c: n for c, n in counts.items() if n and c is not Cause.HOST}

    @property
    def comparable(self) -> bool:
        """Whether the two scores may be set side by side."""
        return self.same_rules and self.same_scope

    def _of(self, cause: Cause) -> list[Change]:
        return [one for one in self.changes if one.cause is cause]


def changes(before: Judged, after: Judged) -> Changes:
    """What became of the gaps between two runs of the same client."""
    same_rules = ruled_alike(before.run, after.run)
    found = []
    still = 0
    for pair in dict.fromkeys([*before.buckets, *after.buckets]):
        then, now = before.buckets.get(pair), after.buckets.get(pair)
        if then is now is Bucket.FAIL:
            still += 1
        elif Bucket.FAIL in (then, now):
            cause = _cause(pair, before, after, same_rules)
            found.append(Change(*pair, then, now, cause))
    return Changes(
        before.run.run.started,
        still,
        tuple(found),
        same_rules,
        scoped_alike(before, after),
    )


def corrected(before: Judged, after: Judged) -> list[FindingRecord]:
    """What was open and the hosts no longer have, finding by finding.

    As for gaps, that takes the same rules, and a check that saw all of its host again.
    """
    if not ruled_alike(before.run, after.run):
        return []
    return [
        finding
        for pair, found in before.findings.items()
        if _seen_whole(after, pair)
        for finding in found
        if finding.verdict in _OPEN and not _still_open(finding, after.findings[pair])
    ]


def _seen_whole(judged: Judged, pair: Pair) -> bool:
    found = judged.findings.get(pair, ())
    unseen = (Verdict.UNKNOWN, Verdict.ATTESTED)
    return bool(found) and not any(
        one.verdict in unseen or one.partial or one.more for one in found
    )


def _still_open(finding: FindingRecord, now: Iterable[FindingRecord]) -> bool:
    return any(one.verdict in _OPEN and one.subject == finding.subject for one in now)


def ruled_alike(one: Run, other: Run) -> bool:
    """Whether checks, facts and parameters were the same."""

    def ruled(run: Run) -> tuple[str, str, str]:
        return run.run.rules_sha256, run.run.tool, run.run.profile_sha256

    return ruled(one) == ruled(other)


def scoped_alike(one: Judged, other: Judged) -> bool:
    """Whether hosts and checks were the same."""
    return _scope(one) == _scope(other)


def _scope(judged: Judged) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(judged.checks), frozenset(judged.hosts)


def _cause(pair: Pair, before: Judged, after: Judged, same_rules: bool) -> Cause:
    sides = [before, after]
    if not all(pair in side.buckets for side in sides):
        return Cause.SCOPE
    buckets = [side.buckets[pair] for side in sides]
    reasons = {_reason(side, pair) for side in sides} - {None}
    if (
        _technical(before, pair) is _technical(after, pair)
        or Bucket.ATTESTED in buckets
        or reasons & _DECLARING
    ):
        return Cause.ACCEPTED
    if reasons & _RIGHTS:
        return Cause.PRIVILEGE
    if Bucket.UNKNOWN in buckets:
        return Cause.SIGHT
    return Cause.HOST if same_rules else Cause.RULES


def _reason(judged: Judged, pair: Pair) -> Reason | None:
    unread = judged.buckets[pair] is Bucket.UNKNOWN
    return judged.reason(*pair) if unread else None


def _technical(judged: Judged, pair: Pair) -> Bucket:
    """The bucket that the pair would be in if no risk were accepted."""
    found = judged.findings.get(pair, ())
    return bucket_of(structs.replace(one, waived=None) for one in found)


def first_seen(pairs: Iterable[Pair], runs: Iterable[Judged]) -> datetime | None:
    """When one of these pairs was first read as failing; None when it never was."""
    wanted = list(pairs)
    times = [
        run.hosts[host].started or run.run.run.started
        for run in runs
        for check, host in wanted
        if run.fails(check, host)
    ]
    return min(times, default=None)
