"""Anonymous FTP users may store or change files (vsftpd)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.facts.absence import nothing_in
from auditor.facts.folders import ENTER, WRITE, Account, Folder, plain
from auditor.facts.ftp import FtpService, FtpServices, VsftpdConfig, is_on
from auditor.facts.ftp_root import AnonymousFolders
from auditor.facts.reach import Reach
from auditor.facts.software import Listeners, Packages, Units
from auditor.facts.superservers import Superservers
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

# vsftpd.conf(5): each of them needs write_enable too.
UPLOADS = ("anon_upload_enable", "anon_mkdir_write_enable", "anon_other_write_enable")
ELSEWHERE = (Packages, Listeners, Units)


@check
def ftp_anonymous_upload(
    vsftpd: FtpServices,
    config: VsftpdConfig,
    superservers: Superservers,
    folders: AnonymousFolders,
) -> Iterator[Finding]:
    """Each configuration of vsftpd that lets anonymous users in."""
    anonymous = [one for one in vsftpd.services if admits(one)]
    for service in anonymous:
        yield judged(service, folders)
    if anonymous:
        return
    subject = Subject("service", "vsftpd")
    doubts = [read for one in vsftpd.services if (read := unclear(one)) is not None]
    if doubts:
        yield UNKNOWN(subject, Reason.UNPARSABLE, *map(Evidence, doubts))
    elif vsftpd.services:
        settings = [Evidence(one.instance.anonymous) for one in vsftpd.services]
        absence = nothing_in(config, "other configuration")
        yield NA(subject, "no_anonymous", *settings, *absence)
    elif vsftpd.presence.there is False:
        absence = nothing_in(superservers, "vsftpd")
        yield NA(subject, "no_vsftpd", *vsftpd.presence.proof, *absence)
    else:
        yield PASS(subject, "not_serving")


def unclear(service: FtpService) -> Read[str] | None:
    """The line for which it can't be told whether anonymous users are let in."""
    return service.unclear or service.instance.listed


def admits(service: FtpService) -> bool:
    """Whether the configuration surely lets anonymous users in."""
    return unclear(service) is None and service.instance.anonymous.value


def judged(service: FtpService, folders: AnonymousFolders) -> Finding:
    """One configuration: do its settings let anonymous users write?"""
    subject = Subject("service", service.name)
    instance, file = service.instance, [service.source]
    write = instance.effective("write_enable", "NO")
    uploads = [instance.effective(key, "NO") for key in UPLOADS]
    on = [key for key in uploads if is_on(key)]
    if is_on(write) and on:
        return placed(service, folders, [instance.anonymous, write, on[0]])
    shown = [Evidence(read) for read in (uploads if is_on(write) else [write])]
    # Where the settings let nobody write, modes don't matter.
    elsewhere = (*ELSEWHERE, AnonymousFolders)
    return PASS(subject, "settings_refuse", *shown, rests_on=file, without=elsewhere)


def placed(
    service: FtpService, folders: AnonymousFolders, settings: Sequence[Read[object]]
) -> Finding:
    """Writing is allowed: is there a place to write to, and who reaches it?"""
    subject = Subject("service", service.name)
    keys, file, reached = (
        [Evidence(read) for read in settings],
        [service.source],
        service.reached,
    )
    account = account_of(service, folders)
    if account is None:
        detail = "the account of anonymous users is not known"
        return UNKNOWN(subject, Reason.UNPARSABLE, *keys, detail=detail)
    place = writable(service, folders, account)
    also = (*file, *reached.also)
    if place is None:
        also = (*also, *folders.sources)
        return WARN(subject, "nothing_writable", *keys, rests_on=file, also=also)
    shown = (*keys, Evidence(place.read), *reached.proof)
    if reached.open:
        return FAIL(
            subject, "writable", *shown, rests_on=file, also=also, path=place.path
        )
    key = "not_running" if reached.reach is Reach.STOPPED else "local_only"
    return WARN(subject, key, *shown, rests_on=file, also=also, path=place.path)


def account_of(service: FtpService, folders: AnonymousFolders) -> Account | None:
    """The account that anonymous users act as."""
    name = service.instance.effective("ftp_username", "ftp").value
    return folders.accounts.get(name)


def writable(
    service: FtpService, folders: AnonymousFolders, account: Account
) -> Folder | None:
    """The first folder that the account can reach and write to.

    A root that is itself writable is refused by the daemon, with all that lies below,
    whatever allow_writeable_chroot says (tried on 3.0.3-13).
    """
    home = folders.homes.get(account.name, "")
    root = plain(service.instance.effective("anon_root", home).value)
    seen = folders.folders
    if root in seen and seen[root].permits(account, WRITE):
        return None
    for folder in folders.below(root):
        above = [one for path, one in seen.items() if lies_above(path, folder, root)]
        reachable = all(one.permits(account, ENTER) for one in above)
        if reachable and folder.permits(account, WRITE | ENTER):
            return folder
    return None


def lies_above(path: str, folder: Folder, root: str) -> bool:
    """Whether `path` is the root or lies between it and the folder."""
    inside = path == root or path.startswith(root.rstrip("/") + "/")
    return inside and folder.path.startswith(path.rstrip("/") + "/")
