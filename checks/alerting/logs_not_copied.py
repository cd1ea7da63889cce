"""The logs stay on the host that they watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.facts.rsyslog import Forward, RsyslogConfig
from auditor.facts.software import Packages, Process, Software
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.profile import Profile

SUBJECT = Subject("service", "log forwarding")


@check
def logs_not_copied(
    rsyslog: RsyslogConfig, software: Software, profile: Profile
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
    yield by_rsyslog(rsyslog, software)


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
