"""Nothing keeps the clock right, so the logs of several hosts don't fit together."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.clock import Clock
from auditor.facts.software import Process, Processes
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.sources import Read

SUBJECT = Subject("service", "clock")
DAEMONS = ("chronyd", "ntpd", "systemd-timesyncd", "openntpd", "ntpd-rs", "ptp4l")
#: Agents of hypervisors that may set the clock themselves.
AGENTS = ("vmtoolsd", "VBoxService", "hv_utils", "hypervkvpd")
#: chrony's names for no source at all, and for the host's own clock.
NO_SOURCE = "00000000"
OWN_CLOCK = "7F7F01"
MOST_STRATUM = 10


@check
def clock_unsynchronised(clock: Clock, processes: Processes) -> Iterator[Finding]:
    """Judges the daemon that keeps the clock; how far it is off, the report shows."""
    running = {process.name: process for process in processes.named(*DAEMONS)}
    agents = processes.named(*AGENTS)
    if len(running) > 1:
        proofs = [Evidence(process.read) for process in running.values()]
        yield WARN(SUBJECT, "several", *proofs)
    elif running:
        yield kept(clock, next(iter(running.values())))
    elif agents:
        detail = "an agent of the hypervisor may set the clock"
        proof = Evidence(agents[0].read)
        yield UNKNOWN(SUBJECT, Reason.OS_NOT_COVERED, proof, detail=detail)
    elif clock.container is not None and all(s.seen for s in processes.sources):
        yield NA(SUBJECT, "container", Evidence(clock.container))
    else:
        yield FAIL(SUBJECT, "nothing", also=(*processes.sources, *clock.sources))


def kept(clock: Clock, daemon: Process) -> Finding:
    """A single daemon runs: does it follow something?"""
    shown = Evidence(daemon.read)
    if daemon.name == "chronyd":
        if clock.reference is None:
            detail = "chronyc told nothing"
            return UNKNOWN(SUBJECT, Reason.NO_TOOL, shown, detail=detail)
        return by_chrony(clock, clock.reference, shown)
    flag = clock.synchronised
    if flag is not None and flag.value == "no":
        return WARN(SUBJECT, "no_source", shown, Evidence(flag))
    return PASS(SUBJECT, "kept", shown, service=daemon.name)


def by_chrony(clock: Clock, reference: Read[str], shown: Evidence) -> Finding:
    """What chrony follows: a server, nothing, or the clock that it is to keep."""
    proof = Evidence(reference)
    if reference.value.startswith(NO_SOURCE):
        return WARN(SUBJECT, "no_source", shown, proof)
    if reference.value.startswith(OWN_CLOCK):
        return WARN(SUBJECT, "own_clock", shown, proof)
    if clock.stratum is not None and clock.stratum.value >= MOST_STRATUM:
        return WARN(SUBJECT, "far", shown, Evidence(clock.stratum))
    return PASS(SUBJECT, "kept", shown, proof, service="chronyd")
