"""Folders that a server hands out: over the web, by FTP, SMB or rsync."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from auditor.facts.absence import nothing_in
from auditor.facts.ftp import FtpService, FtpServices, VsftpdConfig, is_on
from auditor.facts.reach import Reach, Reached
from auditor.facts.rsyncd import RsyncDaemon, RsyncdConfig
from auditor.facts.samba import YES, SambaConfig, SambaService
from auditor.facts.software import Processes
from auditor.facts.walking import is_below
from auditor.model.facts import Fact, derived
from auditor.model.findings import Evidence, Reason
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Body, Read, Source


@dataclass(frozen=True, slots=True)
class ServedFolder:
    """A folder that may be served: its path as configured, and where that leads.

    `origin` is the fact that names it, `home of ACCOUNT`, or `web` and `ftp` for a
    place that is served by custom.
    """

    origin: str
    path: str
    real: str


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link below a served folder, and the path that it leads to."""

    path: str
    target: str


@dataclass(frozen=True, slots=True)
class ServedFolders(Fact):
    """Every folder that a configuration names or that is served by custom.

    More than what is served: which of them are is for `ServedRoots` to tell. The
    searches walk those of them that exist.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (VsftpdConfig, SambaConfig, RsyncdConfig)
    fragment: ClassVar[str] = r"""
folder() { # ORIGIN PATH
  if ! [ -d "$2" ]; then
    state_of "$2"
    head_line "$state" search "$2" -
    return
  fi
  real=$(readlink -f "$2" 2>/dev/null)
  real=${real:-$2}
  case $real in
    *[!A-Za-z0-9_./\ -]*) real=$(printf '%s' "$real" | escaped) ;;
  esac
  head_line ok search "$2" -
  printf ' 1\t%s\t%s\n' "$1" "$real"
}
usual() { # ORIGIN PATTERN
  case $2 in
    *[*?]*)
      base=${2%%[*?]*}
      base=${base%/*}/
      if ! [ -d "$base" ]; then head_line absent search "$2" -; return; fi
      if ! [ -r "$base" ] || ! [ -x "$base" ]; then
        head_line denied search "$2" -
        return
      fi
      limited 10 find "$base" -maxdepth 3 -type d -path "$2" 2>/dev/null |
        while IFS= read -r path; do folder "$1" "$path"; done
      ;;
    *) folder "$1" "$2" ;;
  esac
}
named() { # FACT DIRECTIVE...: the folders that a configuration names
  fact=$1
  shift
  words_of "$fact" "$@" | while IFS= read -r path; do folder "$fact" "$path"; done
  refused_of "$fact" "$@"
}
home_of() {
  awk -F: -v name="$1" '$1 == name { print $6; exit }' /etc/passwd
}
ftp_accounts() { # where vsftpd has no anon_root, it serves the home of one of them
  body_of VsftpdConfig | awk -F '\t' '
    /^ [0-9]+\t/ { set = 1 }
    sub(/^ *ftp_username=/, "", $2) { print $2 }
    END { if (set) print "ftp" }
  ' | awk '/^[A-Za-z0-9_.-]+$/ && !seen[$0]++'
}
named VsftpdConfig anon_root local_root
named SambaConfig path Path directory
named RsyncdConfig path Path
ftp_accounts | while IFS= read -r account; do
  home=$(home_of "$account")
  case $home in /*) folder "home of $account" "$home" ;; esac
done
while [ $# -gt 1 ]; do
  usual "$1" "$2"
  shift 2
done
"""

    folders: tuple[ServedFolder, ...]

    @classmethod
    def parameters(
        cls,
        host: Host,  # noqa: ARG003
        manifests: Manifests,  # noqa: ARG003
        profile: Profile,
    ) -> tuple[str, ...]:
        """Pairs of `web` or `ftp` and a folder that is served by custom."""
        pairs = [("web", path) for path in profile.sets["default_web_roots"]]
        pairs += [("ftp", path) for path in profile.sets["default_ftp_roots"]]
        return tuple(word for pair in pairs for word in pair)

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One source a folder; its line is `ORIGIN REAL-PATH`."""
        return cls(body.sources, tuple(_folders(body)))

    def of(self, origin: str, path: str) -> ServedFolder | None:
        """The folder of that origin and path, if it exists."""
        wanted = path.rstrip("/") or "/"
        found = (f for f in self.folders if f.origin == origin)
        return next((f for f in found if (f.path.rstrip("/") or "/") == wanted), None)

    def at_home(self, account: str) -> ServedFolder | None:
        """The home of an account that anonymous FTP may serve, if it exists."""
        origin = f"home of {account}"
        return next((f for f in self.folders if f.origin == origin), None)


def _folders(body: Body) -> Iterator[ServedFolder]:
    for text in body.used():
        for line in text.lines:
            if len(line.fields) == 2:
                origin, real = line.fields
                yield ServedFolder(origin, text.source.name, real)


@dataclass(frozen=True, slots=True)
class ServedRoot:
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

    def hands_out(self, path: str, links: Iterable[Link]) -> bool:
        """Whether a path lies in it, or where a link in it leads."""
        if is_below(path, self.path):
            return True
        return self.links and any(
            is_below(path, link.target)
            for link in links
            if is_below(link.path, self.path)
        )


@dataclass(frozen=True, slots=True)
class ServedRoots:
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


@dataclass(frozen=True, slots=True)
class UnknownRoot:
    """A service of which it is not known what it hands out, and why."""

    service: str
    reason: Reason
    read: Read[str]


#: Servers of files whose configuration no fact reads.
OTHERS = (
    "apache2",
    "httpd",
    "nginx",
    "lighttpd",
    "caddy",
    "thttpd",
    "proftpd",
    "pure-ftpd",
    "in.tftpd",
)


@derived
def served_roots(
    folders: ServedFolders,
    vsftpd: FtpServices,
    vsftpd_config: VsftpdConfig,
    samba: SambaConfig,
    samba_service: SambaService,
    rsync: RsyncdConfig,
    rsync_daemon: RsyncDaemon,
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
    if samba_service.presence.there is not False:
        roots += _of_samba(samba, samba_service, folders)
    roots += _of_rsync(rsync, rsync_daemon, folders)
    for process in processes.named(*OTHERS):
        if process.name not in {one.service for one in unknown}:
            reason = Reason.NOT_COLLECTED_FOR
            unknown.append(UnknownRoot(process.name, reason, process.read))
    roots += [
        ServedRoot(folder.real, folder.origin, folder.origin == "web", (), None)
        for folder in folders.folders
        if folder.origin in ("web", "ftp")
    ]
    looked = (folders, vsftpd_config, samba, rsync)
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
