"""Which of the folders are really served, by whom, and how far that reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from msgspec import Struct

from auditor.facts.absence import nothing_in
from auditor.facts.ftp import FtpService, FtpServices, VsftpdConfig, is_on
from auditor.facts.nginx import NginxConfig
from auditor.facts.reach import Reach, Reached
from auditor.facts.rsyncd import RsyncDaemon, RsyncdConfig
from auditor.facts.samba import YES, SambaConfig, SambaService
from auditor.facts.served import Link, ServedFolders
from auditor.facts.software import Processes
from auditor.facts.walking import is_below
from auditor.facts.web import Nginx
from auditor.model.facts import derived
from auditor.model.findings import Evidence, Reason
from auditor.model.sources import Read, Source


class FoundFile(Protocol):
    """A file as one of the two searches tells of it."""

    @property
    def path(self) -> str:
        """Where it lies."""

    @property
    def open(self) -> bool:
        """Whether anybody with an account here can read it."""

    def open_below(self, folder: str) -> bool:
        """Whether others can read it once they are in that folder above it."""


class ServedRoot(Struct, frozen=True):
    """A folder that a server hands out without asking who it is, or to its accounts.

    `path` is where it lies, `service` whose it is. `links` tells whether the server
    goes along symbolic links that lead out of it. `reads` say that it is served: none
    for a place that is served by custom only. `reached` is how far the service can be
    reached, None for such a place.
    """

    path: str
    service: str
    links: bool
    reads: tuple[Read[str], ...]
    reached: Reached | None

    @property
    def live(self) -> bool:
        """Whether a service that runs, or that is started, hands it out."""
        return self.reached is not None and self.reached.reach is not Reach.STOPPED

    @property
    def proof(self) -> tuple[Evidence, ...]:
        """What shows that it is served."""
        shown = self.reached.proof if self.reached is not None else ()
        return (*(Evidence(read) for read in self.reads), *shown)

    @property
    def also(self) -> tuple[Source, ...]:
        """What could contradict that: a later line of a file, what else runs."""
        named = tuple(read.source for read in self.reads)
        return (*named, *(self.reached.also if self.reached is not None else ()))

    def lets_read(self, file: FoundFile) -> bool:
        """Whether modes let others read it; the server is already in the root."""
        if is_below(file.path, self.path):
            return file.open_below(self.path)
        return file.open

    def hands_out(self, path: str, links: Iterable[Link]) -> bool:
        """Whether a path lies in it, or where a link in it leads."""
        if is_below(path, self.path):
            return True
        return self.links and any(
            is_below(path, link.target)
            for link in links
            if is_below(link.path, self.path)
        )


class ServedRoots(Struct, frozen=True):
    """Derived fact: the folders that are served, those by custom last.

    `unknown` are what keeps us from knowing what else is: a running server whose
    configuration no fact reads, a line that is not understood. `absence` shows where
    folders and servers were looked for in vain, when there are none.
    """

    roots: tuple[ServedRoot, ...]
    unknown: tuple[UnknownRoot, ...]
    absence: tuple[Evidence, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Where they lie, each once."""
        return tuple(dict.fromkeys(root.path for root in self.roots))

    def of(self, path: str, links: Iterable[Link]) -> ServedRoot | None:
        """The first root that hands out a path."""
        ways = tuple(links)
        return next((root for root in self.roots if root.hands_out(path, ways)), None)


class UnknownRoot(Struct, frozen=True):
    """A service of which it is not known what it hands out, and why."""

    service: str
    reason: Reason
    read: Read[str]


#: Servers of files whose configuration no fact reads.
OTHERS = (
    "apache2",
    "httpd",
    "lighttpd",
    "caddy",
    "thttpd",
    "proftpd",
    "pure-ftpd",
    "in.tftpd",
)


class ServerFiles(Struct, frozen=True):
    """Derived fact: the configurations that name folders to serve."""

    vsftpd: VsftpdConfig
    nginx: NginxConfig
    samba: SambaConfig
    rsync: RsyncdConfig


@derived
def server_files(
    vsftpd: VsftpdConfig, nginx: NginxConfig, samba: SambaConfig, rsync: RsyncdConfig
) -> ServerFiles:
    """All four together."""
    return ServerFiles(vsftpd, nginx, samba, rsync)


