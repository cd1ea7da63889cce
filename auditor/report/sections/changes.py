"""What changed since an earlier run, and why, as a report tells it.

A gap is a (check, host) pair in the bucket `fail`, as everywhere in the report, so that
gaps then = still open + gone, and gaps now = still open + come. Causes are those of
auditor.history. Of several the first counts, and the host's own doing comes after
all that can be told from it: only that is counted as fixed or new.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from auditor.history.causes import causes_of_pair, course_of
from auditor.history.comparing import compare
from auditor.history.states import Identity, identity_of
from auditor.history.steps import Step, Steps
from auditor.model.changes import Cause, Kind
from auditor.model.run import Bucket, FindingRecord, Run
from auditor.report.judged import Judged, Pair


class Change(Struct, frozen=True):
    """A gap that came or went; None where the pair was not in scope."""

    check: str
    host: str
    before: Bucket | None
    after: Bucket | None
    causes: tuple[Cause, ...]

    @property
    def gone(self) -> bool:
        """Whether it was a gap; else it has become one."""
        return self.before is Bucket.FAIL

    @property
    def cause(self) -> Cause:
        """The one that it is counted under."""
        return self.causes[0]


class Changes(Struct, frozen=True):
    """From one run to the next; `same_rules` and `same_scope` let scores compare.

    `told`: what the hosts did can be told from what the rules did.
    """

    since: datetime
    still: int
    changes: tuple[Change, ...]
    same_rules: bool
    same_scope: bool
    told: bool

    @property
    def fixed(self) -> int:
        """Gaps that the hosts lost, whatever the rules."""
        return sum(one.gone for one in self._of(Cause.HOST))

    @property
    def new(self) -> int:
        """Gaps that the hosts gained, whatever the rules."""
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


def changes(before: Judged, after: Judged, steps: Steps) -> Changes:
    """What became of the gaps between two runs of the same client."""
    course = course_of(steps)
    found = []
    still = 0
    for pair in dict.fromkeys([*before.buckets, *after.buckets]):
        then, now = before.buckets.get(pair), after.buckets.get(pair)
        if then is now is Bucket.FAIL:
            still += 1
        elif Bucket.FAIL in (then, now):
            causes = causes_of_pair(pair, course)
            found.append(Change(*pair, then, now, causes))
    same_rules = ruled_alike(before.run, after.run)
    judged_again = all(stage.step is not Step.FILES for stage in steps.stages)
    by_host = any(Cause.HOST in one.causes for one in found)
    return Changes(
        before.run.run.started,
        still,
        tuple(found),
        same_rules,
        scoped_alike(before, after),
        same_rules or judged_again or by_host,
    )


def corrected(before: Judged, steps: Steps) -> list[FindingRecord]:
    """What was open and the hosts no longer have, finding by finding."""
    gone = {
        Identity(one.check, one.host, (one.subject.kind, one.subject.name))
        for one in compare(steps).changes
        if one.kind is Kind.FIXED and one.causes == (Cause.HOST,)
    }
    return [
        finding
        for found in before.findings.values()
        for finding in found
        if identity_of(finding) in gone
    ]


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
