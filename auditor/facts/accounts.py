"""Accounts and groups, from the files and from directories behind them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from auditor.model.facts import Fact
from auditor.model.sources import (
    Body,
    Line,
    Read,
    Source,
    SourceText,
    Status,
    ValueKind,
    whole_number,
)

#: Directories that may hold accounts without listing them (nsswitch.conf(5)).
DIRECTORIES = frozenset({"sss", "winbind", "ldap", "nis", "nisplus", "hesiod"})
SWITCH = "/etc/nsswitch.conf"
SSSD = "/etc/sssd/sssd.conf"
#: Fields that say where the password really is: nothing by themselves.
ELSEWHERE = "x"
#: State words of a password field that no password opens.
CLOSED = frozenset({"locked", "none", ELSEWHERE})


class Entry(Struct, frozen=True):
    """One account (passwd(5)).

    `password` is the state word of the second field: `empty`, `x` (see shadow),
    `locked` (`!…`), `none` (no password gives it), or the scheme of a hash. `uid` is
    None for a line of NIS (`+`, `-`), which is no account. `directory` tells that it
    stands in no local file.
    """

    name: str
    password: Read[str]
    uid: int | None
    gid: int | None
    home: str
    shell: str
    directory: bool
    read: Read[str]


class Passwd(Fact, frozen=True):
    """All accounts that the system knows: /etc/passwd and what getent adds to it.

    A hash may stand in passwd itself (BusyBox): its state word travels, and no gecos.
    nsswitch.conf is kept whole: it is public and holds names of services only.
    """

    fragment: ClassVar[str] = r"""
source_file /etc/passwd passwd
source_file /etc/nsswitch.conf keep
if command -v getent >/dev/null; then
  source_command passwd '' getent passwd
elif grep -Eqs '^passwd:.*(sss|winbind|ldap|nis|extrausers|compat)' /etc/nsswitch.conf
then
  head_line no_tool command 'getent passwd' 127
else
  head_line no_tool alternative 'getent passwd' 127 # all accounts are in the file
fi
source_file /etc/sssd/sssd.conf ini 'enumerate'
"""

    entries: tuple[Entry, ...]
    repeated: tuple[Entry, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines are `NAME STATE UID GID HOME SHELL`, tabs between."""
        local = list(_entries(body.named("/etc/passwd"), directory=False))
        listed = list(_entries(body.named("getent passwd"), directory=True))
        known = {(entry.name, entry.uid) for entry in local}
        beyond = [one for one in listed if (one.name, one.uid) not in known]
        names: set[str] = set()
        first: list[Entry] = []
        repeated: list[Entry] = []
        for entry in local + beyond:
            (repeated if entry.name in names else first).append(entry)
            names.add(entry.name)
        sources = (*body.sources, *_unlisted(body, listed=bool(beyond)))
        return cls(sources, tuple(first), tuple(repeated))

    @property
    def accounts(self) -> Iterator[Entry]:
        """The accounts; of a name that stands twice the first, as the system does."""
        return (entry for entry in self.entries if entry.uid is not None)


def _entries(text: SourceText | None, *, directory: bool) -> Iterator[Entry]:
    for line in text.lines if text else ():
        assert text is not None
        fields = line.fields
        if len(fields) == 6:
            yield _entry(text, line, fields, directory=directory)


def _entry(
    text: SourceText, line: Line, fields: tuple[str, ...], *, directory: bool
) -> Entry:
    name, state, uid, gid, home, shell = fields
    read = text.read(name, line, key="account", kind=ValueKind.ACCOUNT)
    password = text.read(state, line, key=f"password of {name}", kind=ValueKind.WORD)
    return Entry(
        name,
        password,
        _number(uid) if not name.startswith(("+", "-")) else None,
        _number(gid),
        home,
        shell or "/bin/sh",
        directory,
        read,
    )


def _number(field: str) -> int | None:
    """A number with any leading zeros, as getpwent takes it; None for another."""
    return whole_number(field.lstrip("0") or field[:1])


