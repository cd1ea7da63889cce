"""Samba: its shares, who may open them, and the folders behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

from msgspec import Struct, field

from auditor.facts.folders import (
    ENTER,
    LISTING,
    READ,
    Account,
    Folder,
    accounts,
    folders,
    plain,
)
from auditor.facts.reach import Reached, reached
from auditor.facts.software import Presence, Processes, Software
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Line, Read, Source, SourceText

#: Other names of parameters (smb.conf(5)), without blanks.
SYNONYMS = {
    "public": "guestok",
    "onlyguest": "guestonly",
    "allowhosts": "hostsallow",
    "denyhosts": "hostsdeny",
    "directory": "path",
    "printok": "printable",
    "vfsobject": "vfsobjects",
    "debuglevel": "loglevel",
}
YES = frozenset({"yes", "true", "on", "1"})
INCLUDE = ("include", "configfile")


class Share(Struct, frozen=True):
    """One share; `settings` holds its own and those of [global] above it."""

    name: str
    header: Read[str]
    settings: Mapping[str, Read[str]]

    def get(self, key: str) -> Read[str] | None:
        """The setting by its name without blanks; None where the default applies."""
        return self.settings.get(key)

    def is_on(self, key: str) -> bool:
        """Whether a switch that is off by default is on."""
        found = self.settings.get(key)
        return found is not None and found.value.lower() in YES

    def words(self, key: str) -> tuple[str, ...]:
        """A list's words: blanks, commas and semicolons separate, quotes hold."""
        found = self.settings.get(key)
        if found is None:
            return ()
        return tuple(
            quoted or word
            for quoted, word in re.findall(r'"([^"]*)"|([^\s,;"]+)', found.value)
        )


class _State(Struct):
    """Where reading stands: an included file goes on in the section it is named in."""

    texts: dict[str, SourceText]
    settings: dict[str, Read[str]] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    own: dict[str, dict[str, Read[str]]] = field(default_factory=dict)
    section: str = "global"

    def read(self, text: SourceText, depth: int = 0) -> None:
        for line in text.lines:
            raw = line.text
            if raw.startswith("["):
                self._open(raw.strip("[]"), text, line)
                continue
            name, sign, value = raw.partition("=")
            key = re.sub(r"[\s]", "", name).lower()
            key = SYNONYMS.get(key, key)
            if not sign or value.strip() == "_":
                continue  # of an undeclared parameter only the name came
            if key in INCLUDE and depth < 8:
                self._include(value.strip(), depth)
            else:
                place = self.own.get(self.section, self.settings)
                if key == "copy":
                    place |= self.own.get(value.strip().lower(), {})
                place[key] = text.read(value.strip(), line, key=name.strip())

    def _open(self, name: str, text: SourceText, line: Line) -> None:
        self.section = name.strip().lower()
        if self.section != "global" and self.section not in self.own:
            # A share starts with what [global] said until here.
            self.own[self.section] = own = dict(self.settings)
            header = text.read(name, line, key="share")
            self.shares[self.section] = Share(name.strip(), header, own)

    def _include(self, path: str, depth: int) -> None:
        included = self.texts.get(path)
        if included is not None:
            self.read(included, depth + 1)


class UserShare(Struct, frozen=True):
    """A share that a user made by `net usershare add`."""

    name: str
    guest: Read[str] | None
    path: Read[str] | None


class SambaConfig(Fact, frozen=True):
    """smb.conf with what it includes, and the shares that users made.

    Read as files: testparm(1) creates registry.tdb where the registry is used (tried
    on 4.17), so a configuration in the registry is a source that failed.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (Processes,)
    fragment: ClassVar[str] = r"""
