"""An NFS export is open to anybody, or trusts the clients' root."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from auditor.facts.absence import nothing_in
from auditor.facts.exports import Export, Exports, NfsServer
from auditor.facts.reach import Reach
from auditor.facts.software import Listeners, Packages, Processes, Units
from auditor.model.check import check
from auditor.model.findings import FAIL, NA, PASS, WARN, Evidence, Finding, Subject
from auditor.model.host import Host

NFS = Subject("service", "nfs")
# An export that is well written needs no server to be so.
ELSEWHERE = (Packages, Processes, Listeners, Units)
WIDE = 256


class Fault(NamedTuple):
    """What is wrong with an export, and whether it is grave."""

    message: str
    grave: bool


@check
def nfs_export_open(exports: Exports, nfs: NfsServer, host: Host) -> Iterator[Finding]:
    """Each folder and client of an export."""
    for export in exports.exports:
        yield judged(export, nfs, host)
    if exports.exports:
        return
    if nfs.presence.there is False:
        yield NA(NFS, "no_server", *nfs.presence.proof, *nothing_in(exports, "export"))
    else:
        yield PASS(NFS, "no_export")


def judged(export: Export, nfs: NfsServer, host: Host) -> Finding:
    """One export: its gravest fault, weighed by who can reach a server.

    A server that is installed and does not run starts when somebody needs it, and a
    kernel's server shows no process: only without one the export is idle.
    """
    subject = Subject("export", f"{export.path} {export.client}")
    fault = fault_of(export, host)
    shown = [Evidence(export.read)]
    if fault is None:
        return PASS(subject, "named_hosts", *shown, without=ELSEWHERE)
    reach = nfs.reached
    if reach.reach is Reach.STOPPED and not nfs.presence.there:
        return WARN(subject, "no_server_yet", *shown, also=reach.also)
    stopped = reach.reach is Reach.STOPPED
    shown += nfs.presence.proof if stopped else reach.proof
    also = () if stopped else reach.also
    if fault.grave and reach.reach is not Reach.LOCAL:
        return FAIL(subject, fault.message, *shown, also=also)
    return WARN(subject, fault.message, *shown, also=also)


def fault_of(export: Export, host: Host) -> Fault | None:
    """The gravest fault of an export."""
    if export.public:
        if export.kerberos:
            return Fault("any_with_ticket", grave=False)
        if is_pseudo_root(export):
            return Fault("pseudo_root", grave=False)
        return Fault("anybody", grave=True)
    if not export.single and not export.is_on("root_squash", default=True):
        return Fault("root_kept", grave=True)
    lesser = {
        "wide_network": export.hosts is not None and export.hosts > WIDE,
        "any_port": export.any_port,
        "data_without_ticket": holds_health_data(export.path, host)
        and not export.kerberos,
    }
    found = (message for message, wrong in lesser.items() if wrong)
    return next((Fault(message, grave=False) for message in found), None)


def is_pseudo_root(export: Export) -> bool:
    """A root of NFSv4 that shows the names of exports, not what is in them."""
    root = "fsid=0" in export.options or "fsid=root" in export.options
    written = "rw" in export.options or "crossmnt" in export.options
    return root and not written


def holds_health_data(path: str, host: Host) -> bool:
    """Whether a declared data folder lies at or below the path, or above it."""
    mine = path.rstrip("/") + "/"
    return any(
        mine.startswith(f"{folder.rstrip('/')}/") or f"{folder}/".startswith(mine)
        for folder in host.data_dirs
    )
