"""The logs stay on the host that they watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.facts.attested import attestation_of, contradicted_by
from auditor.facts.rsyslog import Forward, RsyslogConfig
from auditor.facts.software import Packages, Process, Software
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
    Verdict,
)
from auditor.model.manifests import Attestation, Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Source

SUBJECT = Subject("service", "log forwarding")


@check
def logs_not_copied(
    rsyslog: RsyslogConfig,
    software: Software,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges the best way by which messages about logins leave the host."""
    shippers = software.processes.named(*profile.sets["log_shippers"])
    if shippers:
        name = shippers[0].name
        proof = Evidence(shippers[0].read)
        rests: dict[str, Any] = {"without": [RsyslogConfig]}
        yield PASS(SUBJECT, "shipped", proof, service=name, **rests)
        return
    others = software.processes.named("syslog-ng")
    if others:
        detail = "the rules of syslog-ng are not read"
        yield UNKNOWN(
            SUBJECT, Reason.OS_NOT_COVERED, Evidence(others[0].read), detail=detail
        )
        return
    busybox = [p for p in software.processes.named("syslogd") if sends(p)]
    if busybox:
        yield WARN(SUBJECT, "plain", Evidence(busybox[0].read), hostname="-R")
        return
    finding = by_rsyslog(rsyslog, software)
    siem = attestation_of("siem", manifests, audit.date)
    if finding.verdict is Verdict.FAIL and isinstance(siem, Attestation):
        # A SIEM sees nothing of a host from which nothing comes.
        finding = contradicted_by(siem, finding, all_sources(rsyslog, software))
    yield finding


def all_sources(rsyslog: RsyslogConfig, software: Software) -> Iterator[Source]:
    """What a finding that nothing is sent rests on."""
    facts = (
        rsyslog,
        software.packages,
        software.processes,
        software.listeners,
        software.units,
    )
    return (source for fact in facts for source in fact.sources)


def sends(process: Process) -> bool:
    """Whether BusyBox's syslogd was given a host to send to (`-R HOST`)."""
    return any(word.startswith("-R") for word in process.arguments)


def by_rsyslog(rsyslog: RsyslogConfig, software: Software) -> Finding:
    """Judges rsyslog's rules, of which a running daemon is needed."""
    also = (*rsyslog.sources, *software.processes.sources)
    useful = [one for one in rsyslog.forwards if one.sends_logins and not one.local]
    if not software.processes.named("rsyslogd"):
        shown = [Evidence(one.read) for one in useful[:1]]
        key = "not_running" if useful else "none"
        return FAIL(SUBJECT, key, *shown, also=also)
    if not useful:
        local = [Evidence(one.read) for one in rsyslog.forwards]
        return FAIL(SUBJECT, "not_logins" if local else "none", *local, also=also)
    best = max(useful, key=rank)
    values: dict[str, Any] = {"hostname": best.target}
    proof = Evidence(best.read)
    if best.filtered:
        return WARN(SUBJECT, "filtered", proof, also=also, **values)
    if not best.tls:
        return WARN(SUBJECT, "plain", proof, also=also, **values)
    return PASS(SUBJECT, "copied", proof, without=[Packages], **values)


def rank(forward: Forward) -> tuple[bool, bool]:
    """Better ways are greater: all messages first, then TLS."""
    return (not forward.filtered, forward.tls)