keys='path directory guestok public guestonly onlyguest validusers invalidusers
hostsallow allowhosts hostsdeny denyhosts available printable printok forceuser
guestaccount maptoguest nullpasswords usershareallowguests usersharepath
usersharemaxshares include configfile configbackend registryshares copy vfsobjects
vfsobject loglevel debuglevel interfaces bindinterfacesonly smbencrypt
serversmbencrypt full_audit:success'
named() { # what `smbd -s FILE` names; body lines are PID USER ARGV0 WORD...
  body_of Processes | awk -F '\t' '$4 ~ /(^|\/)(smbd|samba)$/ {
    for (i = 5; i < NF; i++)
      if ($i == "-s" && $(i + 1) ~ /^\//) { print $(i + 1); exit }
  }'
}
settings() { # KEY...: their values in the text on standard input
  awk -F '\t' -v keys=" $* " '{
    name = $2
    if (!sub(/ = .*/, "", name)) next
    gsub(/ |\\x09/, "", name)
    if (index(keys, " " tolower(name) " ")) print substr($2, index($2, " = ") + 3)
  }'
}
included() { # PATH
  case $1 in
    registry) head_line failed value registry - ;;
    /*%*)
      # A file a client, a user or a name: where there is none, none is read.
      case $(source_glob "$(printf '%s' "$1" | sed 's/%./*/g')" keep) in
        absent*) head_line absent file "$1" - ;;
        *) head_line failed file "$1" - ;;
      esac
      ;;
    /*) source_file "$1" ini "$keys" ;;
    *) head_line failed file "$1" - ;;
  esac
}
deeper() { # TEXT SEEN DEPTH
  paths=$(printf '%s\n' "$1" | settings include configfile | awk '!seen[$0]++')
  if [ -z "$paths" ]; then return; fi
  if [ "$3" -ge 6 ]; then head_line truncated file "$paths" 6; return; fi
  more=$(printf '%s\n' "$paths" | while IFS= read -r path; do
    case $2 in *"$NL$path$NL"*) ;; *) included "$path" ;; esac
  done)
  if [ -n "$more" ]; then printf '%s\n' "$more"; fi
  deeper "$more" "$2$paths$NL" $(($3 + 1))
}
main_file=$(named)
main_file=${main_file:-/etc/samba/smb.conf}
text=$(source_file "$main_file" ini "$keys")
printf '%s\n' "$text"
deeper "$text" "$NL$main_file$NL" 0
case $(printf '%s\n' "$text" | settings configbackend registryshares) in
  *[Rr]egistry* | *[Yy]es* | *[Tt]rue* | *1* | *[Oo]n*)
    head_line failed value registry - ;;
esac
usershares=$(printf '%s\n' "$text" | settings usersharepath)
source_glob "${usershares:-/var/lib/samba/usershares}/*" \
  lines:equals 'path guest_ok usershare_acl sharename'
"""

    main: SourceText
    settings: Mapping[str, Read[str]]
    shares: tuple[Share, ...]
    user_shares: tuple[UserShare, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """The first source is the main file; user shares are files of their own."""
        main = body.texts[0]
        state = _State({text.source.name: text for text in body.texts})
        state.read(main)
        users = tuple(_user_shares(body))
        return cls(
            body.sources, main, state.settings, tuple(state.shares.values()), users
        )

    def is_on(self, key: str) -> bool:
        """Whether a switch of [global] that is off by default is on."""
        found = self.settings.get(key)
        return found is not None and found.value.lower() in YES

    @property
    def guest(self) -> str:
        """The account that guests act as."""
        found = self.settings.get("guestaccount")
        return found.value if found is not None else "nobody"


def _user_shares(body: Body) -> Iterator[UserShare]:
    for text in body.used():
        settings = {}
        for line in text.lines:
            name, sign, value = line.text.partition("=")
            if sign:
                settings[name.strip()] = text.read(
                    value.strip(), line, key=name.strip()
                )
        if "sharename" in settings or "usershare_acl" in settings:
            name = text.source.name.rpartition("/")[2]
            yield UserShare(name, settings.get("guest_ok"), settings.get("path"))


class SharedFolders(Fact, frozen=True):
    """Modes of the folders behind Samba's shares and of those above them.

    What id(1) and getfacl(1) print is kept: permissions, names and numbers of accounts.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (SambaConfig,)
    fragment: ClassVar[str] = (
        LISTING
        + r"""
accounts() {
  echo nobody
  body_of SambaConfig | awk -F '\t' 'sub(/^ *guest account = /, "", $2) { print $2 }'
}
above() { # PATH: it and each folder above it, one a line
  printf '%s\n' "$1" | awk -F / '{
    path = ""
    print "/"
    for (i = 2; i <= NF; i++) if ($i != "") { path = path "/" $i; print path }
  }'
}
accounts | awk '!seen[$0]++' | while IFS= read -r account; do
  case $account in
    '' | *[!A-Za-z0-9_.-]*) head_line failed value "$account" - ;;
    *) source_command -ok 1 keep '' id "$account" ;;
  esac
done
words_of SambaConfig path directory | while IFS= read -r share; do
  above "$share"
done | awk '!seen[$0]++' | while IFS= read -r path; do
  if [ -d "$path" ]; then
    listed "$path" "${path%/}/" -maxdepth 0
  else
    state_of "$path"
    head_line "$state" search "$path" -
  fi
done
refused_of SambaConfig path directory
"""
    )

    accounts: dict[str, Account]
    folders: dict[str, Folder]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Sources `id NAME`, `stat PATH`, `getfacl PATH`."""
        return cls(body.sources, accounts(body), folders(body))

    def readable(self, path: str, account: Account) -> Folder | None:
        """The folder, if the account reaches and reads it by modes that were seen."""
        seen = [self.folders.get(step) for step in _steps(path)]
        last = seen[-1]
        if last is None or not last.permits(account, READ | ENTER):
            return None
        entered = all(one is not None and one.permits(account, ENTER) for one in seen)
        return last if entered else None

    def about(self, path: str) -> tuple[Source, ...]:
        """The sources that say what the modes on the way to a folder are."""
        steps = [*_steps(path), path]
        names = {
            f"{tool}{step}" for tool in ("", "stat ", "getfacl ") for step in steps
        }
        return tuple(source for source in self.sources if source.name in names)


def _steps(path: str) -> list[str]:
    path = plain(path)
    above = [path[:n] or "/" for n, sign in enumerate(path) if sign == "/"]
    return [*above, path]


UNITS = ("smbd.service", "smb.service", "samba.service", "samba-ad-dc.service")


class SambaService(Struct, frozen=True):
    """Derived fact: whether Samba is there and how far it can be reached."""

    presence: Presence
    reached: Reached


@derived
def samba_service(software: Software) -> SambaService:
    """smbd on ports 139 and 445."""
    names = ["smbd", "samba"]
    presence = software.presence(["samba"], names, [139, 445])
    return SambaService(presence, reached(software, names, [139, 445], units=UNITS))
