"""Runs and changes for tests of alerts: builders with defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from auditor.alerting.due import Step, after
from auditor.alerting.record import Memory
from auditor.model.changes import Cause, Change, Changes, Kind, LostSight, State
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import CheckInfo, FindingRecord, HostInfo, Run, SubjectRecord
from auditor.model.snapshot import HostState
from tests.report.runs import STARTED, check, finding, host, run

CHECKS = [check("ACC-001"), check("LOG-003", severity=Severity.MEDIUM)]
HOSTS = [host("lis-35"), host("lis-36")]

ENDS_OF_KIND = {
    Kind.NEW: (State.GONE, State.OPEN),
    Kind.FIXED: (State.OPEN, State.GONE),
    Kind.WORSE: (State.WAIVED, State.OPEN),
    Kind.BETTER: (State.OPEN, State.WAIVED),
    Kind.UNSEEN: (State.OPEN, State.UNREAD),
    Kind.LEFT: (State.OPEN, State.OUT),
}


def change(kind: Kind, name: str = "vsftpd", **changed: Any) -> Change:
    """A change of `service:name` of ACC-001 on lis-35, by the host."""
    before, end = ENDS_OF_KIND[kind]
    values: dict[str, Any] = {
        "check": "ACC-001",
        "host": "lis-35",
        "subject": SubjectRecord(kind="service", name=name),
        "kind": kind,
        "before": before,
        "after": end,
        "severity": Severity.CRITICAL,
        "causes": (Cause.HOST,),
    }
    return Change(**(values | changed))


def failing(*names: str) -> list[FindingRecord]:
    """FAILs of ACC-001 on lis-35 about these services."""
    return [
        finding("ACC-001", "lis-35", Verdict.FAIL, f"service:{name}") for name in names
    ]


def lost(check_: str, name: str, reason: Reason = Reason.DENIED) -> LostSight:
    """A check that is not evaluated any more."""
    return LostSight(check=check_, host=name, reason=reason)


def day(
    number: int,
    *changes: Change,
    lost: Iterable[LostSight] = (),
    missing: Iterable[str] = (),
    hosts: Sequence[HostInfo] = HOSTS,
    checks: Sequence[CheckInfo] = CHECKS,
    findings: Iterable[FindingRecord] = (),
) -> Step:
    """The run of a day, and what changed since the day before; day 1 is the first.

    What became open by a change fails in the run; what stays so is in `findings`.
    """
    begun = [_failing(one) for one in changes if one.after is State.OPEN]
    made: Run = run(checks, hosts, [*begun, *findings])
    started = STARTED + timedelta(days=number)
    info = replace(
        made.run,
        id=f"{started:%Y-%m-%dT%H%M%SZ}-{number:06x}",
        started=started,
        as_of=started,
    )
    since = Changes(
        since="before",
        since_started=started - timedelta(days=1),
        run=info.id,
        changes=changes,
        lost=tuple(lost),
        missing=tuple(missing),
    )
    return Step(replace(made, run=info), since if number > 1 else None)


def out(name: str, state: HostState = HostState.UNREACHABLE) -> HostInfo:
    """A host that could not be audited."""
    return host(name, state=state, reason=Reason.UNREACHABLE)


def over(*steps: Step, memory: Memory | None = None) -> Memory:
    """What is known after these runs, of which nobody was told."""
    known = memory or Memory()
    for step in steps:
        known = after(known, step)
    return known


def _failing(one: Change) -> FindingRecord:
    subject = f"{one.subject.kind}:{one.subject.name}"
    return finding(one.check, one.host, Verdict.FAIL, subject, severity=one.severity)
