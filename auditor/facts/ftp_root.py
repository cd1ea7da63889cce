"""What an anonymous FTP user could write to."""

from __future__ import annotations

from typing import ClassVar, Self

from auditor.facts.folders import LISTING, Account, Folder, accounts, folders, plain
from auditor.facts.ftp import VsftpdConfig
from auditor.model.facts import Fact
from auditor.model.sources import Body


class AnonymousFolders(Fact, frozen=True):
    """Modes of each anonymous root of vsftpd and of the folders two levels down.

    The root is `anon_root`, else the home of the account (`ftp_username`). What
    id(1) and getfacl(1) print is kept: permissions, names and numbers of accounts.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (VsftpdConfig,)
    fragment: ClassVar[str] = (
        LISTING
        + r"""
accounts() {
  echo ftp
  body_of VsftpdConfig | awk -F '\t' 'sub(/^ *ftp_username=/, "", $2) { print $2 }'
}
home_of() {
  awk -F: -v name="$1" '$1 == name { print $6; exit }' /etc/passwd
}
walk() { # ROOT: the folder and what lies below it, links not followed
  if [ -d "$1" ]; then
    listed "$1" "$1/" -xdev -maxdepth 2
  else
    state_of "$1"
    head_line "$state" search "$1" -
  fi
}
accounts | awk '!seen[$0]++' | while IFS= read -r account; do
  case $account in
    '' | *[!A-Za-z0-9_.-]*) head_line failed value "$account" - ;;
    *)
      source_command -ok 1 keep '' id "$account"
      source_value "home $account" "$(home_of "$account")"
      ;;
  esac
done
{
  words_of VsftpdConfig anon_root
  accounts | while IFS= read -r account; do
    case $account in '' | *[!A-Za-z0-9_.-]*) ;; *) home_of "$account" ;; esac
  done
} | awk '/^\// && !seen[$0]++' | while IFS= read -r root; do
  walk "${root%"${root##*[!/]}"}"
done
refused_of VsftpdConfig anon_root
"""
    )

    accounts: dict[str, Account]
    homes: dict[str, str]
    folders: dict[str, Folder]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Sources `id NAME`, `home NAME`, `stat ROOT`, `getfacl ROOT`."""
        homes = {
            text.source.name.removeprefix("home "): text.lines[0].text
            for text in body.used()
            if text.source.name.startswith("home ") and text.lines
        }
        return cls(body.sources, accounts(body), homes, folders(body))

    def below(self, root: str) -> tuple[Folder, ...]:
        """The folders seen below a root, not the root itself."""
        inside = plain(root).rstrip("/") + "/"
        return tuple(f for f in self.folders.values() if f.path.startswith(inside))