@derived
def served_roots(
    folders: ServedFolders,
    files: ServerFiles,
    vsftpd: FtpServices,
    web: Nginx,
    samba: SambaService,
    rsync: RsyncDaemon,
    processes: Processes,
) -> ServedRoots:
    """What each server says that it hands out, and the places of custom."""
    roots: list[ServedRoot] = []
    unknown: list[UnknownRoot] = []
    for service in vsftpd.services:
        if service.unclear is not None:
            reason = Reason.UNPARSABLE
            unknown.append(UnknownRoot(service.name, reason, service.unclear))
        else:
            roots += _of_vsftpd(service, folders)
    if samba.presence.there is not False:
        roots += _of_samba(files.samba, samba, folders)
    if web.presence.there is not False:
        roots += _of_nginx(web, folders)
    roots += _of_rsync(files.rsync, rsync, folders)
    for process in processes.named(*OTHERS):
        if process.name not in {one.service for one in unknown}:
            reason = Reason.NOT_COLLECTED_FOR
            unknown.append(UnknownRoot(process.name, reason, process.read))
    roots += [
        ServedRoot(folder.real, folder.origin, folder.origin == "web", (), None)
        for folder in folders.folders
        if folder.origin in ("web", "ftp")
    ]
    looked = (folders, files.vsftpd, files.nginx, files.samba, files.rsync)
    absence = [proof for fact in looked for proof in nothing_in(fact, "folder")]
    absence += nothing_in(processes, "server")
    return ServedRoots(tuple(roots), tuple(unknown), tuple(absence))


def _of_vsftpd(service: FtpService, folders: ServedFolders) -> Iterator[ServedRoot]:
    instance = service.instance
    anonymous = instance.effective("anonymous_enable", "YES")
    if is_on(anonymous):
        root = instance.settings.get("anon_root")
        if root is None:
            account = instance.effective("ftp_username", "ftp").value
            found = folders.at_home(account)
            root = instance.effective("anon_root", found.path if found else "")
        else:
            found = folders.of("VsftpdConfig", root.value)
        if found is not None:
            reads = (anonymous, root)
            yield ServedRoot(found.real, service.name, False, reads, service.reached)
    local = instance.settings.get("local_root")
    enabled = instance.effective("local_enable", "NO")
    if local is not None and is_on(enabled):
        found = folders.of("VsftpdConfig", local.value)
        if found is not None:
            reads = (enabled, local)
            yield ServedRoot(found.real, service.name, False, reads, service.reached)


def _of_nginx(web: Nginx, folders: ServedFolders) -> Iterator[ServedRoot]:
    """Places that answer with files; a lock on the door changes nothing here."""
    seen: set[str] = set()
    for place in web.places:
        path = folders.leading(place.folder) if place.handler is None else None
        if path is not None and place.server.exposed and path not in seen:
            seen.add(path)
            given = place.last("folder")
            reads = (place.read,) if given is None else (given.read,)
            yield ServedRoot(path, "nginx", True, reads, web.reached)


def _of_samba(
    config: SambaConfig, service: SambaService, folders: ServedFolders
) -> Iterator[ServedRoot]:
    """Shares that guests open; links out of a share lead nowhere (wide links)."""
    found = [
        (share.get("guestok"), share.get("path"))
        for share in config.shares
        if share.is_on("guestok") and not share.is_on("printable")
    ]
    found += [
        (share.guest, share.path)
        for share in config.user_shares
        if share.guest is not None and share.guest.value.lower() in ("y", *YES)
    ]
    for guest, path in found:
        folder = folders.of("SambaConfig", path.value) if path is not None else None
        if guest is not None and path is not None and folder is not None:
            reads = (guest, path)
            yield ServedRoot(folder.real, "samba", False, reads, service.reached)


def _of_rsync(
    config: RsyncdConfig, daemon: RsyncDaemon, folders: ServedFolders
) -> Iterator[ServedRoot]:
    """Modules without `auth users`; the daemon changes its root to the module."""
    for module in config.modules:
        path = module.get("path")
        folder = folders.of("RsyncdConfig", path.value) if path is not None else None
        if path is None or folder is None or module.words("authusers"):
            continue
        if daemon.other_file is None:
            reads = (module.header, path)
            yield ServedRoot(folder.real, "rsync", False, reads, daemon.reached)
