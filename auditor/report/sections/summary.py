"""The first page: one sentence, the figures, a possible breach, what was not seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct, structs

from auditor.model.findings import Severity, Verdict
from auditor.model.run import Bucket
from auditor.model.snapshot import HostState
from auditor.report.judged import SEVERITIES
from auditor.report.sections.ages import ages_of
from auditor.report.sections.changes import first_seen
from auditor.report.sections.pictures import (
    Covered,
    Segment,
    Slice,
    coverages,
    segments,
    severities,
)
from auditor.report.sections.scored import Scored, Worst, scored, worst
from auditor.report.sections.unseen import causes
from auditor.report.story import (
    Logs,
    Statement,
    exposures,
    logs_of,
    statements,
)
from auditor.report.text.sentences import Sentence, plain
from auditor.report.view import View

#: GDPR Art. 33(1): the controller notifies within 72 hours of becoming aware.
NOTIFICATION = timedelta(hours=72)

#: Levels of the breach box by what the logs of access say (0, nothing seen: no box).
TRACED = 3
LEVELS = {Logs.TRACE: TRACED, Logs.UNREADABLE: 1, Logs.UNREAD: 1, Logs.NO_TRACE: 2}

#: How many hosts and findings the breach box names before it counts.
MOST_IN_BREACH = 3
MOST_CAUSES = 6


class Exposed(Struct, frozen=True):
    """A host whose findings may reveal a breach, and what its logs say of access."""

    host: str
    sentences: tuple[Sentence, ...]
    checks: tuple[str, ...]
    logs: Logs


class Breach(Struct, frozen=True):
    """The breach box.

    `level` is 1 exposure, logs not read; 2 logs read, no trace; 3 a trace of access
    from outside. `mixed` says that the hosts' logs differ.
    """

    level: int
    logs: Logs
    mixed: bool
    exposed: tuple[Exposed, ...]
    others: int
    first: datetime
    utc: str
    until: datetime


class UnseenLine(Struct, frozen=True):
    """One cause of what was not seen, short enough for the first page."""

    cause: str
    hosts: str
    pairs: int
    detail: str


class Summary(Struct, frozen=True):
    """All of the first page but questions and decisions."""

    verdict: str
    gaps: str
    found: str
    more: tuple[str, ...]
    score: Scored | None
    worst: Worst | None
    segments: tuple[Segment, ...]
    severities: tuple[Slice, ...]
    coverages: tuple[Covered, ...]
    audited: int
    partial: int
    breach: Breach | None
    unseen: tuple[UnseenLine, ...]
    unseen_more: int


def summary(view: View) -> Summary:
    """The first page of a run."""
    said = statements(view.judged, view.story)
    causes_ = causes(view)
    return Summary(
        verdict=_verdict(view, said),
        gaps=_gaps(view),
        found=_found(view),
        more=tuple(_statement(view, one) for one in said[1:4]),
        score=scored(view.run.run.score, view.run.run.coverage),
        worst=worst(view),
        segments=tuple(segments(view)),
        severities=tuple(severities(view)),
        coverages=tuple(coverages(view)),
        audited=_hosts_in(view, HostState.AUDITED),
        partial=_hosts_in(view, HostState.PARTIAL),
        breach=_breach(view),
        unseen=tuple(_unseen(view)[:MOST_CAUSES]),
        unseen_more=max(0, len(causes_) - MOST_CAUSES),
    )


def _statement(view: View, statement: Statement) -> str:
    hosts = len(statement.hosts)
    return view.labels.count(f"statement.{statement.key}", hosts)


def _verdict(view: View, said: list[Statement]) -> str:
    """What is proven, gravest first; without a gap, how much was evaluated."""
    if said:
        return _statement(view, said[0])
    counts = view.judged.counts()
    critical = _critical(view)
    if critical:
        return view.labels.count("statement.critical", critical)
    if counts[Bucket.FAIL]:
        return view.labels.count("statement.gaps", counts[Bucket.FAIL])
    evaluated = sum(counts.values()) - counts[Bucket.UNKNOWN] - counts[Bucket.NA]
    if not evaluated:
        return view.labels("statement.nothing")
    key = "none_but_accepted" if counts[Bucket.WAIVED] else "none"
    return view.labels.count(
        f"statement.{key}",
        evaluated,
        accepted=view.labels.count("bucket_count.waived", counts[Bucket.WAIVED]),
    )


def _critical(view: View) -> int:
    judged = view.judged
    return sum(
        bucket is Bucket.FAIL and judged.severity(check, [host]) is Severity.CRITICAL
        for (check, host), bucket in judged.buckets.items()
    )


def _gaps(view: View) -> str:
    fails = view.judged.counts()[Bucket.FAIL]
    critical = _critical(view)
    gaps = (
        view.labels.count("lede.gaps", fails) if fails else view.labels("lede.no_gap")
    )
    return gaps + (view.labels.count("lede.critical", critical) if critical else "")


def _found(view: View) -> str:
    hosts, checks = len(view.judged.hosts), len(view.judged.checks)
    return view.labels(
        "lede.found",
        pairs=view.labels.number(hosts * checks),
        hosts=view.labels.count("hosts", hosts),
        checks=view.labels.count("checks", checks),
    )


def _unseen(view: View) -> list[UnseenLine]:
    return [
        UnseenLine(
            view.labels(f"reason.{cause.reason}"),
            view.hosts(cause.names),
            cause.pairs,
            _detail(view, cause.details),
        )
        for cause in causes(view)
    ]


def _detail(view: View, details: list[str]) -> str:
    """What all hosts of a cause said alike; nothing when they did not."""
    return plain(view.speaker.detail(details[0])) if len(details) == 1 else ""


def _breach(view: View) -> Breach | None:
    found = exposures(view.judged, view.story)
    if not found:
        return None
    logs = {host: logs_of(view.judged, view.story, host) for host in found}
    ranked = sorted(
        found,
        key=lambda host: (
            logs[host] is not Logs.TRACE,
            _gravest(view, host, found[host]),
            host,
        ),
    )
    shown = [
        _exposed(view, host, found[host], logs[host])
        for host in ranked[:MOST_IN_BREACH]
    ]
    gravest = min(logs.values(), key=list(Logs).index)
    first = _first(view, found)
    return Breach(
        LEVELS[gravest],
        gravest,
        len(set(logs.values())) > 1,
        tuple(shown),
        len(found) - len(shown),
        first,
        _utc(view, first),
        first + NOTIFICATION,
    )


def _first(view: View, found: dict[str, list[str]]) -> datetime:
    """When one of the exposures was first seen, in earlier runs too."""
    pairs = [(check, host) for host, checks in found.items() for check in checks]
    started = view.run.run.started
    seen = first_seen(pairs, (*view.earlier, view.judged)) or started
    ages = (age.first_seen for pair in pairs for age in ages_of(view, *pair))
    # Of what this run found first, the host's own time is nearer.
    return min([seen, *(at for at in ages if at < started)])


def _utc(view: View, at: datetime) -> str:
    """The UTC time, with the day where it is not the local one."""
    utc = structs.replace(view.labels, timezone="UTC")
    return utc.time(at) if utc.day(at) == view.labels.day(at) else utc.instant(at)


def _gravest(view: View, host: str, checks: list[str]) -> tuple[int, int]:
    """Hosts on which more than one kind of exposure meets come first."""
    severity = min(
        SEVERITIES.index(view.judged.severity(check, [host])) for check in checks
    )
    return -len(checks), severity


def _exposed(view: View, host: str, checks: list[str], logs: Logs) -> Exposed:
    """Traces first, then what lies there, then how it is reached."""
    traces = view.story.checks_of(view.story.breach.traces)
    fails = [
        finding
        for check in (
            *sorted(traces),
            *sorted(checks, key=lambda check: check in view.story.sets["open"]),
        )
        for finding in view.judged.findings.get((check, host), ())
        if finding.verdict is Verdict.FAIL
    ]
    sentences = dict.fromkeys(view.speaker.sentence(f) for f in fails)
    return Exposed(host, tuple(sentences)[:MOST_IN_BREACH], tuple(checks), logs)


def _hosts_in(view: View, state: HostState) -> int:
    return sum(host.state is state for host in view.judged.hosts.values())
