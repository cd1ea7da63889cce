"""Findings in the order of work: one block a check, with a row for each host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from msgspec import Struct

from auditor.model.findings import Severity, Verdict
from auditor.model.run import Bucket, CheckInfo, EvidenceRecord, FindingRecord, HostInfo
from auditor.report.judged import SEVERITIES
from auditor.report.sections.ages import since_on_host, since_told
from auditor.report.story import STEPS, work_of
from auditor.report.text.sentences import Sentence
from auditor.report.view import Chip, View

#: Rows of one check and host that are listed; a number stands for the rest.
MOST_ROWS = 20
MOST_EVIDENCE = 8

_OPEN = (Verdict.FAIL, Verdict.WARN)


class Proof(Struct, frozen=True):
    """One line of evidence: where it stands and what it says."""

    place: str
    text: str
    status: str


class Said(Struct, frozen=True):
    """One finding of a host."""

    bucket: Bucket
    severity: Severity
    subject: str
    sentence: Sentence
    proofs: tuple[Proof, ...]
    group: str | None


class HostRow(Struct, frozen=True):
    """What a check found on one host; `more` findings are not listed here.

    `since` is empty where there is no history.
    """

    host: HostInfo
    said: tuple[Said, ...]
    more: int
    partial: tuple[Sentence, ...]
    since: str


class Fix(Struct, frozen=True):
    """How to mend it on one family of systems."""

    system: str
    text: tuple[Sentence, ...]


class Block(Struct, frozen=True):
    """A check with everything that a technician needs to mend and verify it."""

    check: CheckInfo
    title: str
    bucket: Bucket
    severity: Severity
    rows: tuple[HostRow, ...]
    unseen: tuple[str, ...]
    why: Sentence
    fixes: tuple[Fix, ...]
    impact: Sentence
    effort: Sentence
    undo: Sentence
    verify: Sentence
    command: str
    since: tuple[str, ...]
    chips: tuple[Chip, ...]


class Step(Struct, frozen=True):
    """A step of the order of work and its blocks."""

    key: str
    blocks: tuple[Block, ...]


def steps(view: View) -> list[Step]:
    """The open findings, FAIL and WARN, by step; empty steps are left out."""
    found = []
    for check in view.judged.checks.values():
        hosts = view.judged.hosts_with(check.id, Bucket.FAIL, Bucket.WARN)
        if hosts:
            found.append((rank(view, check.id, hosts), check, hosts))
    found.sort(key=lambda item: item[0])
    return [
        Step(STEPS[at], tuple(_block(view, check, hosts) for _, check, hosts in items))
        for at, items in groupby(found, key=lambda item: item[0][0])
    ]


def rank(view: View, check: str, hosts: list[str]) -> tuple[int, bool, int, int, str]:
    """The place of what a check found on these hosts in the order of work, worst first.

    First is the number of its step. Where only families are told, nobody knows the step
    of a check: there is one.
    """
    judged = view.judged
    known = view.run.run.level.names_checks
    step = work_of(judged.checks[check], view.story).step if known else STEPS[-1]
    return (
        STEPS.index(step),
        all(judged.buckets[check, host] is not Bucket.FAIL for host in hosts),
        SEVERITIES.index(judged.severity(check, hosts)),
        -len(hosts),
        check,
    )


def _block(view: View, check: CheckInfo, hosts: list[str]) -> Block:
    failing = view.judged.hosts_with(check.id, Bucket.FAIL)
    texts = view.speaker.texts(check.id)
    prose = view.speaker.prose
    return Block(
        check=check,
        title=view.title(check.id),
        bucket=Bucket.FAIL if failing else Bucket.WARN,
        severity=view.judged.severity(check.id, hosts),
        rows=tuple(
            host_row(view, check.id, host) for host in _worst(view, check, hosts)
        ),
        unseen=tuple(view.judged.hosts_with(check.id, Bucket.UNKNOWN)),
        why=prose(texts.why) if texts else (),
        fixes=tuple(_fixes(view, texts.fix)) if texts else (),
        impact=prose(texts.impact) if texts else (),
        effort=prose(texts.effort) if texts else (),
        undo=prose(texts.undo) if texts else (),
        verify=prose(texts.verify) if texts else (),
        command=_command(view, check, hosts),
        since=since_told(view, check.id, hosts),
        chips=tuple(view.chips(check)),
    )


def _command(view: View, check: CheckInfo, hosts: list[str]) -> str:
    """What tells whether it is mended; empty where no command may be handed over."""
    if not view.run.run.level.commands:
        return ""
    names = ",".join(hosts)
    return f"auditor run -i inventory.toml --limit {names} --check {check.id}"


def _fixes(view: View, texts: Mapping[str, str]) -> Iterable[Fix]:
    for system, text in texts.items():
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        name = view.speaker.system(system, texts)
        yield Fix(name, tuple(view.speaker.prose(line) for line in lines))


def _worst(view: View, check: CheckInfo, hosts: list[str]) -> list[str]:
    buckets = view.judged.of_check(check.id)
    return sorted(
        hosts,
        key=lambda host: (
            buckets[host] is not Bucket.FAIL,
            SEVERITIES.index(view.judged.severity(check.id, [host])),
            host,
        ),
    )


def host_row(view: View, check: str, host: str) -> HostRow:
    """The open findings of a check on a host, the gravest first."""
    findings = view.judged.findings[check, host]
    open_ = [f for f in findings if f.verdict in _OPEN and f.waived is None]
    open_.sort(key=lambda f: (f.verdict is Verdict.WARN, SEVERITIES.index(f.severity)))
    unread = [f for f in findings if f.verdict is Verdict.UNKNOWN]
    hidden = max(0, len(open_) - MOST_ROWS) + sum(f.more or 0 for f in open_)
    return HostRow(
        view.judged.hosts[host],
        tuple(said(view, finding) for finding in open_[:MOST_ROWS]),
        hidden,
        tuple(dict.fromkeys(view.speaker.sentence(f) for f in unread)),
        since_on_host(view, check, host),
    )


def said(view: View, finding: FindingRecord) -> Said:
    """One finding as it is read."""
    return Said(
        finding.bucket,
        finding.severity,
        finding.subject.name,
        view.speaker.sentence(finding),
        tuple(_proof(view, one) for one in finding.evidence[:MOST_EVIDENCE]),
        finding.group,
    )


def _proof(view: View, evidence: EvidenceRecord) -> Proof:
    place = evidence.source
    if evidence.line is not None:
        place = f"{place}:{evidence.line}"
    status = view.labels(f"status.{evidence.status}")
    return Proof(place, evidence.text, "" if evidence.status == "ok" else status)
