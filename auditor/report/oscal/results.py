"""Observations, risks and findings of OSCAL, from what the checks found.

An observation is a finding of ours; an OSCAL finding is what a check came to on a
host, which is where the seven buckets are: OSCAL knows two states only, so the
bucket stands as a property of ours beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from auditor.model.findings import Verdict
from auditor.model.run import Bucket, EvidenceRecord, FindingRecord, WaivedRecord
from auditor.report.judged import SEVERITIES, Pair
from auditor.report.oscal.parts import (
    MIDNIGHT,
    MORNING,
    NS,
    Actor,
    Characterization,
    Evidence,
    Facet,
    Finding,
    Implementation,
    LogEntry,
    Observation,
    Origin,
    RelatedObservation,
    RelatedRisk,
    Remediation,
    Risk,
    RiskLog,
    Status,
    SubjectReference,
    Target,
    identifier,
    local_instant,
    markup,
    ours,
    token,
)
from auditor.report.text.sentences import plain
from auditor.report.view import View

#: Bucket -> state and reason of a finding's target.
STATES = {
    Bucket.FAIL: ("not-satisfied", "fail"),
    Bucket.WARN: ("not-satisfied", "other"),
    Bucket.WAIVED: ("not-satisfied", "fail"),
    Bucket.UNKNOWN: ("not-satisfied", "other"),
    Bucket.PASS: ("satisfied", "pass"),
    Bucket.ATTESTED: ("satisfied", "other"),
    Bucket.NA: ("satisfied", "other"),
}

#: Bucket -> status of the risk; the other buckets are none.
RISKS = {
    Bucket.FAIL: "open",
    Bucket.WARN: "open",
    Bucket.WAIVED: "deviation-approved",
}

_OPEN = (Verdict.FAIL, Verdict.WARN)
_DISCOVERED = (*_OPEN, Verdict.UNKNOWN)


class Told(Struct, frozen=True):
    """All that is said of one check on one host."""

    observations: tuple[Observation, ...]
    risk: Risk | None
    finding: Finding


def tool_id(view: View) -> str:
    """The identifier of the component that is this tool."""
    return identifier("tool", view.run.run.tool)


def host_id(view: View, host: str) -> str:
    """The identifier of a host: the same from one audit of a client to the next."""
    return identifier("host", view.run.run.client, host)


def told(view: View) -> Iterable[Told]:
    """Every pair, host by host and check by check in the order of the run."""
    for host in view.judged.hosts:
        for check in view.judged.checks:
            yield _told(view, (check, host))


def _told(view: View, pair: Pair) -> Told:
    found = view.judged.findings.get(pair, ())
    observations = tuple(
        _observation(view, finding, at) for at, finding in enumerate(found)
    )
    risk = _risk(view, pair, found, observations)
    return Told(observations, risk, _finding(view, pair, observations, risk))


def _related(observations: Iterable[Observation]) -> tuple[RelatedObservation, ...]:
    return tuple(RelatedObservation(observation_uuid=one.uuid) for one in observations)


def _origin(view: View) -> Origin:
    return Origin(actors=(Actor(type="tool", actor_uuid=tool_id(view)),))


def _observation(view: View, finding: FindingRecord, at: int) -> Observation:
    host = view.judged.hosts[finding.host]
    subject = finding.subject
    attested = finding.verdict is Verdict.ATTESTED
    discovered = finding.verdict in _DISCOVERED
    return Observation(
        # `at`: a run file of others may say two things of one subject.
        uuid=identifier(
            "observation",
            view.run.run.id,
            finding.check,
            finding.host,
            subject.kind,
            subject.name,
            str(at),
        ),
        title=markup(view.title(finding.check)),
        description=markup(plain(view.speaker.sentence(finding))),
        props=ours(
            check=finding.check,
            verdict=finding.verdict.value,
            severity=finding.severity.value,
            subject_kind=subject.kind,
            subject=subject.name,
            reason=finding.reason,
            detail=finding.detail,
            partial="yes" if finding.partial else None,
            finding_group=finding.group,
            more=finding.more,
            waived_until=finding.waived.until.isoformat() if finding.waived else None,
        ),
        methods=("INTERVIEW" if attested else "TEST",),
        types=("discovery" if discovered else "control-objective",),
        origins=(_origin(view),),
        subjects=(
            SubjectReference(
                subject_uuid=host_id(view, finding.host), type="inventory-item"
            ),
        ),
        relevant_evidence=tuple(_evidence(one) for one in finding.evidence),
        collected=host.started or view.run.run.started,
    )


def _evidence(evidence: EvidenceRecord) -> Evidence:
    return Evidence(
        description=markup(evidence.text),
        props=ours(
            source=evidence.source,
            line=evidence.line,
            status=evidence.status.value,
            text=evidence.text,
        ),
    )


def _risk(
    view: View,
    pair: Pair,
    found: tuple[FindingRecord, ...],
    observations: tuple[Observation, ...],
) -> Risk | None:
    check, host = pair
    bucket = view.judged.buckets[pair]
    if bucket not in RISKS:
        return None
    open_ = [finding for finding in found if finding.verdict in _OPEN]
    ids = [o for o, f in zip(observations, found, strict=True) if f.verdict in _OPEN]
    texts = view.speaker.texts(check)
    why = plain(view.speaker.prose(texts.why)) if texts else view.title(check)
    severity = min((one.severity for one in open_), key=SEVERITIES.index)
    said = dict.fromkeys(plain(view.speaker.sentence(one)) for one in open_)
    return Risk(
        uuid=_pair_id(view, "risk", pair),
        title=markup(view.title(check)),
        description=markup(" ".join(said)),
        statement=markup(why),
        props=ours(check=check, host=host, bucket=bucket.value),
        status=RISKS[bucket],
        characterizations=(
            Characterization(
                origin=_origin(view),
                facets=(Facet(name="severity", system=NS, value=severity.value),),
            ),
        ),
        deadline=_deadline(view, open_) if bucket is Bucket.WAIVED else None,
        remediations=tuple(_remediations(view, pair)),
        risk_log=_log(view, pair, open_),
        related_observations=_related(ids),
    )


def _pair_id(view: View, kind: str, pair: Pair, *more: str) -> str:
    return identifier(kind, view.run.run.id, *pair, *more)


def _waivers(found: Iterable[FindingRecord]) -> list[WaivedRecord]:
    """Each waiver once, the first to end first."""
    waivers = dict.fromkeys(one.waived for one in found if one.waived is not None)
    return sorted(waivers, key=lambda one: one.until)


def _deadline(view: View, found: Iterable[FindingRecord]) -> datetime:
    """When the first waiver ends: its last day counts."""
    until = _waivers(found)[0].until
    return local_instant(until, MIDNIGHT, view.run.run.timezone)


def _log(view: View, pair: Pair, found: Iterable[FindingRecord]) -> RiskLog | None:
    """Who accepted what is accepted, and why."""
    entries = tuple(
        _accepted(view, pair, waiver, at) for at, waiver in enumerate(_waivers(found))
    )
    return RiskLog(entries=entries) if entries else None


def _accepted(view: View, pair: Pair, waiver: WaivedRecord, at: int) -> LogEntry:
    labels = view.labels
    on = labels("accepted.on", day=labels.date(waiver.accepted_on))
    who = f"{labels('accepted.by')}{labels('colon')}{waiver.accepted_by}, {on}"
    return LogEntry(
        uuid=_pair_id(view, "accepted", pair, str(at)),
        title=markup(who),
        description=markup(waiver.reason),
        start=local_instant(waiver.accepted_on, MORNING, view.run.run.timezone),
        props=ours(
            accepted_by=waiver.accepted_by,
            owner=waiver.owner,
            until=waiver.until.isoformat(),
        ),
        status_change="deviation-approved",
    )


def _remediations(view: View, pair: Pair) -> Iterable[Remediation]:
    check, _ = pair
    texts = view.speaker.texts(check)
    fixes = texts.fix if texts else {}
    for system, fix in fixes.items():
        lines = [line for line in fix.splitlines() if line.strip()]
        yield Remediation(
            uuid=_pair_id(view, "fix", pair, system),
            lifecycle="recommendation",
            title=markup(view.speaker.system(system, fixes)),
            description="\n\n".join(
                markup(plain(view.speaker.prose(line))) for line in lines
            ),
            props=ours(system=system),
        )


def _finding(
    view: View, pair: Pair, observations: tuple[Observation, ...], risk: Risk | None
) -> Finding:
    check, host = pair
    bucket = view.judged.buckets[pair]
    word = view.labels(f"bucket.{bucket}")
    reason = view.judged.reason(*pair)
    return Finding(
        uuid=_pair_id(view, "finding", pair),
        title=markup(view.title(check)),
        description=markup(f"{host}{view.labels('colon')}{word}"),
        props=ours(check=check, host=host, bucket=bucket.value, reason=reason),
        target=_target(view, pair),
        related_observations=_related(observations),
        related_risks=(RelatedRisk(risk_uuid=risk.uuid),) if risk else (),
    )


def _target(view: View, pair: Pair) -> Target:
    bucket = view.judged.buckets[pair]
    state, reason = STATES[bucket]
    remarks = view.labels(f"bucket.{bucket}")
    why = view.judged.reason(*pair)
    if bucket is Bucket.UNKNOWN and why is not None:
        remarks = view.labels(
            "state_because", state=remarks, reason=view.labels(f"reason.{why}")
        )
    return Target(
        type="objective-id",
        target_id=token(pair[0]),
        status=Status(state=state, reason=reason, remarks=markup(remarks)),
        implementation_status=Implementation(state="not-applicable")
        if bucket is Bucket.NA
        else None,
    )
