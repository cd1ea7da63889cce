"""Folders that a server hands out: over the web, by FTP, SMB or rsync."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.ftp import VsftpdConfig
from auditor.facts.nginx import NginxConfig
from auditor.facts.rsyncd import RsyncdConfig
from auditor.facts.samba import SambaConfig
from auditor.facts.walking import is_below
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Body


class ServedFolder(Struct, frozen=True):
    """A folder that may be served: its path as configured, and where that leads.

    `origin` is the fact that names it, `home of ACCOUNT`, or `web` and `ftp` for a
    place that is served by custom.
    """

    origin: str
    path: str
    real: str


class Link(Struct, frozen=True):
    """A symbolic link below a served folder, and the path that it leads to."""

    path: str
    target: str


class ServedFolders(Fact, frozen=True):
    """Every folder that a configuration names or that is served by custom.

    More than what is served: which of them are is for `ServedRoots` to tell. The
    searches walk those of them that exist.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (
        VsftpdConfig,
        NginxConfig,
        SambaConfig,
        RsyncdConfig,
    )
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
named NginxConfig root alias
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

    def leading(self, path: str) -> str | None:
        """Where a path at or below one of the folders leads; None for another."""
        above = [f for f in self.folders if is_below(path, f.path)]
        if not above:
            return None
        nearest = max(above, key=lambda folder: len(folder.path))
        return nearest.real.rstrip("/") + path.removeprefix(nearest.path.rstrip("/"))


def _folders(body: Body) -> Iterator[ServedFolder]:
    for text in body.used():
        for line in text.lines:
            if len(line.fields) == 2:
                origin, real = line.fields
                yield ServedFolder(origin, text.source.name, real)
