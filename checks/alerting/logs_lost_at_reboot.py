"""What the logs say is gone after a reboot."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.journald import JournaldConfig
from auditor.facts.mounts import Mounts
from auditor.facts.rsyslog import RsyslogConfig
from auditor.facts.software import Processes
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.sources import Read

SUBJECT = Subject("service", "log storage")
IN_MEMORY = frozenset({"tmpfs", "ramfs"})


@check
def logs_lost_at_reboot(
    journald: JournaldConfig,
    rsyslog: RsyslogConfig,
    processes: Processes,
    mounts: Mounts,
) -> Iterator[Finding]:
    """Looks for one store of login messages that lies on a disk."""
    also = (
        *journald.sources,
        *rsyslog.sources,
        *processes.sources,
        *mounts.sources,
    )
    folder = mounts.of("/var/log")
    if folder is not None and folder.type in IN_MEMORY:
        proof = Evidence(folder.read)
        yield FAIL(SUBJECT, "memory", proof, also=mounts.sources)
    elif stored := by_syslog(rsyslog, processes) or by_journald(journald, processes):
        yield PASS(SUBJECT, "kept", *map(Evidence, stored))
    elif other := processes.named("syslog-ng"):
        detail = "the rules of syslog-ng are not read"
        proof = Evidence(other[0].read)
        yield UNKNOWN(SUBJECT, Reason.OS_NOT_COVERED, proof, detail=detail)
    else:
        yield FAIL(SUBJECT, "lost", *against(journald, processes), also=also)


def by_syslog(rsyslog: RsyslogConfig, processes: Processes) -> list[Read[str]]:
    """A running syslog daemon and the file that it writes logins to."""
    for daemon in processes.named("rsyslogd"):
        files = [
            read
            for read in rsyslog.files
            if read.value.startswith("/var/") and "auth" in read.shows[0].key
        ] or [read for read in rsyslog.files if read.shows[0].key.startswith("*.")]
        if files:
            return [daemon.read, files[0]]
    for daemon in processes.named("syslogd"):
        if not any(word.startswith("-C") for word in daemon.arguments):
            return [daemon.read]
    return []


def by_journald(journald: JournaldConfig, processes: Processes) -> list[Read[str]]:
    """A running journal that is kept, and the setting or the file that shows it."""
    daemon = processes.named("systemd-journald")
    storage = journald.storage()
    value = "auto" if storage is None else storage.value
    if not daemon or value in ("volatile", "none"):
        return []
    if value == "persistent" or (value == "auto" and journald.kept):
        shown = [] if storage is None else [storage]
        return [daemon[0].read, *shown, *journald.journals[:1]]
    return []


def against(journald: JournaldConfig, processes: Processes) -> Iterator[Evidence]:
    """What shows that nothing is kept."""
    storage = journald.storage()
    if storage is not None:
        yield Evidence(storage)
    for daemon in processes.named("syslogd"):
        yield Evidence(daemon.read)
