"""Findings to a run: records, waivers, totals, coverage, exit code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from msgspec import Struct, field, structs

from auditor import __version__
from auditor.evaluate.declaring import Declared
from auditor.evaluate.engine import FleetView, Row, evaluate_host
from auditor.evaluate.inputs import HostInputs
from auditor.evaluate.judging import Judged
from auditor.model.check import Audit, Check
from auditor.model.findings import Evidence
from auditor.model.host import Host
from auditor.model.run import (
    GRAVEST_FIRST,
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
from auditor.model.scope import Scope
from auditor.model.scoring import Pair, coverage_of, pairs_of, score_of
from auditor.model.snapshot import HostState, Snapshot

#: At most this many findings a check and host; the rest become one.
MOST_FINDINGS = 200


class _Collected(Struct):
    hosts: list[HostInfo] = field(default_factory=list)
    findings: list[FindingRecord] = field(default_factory=list)
    days: dict[str, date] = field(default_factory=dict)
    started: list[datetime] = field(default_factory=list)
    ended: list[datetime] = field(default_factory=list)
    declared: Declared = field(default_factory=Declared)


def evaluate(
    snapshots: Iterable[Snapshot], scope: Scope, *, interrupted: bool = False
) -> Run:
    """Judge snapshots, which are taken one by one and not kept."""
    got = _Collected()
    fleet = FleetView([check for check in scope.checks if check.fleet])
    for snapshot in snapshots:
        inputs = _inputs(snapshot, scope)
        got.days[inputs.host.name] = inputs.audit.date
        rows = evaluate_host(scope.checks, inputs)
        got.findings += _records(rows, scope, got)
        got.hosts.append(_host_info(snapshot, inputs.host))
        got.started.append(snapshot.started)
        got.ended.append(snapshot.ended)
        fleet.add(inputs)
    got.findings += _records(fleet.evaluate(), scope, got)
    return _run(got, scope, interrupted=interrupted)


def _inputs(snapshot: Snapshot, scope: Scope) -> HostInputs:
    host = scope.inventory.hosts.get(
        snapshot.host, Host(name=snapshot.host, address=snapshot.host)
    )
    audit = Audit(scope.as_of or snapshot.started, scope.inventory.engagement.timezone)
    return HostInputs(
        snapshot,
        host,
        scope.manifests.for_host(host.name),
        scope.manifests.owners,
        scope.profile,
        audit,
    )


def _records(
    rows: Iterable[Row], scope: Scope, got: _Collected
) -> Iterator[FindingRecord]:
    def pair(row: Row) -> tuple[str, str]:
        return row[0].id, row[1]

    for (_, host), group in groupby(rows, pair):
        records = (_record(*row) for row in group)
        day = got.days[host]
        yield from _capped(
            [got.declared.marked(r, scope.manifests, day) for r in records]
        )


def _record(check: Check, host: str, judged: Judged) -> FindingRecord:
    finding = judged.finding
    return FindingRecord(
        check=check.id,
        host=host,
        subject=SubjectRecord(kind=finding.subject.kind, name=finding.subject.name),
        verdict=finding.verdict,
        severity=check.severity_of(finding.message),
        partial=judged.partial,
        message=finding.message,
        values={
            key: ValueRecord(kind=value.kind, value=value.value)
            for key, value in finding.values.items()
        },
        evidence=tuple(_evidence(evidence) for evidence in finding.evidence),
        reason=finding.reason,
        detail=finding.detail,
        group=finding.group,
    )


def _evidence(evidence: Evidence) -> EvidenceRecord:
    read = evidence.read
    return EvidenceRecord(
        source=read.source.name,
        status=read.source.status,
        line=read.line,
        text=evidence.text,
        values=tuple(
            ShownRecord(key=shown.key, kind=shown.kind, value=shown.value)
            for shown in read.shows
        ),
    )


def _capped(records: list[FindingRecord]) -> list[FindingRecord]:
    """At most 200; the gravest of the rest stands for all of them, with `more`."""
    if len(records) <= MOST_FINDINGS:
        return records
    ranked = sorted(records, key=lambda r: GRAVEST_FIRST.index(r.bucket))
    last = ranked[MOST_FINDINGS - 1]
    more = len(records) - MOST_FINDINGS
    return [*ranked[: MOST_FINDINGS - 1], structs.replace(last, more=more)]


def _host_info(snapshot: Snapshot, host: Host) -> HostInfo:
    return HostInfo(
        name=host.name,
        group=host.group,
        roles=host.roles,
        zone=host.zone,
        address=host.address,
        state=snapshot.state,
        reason=snapshot.reason,
        detail=snapshot.detail,
        privilege=snapshot.privilege,
        started=snapshot.started,
        clock_offset=snapshot.clock_offset,
        program_sha256=snapshot.program_sha256,
    )


def _run(got: _Collected, scope: Scope, *, interrupted: bool) -> Run:
    buckets = _buckets(got.findings, scope.checks, [host.name for host in got.hosts])
    severities = {check.id: check.sidecar.severity for check in scope.checks}
    by_host = pairs_of(buckets, severities, got.findings)
    hosts = tuple(_scored(host, by_host.get(host.name, [])) for host in got.hosts)
    # Of all pairs: a mean of the hosts' figures would hide the worst of them.
    pairs = [pair for found in by_host.values() for pair in found]
    coverage = coverage_of(pairs)
    started = min(got.started)
    info = RunInfo(
        id=_run_id(started, got),
        client=scope.inventory.engagement.client,
        auditor=scope.inventory.engagement.auditor,
        language=scope.language,
        timezone=scope.inventory.engagement.timezone,
        started=started,
        ended=max(got.ended),
        as_of=scope.as_of or started,
        tool=__version__,
        rules_sha256=scope.rules_sha256,
        profile=scope.profile.name,
        profile_sha256=scope.profile.sha256,
        inputs=dict(scope.inputs),
        frameworks=scope.inventory.engagement.frameworks or (),
        selected=Selected(hosts=len(hosts), checks=len(scope.checks)),
        totals=_totals(buckets.values()),
        coverage=coverage,
        score=score_of(pairs),
        exit_code=_exit_code(got.findings, hosts, coverage, scope, interrupted),
    )
    groups = scope.inventory.groups.values()
    day = Audit(info.as_of, info.timezone).date
    return Run(
        run=info,
        groups={group.name: group.title for group in groups if group.title},
        checks=tuple(_check_info(check) for check in scope.checks),
        hosts=hosts,
        findings=tuple(got.findings),
        waivers=got.declared.waivers(scope.manifests, got.days, buckets, day),
        attestations=got.declared.attestations(scope.manifests, got.days, day),
    )


def _scored(host: HostInfo, pairs: list[Pair]) -> HostInfo:
    return structs.replace(host, coverage=coverage_of(pairs), score=score_of(pairs))


def _run_id(started: datetime, got: _Collected) -> str:
    """Instant and a digest of hosts: the same snapshots give the same id."""
    digest = hashlib.sha256()
    for host in got.hosts:
        digest.update(f"{host.name} {host.started} {host.program_sha256}\n".encode())
    return f"{started:%Y-%m-%dT%H%M%SZ}-{digest.hexdigest()[:6]}"


def _check_info(check: Check) -> CheckInfo:
    sidecar = check.sidecar
    return CheckInfo(
        id=check.id,
        name=check.name,
        family=check.family,
        severity=sidecar.severity,
        title={language: texts.title for language, texts in sidecar.texts.items()},
        requirements=sidecar.requirements,
        sha256=check.sha256,
        fleet=check.fleet,
    )


def _buckets(
    findings: Iterable[FindingRecord], checks: Iterable[Check], hosts: Sequence[str]
) -> dict[tuple[str, str], Bucket]:
    """The bucket of every (check, host); they add up to checks x hosts."""
    said: dict[tuple[str, str], list[FindingRecord]] = {
        (check.id, host): [] for check in checks for host in hosts
    }
    for finding in findings:
        said[finding.check, finding.host].append(finding)
    return {pair: bucket_of(found) for pair, found in said.items()}


def _totals(buckets: Iterable[Bucket]) -> Totals:
    found = list(buckets)
    return Totals(
        fail=found.count(Bucket.FAIL),
        warn=found.count(Bucket.WARN),
        pass_=found.count(Bucket.PASS),
        na=found.count(Bucket.NA),
        unknown=found.count(Bucket.UNKNOWN),
        waived=found.count(Bucket.WAIVED),
        attested=found.count(Bucket.ATTESTED),
    )


def _exit_code(
    findings: Iterable[FindingRecord],
    hosts: Iterable[HostInfo],
    coverage: Coverage,
    scope: Scope,
    interrupted: bool,
) -> int:
    """3 incomplete, else 1 for an unwaived FAIL that counts, else 0."""
    whole = all(host.state is HostState.AUDITED for host in hosts)
    if interrupted or not whole or coverage.share < scope.min_coverage:
        return 3
    return int(
        any(
            finding.bucket is Bucket.FAIL
            and finding.severity.weight >= scope.fail_on.weight
            for finding in findings
        )
    )