def _unlisted(body: Body, *, listed: bool) -> Iterator[Source]:
    """A directory that is asked for accounts but does not list them.

    sssd answers for single names only, unless told `enumerate`: then getent shows no
    more than the files hold, and nothing says that this is all.
    """
    named = directories(body, "passwd")
    sssd = body.named(SSSD)
    if sssd and any("enumerate = true" in line.text.lower() for line in sssd.lines):
        named.discard("sss")
    if named and not listed:
        name = f"accounts of {' '.join(sorted(named))}"
        yield Source(body.fact, "command", name, Status.TRUNCATED)


def directories(body: Body, database: str) -> set[str]:
    """The directories that nsswitch.conf asks for a database.

    RHEL names sss even without any sssd: then there is no sssd.conf. Both files must
    be sources of the body.
    """
    text = body.named(SWITCH)
    named: set[str] = set()
    for line in text.lines if text else ():
        name, colon, services = line.text.partition(":")
        if colon and name.strip() == database:
            named |= set(services.split()) & DIRECTORIES
    sssd = body.named(SSSD)
    if sssd is None or sssd.source.status is Status.ABSENT:
        named.discard("sss")
    return named


class Group(Struct, frozen=True):
    """One group (group(5)) and the members that it names."""

    name: str
    gid: int | None
    members: tuple[str, ...]
    read: Read[str]


class Groups(Fact, frozen=True, dict=True):
    """All groups that the system knows; a password in group(5) stays on the host."""

    fragment: ClassVar[str] = r"""
source_file /etc/group passwd:group
if command -v getent >/dev/null; then
  source_command passwd:group '' getent group
else
  head_line no_tool alternative 'getent group' 127
fi
"""

    groups: dict[str, Group]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines are `NAME STATE GID MEMBERS`; members of both sources count."""
        groups: dict[str, Group] = {}
        for text in body.used():
            for line in text.lines:
                if len(line.fields) == 4:
                    group = _group(text, line)
                    known = groups.get(group.name)
                    if known is not None:
                        members = dict.fromkeys(known.members + group.members)
                        group = replace(known, members=tuple(members))
                    groups[group.name] = group
        return cls(body.sources, groups)

    def of(self, account: Entry) -> frozenset[str]:
        """The names of the groups that an account is in, its own one included."""
        return frozenset(group.name for group in self._of(account))

    def numbers_of(self, account: Entry) -> frozenset[int]:
        """The numbers of the same groups; its own one need not have a name."""
        own = () if account.gid is None else (account.gid,)
        named = (g.gid for g in self._of(account) if g.gid is not None)
        return frozenset((*own, *named))

    def _of(self, account: Entry) -> tuple[Group, ...]:
        own = () if account.gid is None else self._by_gid.get(account.gid, ())
        return (*own, *self._by_member.get(account.name, ()))

    # A host may have as many accounts as groups: each looks at its own groups only.
    @cached_property
    def _by_gid(self) -> dict[int, list[Group]]:
        found: dict[int, list[Group]] = {}
        for group in self.groups.values():
            if group.gid is not None:
                found.setdefault(group.gid, []).append(group)
        return found

    @cached_property
    def _by_member(self) -> dict[str, list[Group]]:
        found: dict[str, list[Group]] = {}
        for group in self.groups.values():
            for member in group.members:
                found.setdefault(member, []).append(group)
        return found


def _group(text: SourceText, line: Line) -> Group:
    name, _, gid, members = line.fields
    read = text.read(name, line, key="group", kind=ValueKind.ACCOUNT)
    found = tuple(member for member in members.split(",") if member)
    return Group(name, _number(gid), found, read)


class LoginDefs(Fact, frozen=True):
    """How new accounts are made (login.defs(5))."""

    fragment: ClassVar[str] = r"""
source_file /etc/login.defs lines:only 'UID_MIN UID_MAX SYS_UID_MAX ENCRYPT_METHOD
MD5_CRYPT_ENAB'
"""

    settings: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME VALUE` lines; names are exact, the last one wins."""
        settings = {}
        for text in body.used():
            for line in text.lines:
                words = line.text.split()
                if len(words) == 2 and words[1] != "_":
                    settings[words[0]] = text.read(words[1], line, key=words[0])
        return cls(body.sources, settings)

    @property
    def first_person(self) -> int:
        """The smallest UID of a person's account (UID_MIN, 1000 by default)."""
        setting = self.settings.get("UID_MIN")
        number = None if setting is None else _number(setting.value)
        return 1000 if number is None else number
