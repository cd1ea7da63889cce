"""Which accounts let somebody in by SSH, and by which way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from auditor.facts.accounts import CLOSED, ELSEWHERE, Entry, Groups, Passwd
from auditor.facts.authorized_keys import AuthorizedKeys, Key
from auditor.facts.shadow import PasswordField, Shadow
from auditor.facts.ssh_servers import Server, SshServers
from auditor.facts.sshd import Instance, SshdSettings, Variant
from auditor.model.check import Audit
from auditor.model.facts import derived
from auditor.model.profile import Profile
from auditor.model.sources import Read, Source

Kind = Literal["password", "key", "ftp"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way into an account: what proves it, and what could still close it."""

    kind: Kind
    reads: tuple[Read[Any], ...]
    also: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """An account with all that decides whether it lets somebody in.

    `password` is the state of its password field, None when no line gives one.
    `interactive` tells whether its shell lets anybody work.
    """

    entry: Entry
    interactive: bool
    groups: frozenset[str]
    password: Read[str] | None
    field: PasswordField | None
    keys: tuple[Key, ...]
    expired: bool

    @property
    def name(self) -> str:
        """The account's name."""
        return self.entry.name

    @property
    def has_password(self) -> bool:
        """Whether some password, be it none at all, fits its field."""
        return self.password is not None and self.password.value not in CLOSED


@dataclass(frozen=True, slots=True)
class Login:
    """An account and the ways into it that are open on the day of the audit."""

    person: Person
    ways: tuple[Way, ...]

    @property
    def entry(self) -> Entry:
        """The account itself."""
        return self.person.entry


@dataclass(frozen=True, slots=True)
class Logins:
    """Derived fact: every account with its ways in.

    Open means: a shell that is none of the profile's `non_interactive_shells`, and a
    password that sshd or dropbear takes or a key without forced command; not expired.
    """

    accounts: tuple[Login, ...]

    @property
    def open(self) -> tuple[Login, ...]:
        """The accounts that let somebody in."""
        return tuple(login for login in self.accounts if login.ways)

    def named(self, name: str) -> Login | None:
        """The account of that name."""
        return next((one for one in self.accounts if one.entry.name == name), None)


@derived
def logins(
    passwd: Passwd,
    groups: Groups,
    shadow: Shadow,
    keys: AuthorizedKeys,
    servers: SshServers,
    settings: SshdSettings,
    profile: Profile,
    audit: Audit,
) -> Logins:
    """Put the ways into each account together."""
    shut = frozenset(profile.sets["non_interactive_shells"])
    found = []
    for entry in passwd.accounts:
        person = _person(entry, groups, shadow, keys, shut, audit.date)
        # Without a line of its own in shadow, nothing says when it expires.
        also = () if person.field else shadow.sources
        ways = [
            Way(way.kind, way.reads, (*way.also, *also))
            for way in _ways(person, servers, settings)
        ]
        first = {way.kind: way for way in reversed(ways)}
        found.append(Login(person, tuple(first.values())))
    return Logins(tuple(found))


def _person(
    entry: Entry,
    groups: Groups,
    shadow: Shadow,
    keys: AuthorizedKeys,
    shut: frozenset[str],
    day: date,
) -> Person:
    field = shadow.fields.get(entry.name)
    return Person(
        entry,
        entry.shell not in shut,
        groups.of(entry),
        password_of(entry, shadow),
        field,
        keys.of(entry.name),
        field is not None and field.expired_on(day),
    )


def password_of(entry: Entry, shadow: Shadow) -> Read[str] | None:
    """The state of an account's password, where its line stands."""
    if entry.password.value != ELSEWHERE:
        return entry.password
    field = shadow.fields.get(entry.name)
    return None if field is None else field.state


def _ways(person: Person, servers: SshServers, settings: SshdSettings) -> Iterator[Way]:
    if not person.interactive:
        return
    if not person.expired:
        for instance in settings.instances:
            yield from _by_sshd(person, instance)
    for server in servers.named("dropbear"):
        yield from _by_dropbear(person, server)


def _by_sshd(person: Person, instance: Instance) -> Iterator[Way]:
    for variant in instance.of(person.name):
        if not variant.admits(person.name, person.groups):
            continue
        root = root_rule(variant) if person.entry.uid == 0 else "yes"
        password = _password_way(person, variant)
        if password and root == "yes":
            yield Way("password", password, instance.sources)
        for key in person.keys if _takes_keys(person, variant, root) else ():
            if "command" not in key.options:
                yield Way("key", (key.read,), instance.sources)


def root_rule(variant: Variant) -> str:
    """PermitRootLogin, under one name for its two words without a password."""
    value = variant.get("permitrootlogin", default="prohibit-password").value
    return "prohibit-password" if value == "without-password" else value


def _password_way(person: Person, variant: Variant) -> tuple[Read[Any], ...]:
    accepted = variant.password if variant.password_alone else None
    if person.password is None or accepted is None or not person.has_password:
        return ()
    if person.password.value == "empty" and not variant.is_on("permitemptypasswords"):
        return ()
    return (person.password, accepted)


def _takes_keys(person: Person, variant: Variant, root: str) -> bool:
    # Tried on 9.2: without PAM a field that begins with ! stops keys too.
    locked = person.password is not None and person.password.value == "locked"
    return (
        root in ("yes", "prohibit-password")
        and variant.is_on("pubkeyauthentication", default="yes")
        and (variant.is_on("usepam") or not locked)
    )


def _by_dropbear(person: Person, server: Server) -> Iterator[Way]:
    # Tried on 2022.83: neither an expired account nor a locked field stops a key.
    root = person.entry.uid == 0
    if root and server.has("w"):
        return
    shut = server.has("s") or (root and server.has("g"))
    password = person.password if person.has_password and not shut else None
    if password is not None and (password.value != "empty" or server.has("B")):
        yield Way("password", (password, server.read), ())
    for key in person.keys:
        if "command" not in key.options:
            yield Way("key", (key.read, server.read), ())
