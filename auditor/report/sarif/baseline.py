"""Each result beside the last audit given: new, unchanged, updated or absent.

`baselineState` (SARIF 2.1.0, 3.27.24) compares with what the same format would have
said of that audit. Absent is only what was corrected: a gap that was not looked for
again, or not with the same rights and rules, is left out, for nobody knows of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from auditor.model.run import Bucket, FindingRecord, RunInfo
from auditor.report.judged import Judged
from auditor.report.sarif.results import fingerprint
from auditor.report.sections.changes import corrected
from auditor.report.view import View


class Baseline(Struct, frozen=True):
    """The last audit before this one: `said` is what it said by fingerprint."""

    guid: str
    said: Mapping[str, FindingRecord]
    gone: tuple[FindingRecord, ...]

    def state(self, finding: FindingRecord) -> str:
        """What has become of a result that is there."""
        before = self.said.get(fingerprint(finding))
        if before is None:
            return "new"
        return (
            "unchanged" if _significant(before) == _significant(finding) else "updated"
        )

    def absent(self, shown: Iterable[FindingRecord]) -> list[FindingRecord]:
        """What was corrected and has no other result in its place."""
        there = {fingerprint(one) for one in shown}
        found = {fingerprint(one): one for one in self.gone}
        return [one for identity, one in found.items() if identity not in there]


def baseline_of(view: View, buckets: Collection[Bucket]) -> Baseline | None:
    """What results in these buckets are compared with; None without earlier audits."""
    if not view.earlier:
        return None
    before = view.earlier[-1]
    said = {fingerprint(one): one for one in told(before) if one.bucket in buckets}
    return Baseline(guid(before.run.run), said, tuple(corrected(before, view.steps)))


def told(judged: Judged) -> Iterable[FindingRecord]:
    """Every finding of a run, host by host; each pair has at least one."""
    for host in judged.hosts:
        for check in judged.checks:
            yield from judged.told(check, host)


def guid(info: RunInfo) -> str:
    """The same for every rendering of a run, so that a later one can name it."""
    return str(uuid5(NAMESPACE_URL, f"urn:auditor:run:{info.client}:{info.id}"))


def _significant(finding: FindingRecord) -> tuple[object, ...]:
    """What makes a result another one: not the line where a setting now stands."""
    return (
        finding.bucket,
        finding.severity,
        finding.reason,
        finding.message,
        finding.values,
    )
