"""A TFTP server, which knows no password, is reached over the network."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.data_places import holds_data
from auditor.facts.file_tree import Entry, FileTree
from auditor.facts.software import Listeners, Packages, Units
from auditor.facts.superservers import Superservers
from auditor.facts.tftp import TftpServer
from auditor.model.check import check
from auditor.model.findings import FAIL, NA, PASS, WARN, Evidence, Finding, Subject
from auditor.model.host import Host
from auditor.model.profile import Profile
from auditor.model.sources import Read

TFTP = Subject("service", "tftp")


@check
def tftp_exposed(
    tftp: TftpServer,
    tree: FileTree,
    listeners: Listeners,
    superservers: Superservers,
    host: Host,
    profile: Profile,
) -> Iterator[Finding]:
    """One finding: what strangers can do by TFTP."""
    if tftp.exposed:
        yield reached(tftp, tree, host, profile)
    elif tftp.local:
        shown = [Evidence(one.read) for one in tftp.local]
        yield PASS(TFTP, "local_only", *shown, without=(FileTree, Packages, Units))
    elif tftp.presence.there is False and not tftp.programs:
        absence = nothing_in(superservers, "TFTP server")
        yield NA(TFTP, "no_tftp", *tftp.presence.proof, *absence)
    else:
        idle = nothing_in(listeners, "socket on 69/udp")
        yield PASS(TFTP, "not_listening", *idle, without=(FileTree, Units))


def reached(tftp: TftpServer, tree: FileTree, host: Host, profile: Profile) -> Finding:
    """A server that others reach: do they write, and what do they read?"""
    sockets = [Evidence(one.read) for one in tftp.exposed[:1]]
    creating = next((one for one in tftp.programs if one.creates), None)
    if creating is not None:
        return FAIL(TFTP, "uploads", Evidence(creating.read), *sockets)
    folders = {folder: one.read for one in tftp.programs for folder in one.folders}
    for folder, read in folders.items():
        dump = exported(folder, tree, profile)
        if dump is not None:
            shown = (Evidence(read), Evidence(dump.read))
            return FAIL(TFTP, "data", *shown, *sockets, path=dump.path)
        if not is_dedicated(folder, host, profile):
            return FAIL(TFTP, "not_dedicated", Evidence(read), *sockets, path=folder)
    return WARN(TFTP, "exposed", *sockets, *said(folders))


def exported(folder: str, tree: FileTree, profile: Profile) -> Entry | None:
    """A file in the folder that is a dump or an export by its name."""
    globs = profile.patterns["dump_globs"]
    found = (entry for entry in tree.below(folder) if entry.type == "f")
    return next((entry for entry in found if entry.named(globs)), None)


def is_dedicated(folder: str, host: Host, profile: Profile) -> bool:
    """Whether the folder is there for TFTP only."""
    usual = folder.rstrip("/") in profile.sets["default_ftp_roots"]
    return usual or "tftp" in folder or not holds_data(folder, host, profile)


def said(folders: dict[str, Read[str]]) -> Iterator[Evidence]:
    """The lines that name the folders."""
    return (Evidence(read) for read in folders.values())
