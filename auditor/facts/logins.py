"""Which accounts let somebody in by SSH, and by which way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from auditor.facts.accounts import Groups
from auditor.facts.authorized_keys import AuthorizedKeys, Key
from auditor.facts.passwords import Account, Accounts
from auditor.facts.ssh_servers import Server, SshServers
from auditor.facts.sshd import Instance, SshdSettings, Variant
from auditor.model.facts import derived
from auditor.model.sources import Read, Source

Kind = Literal["password", "key", "ftp"]


class Way(Struct, frozen=True):
    """One way into an account: what proves it, and what could still close it."""

    kind: Kind
    reads: tuple[Read[Any], ...]
    also: tuple[Source, ...]


class Login(Struct, frozen=True):
    """An account and the ways into it that are open on the day of the audit."""

    account: Account
    groups: frozenset[str]
    keys: tuple[Key, ...]
    ways: tuple[Way, ...] = ()
    gids: frozenset[int] = frozenset()

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name


class Logins(Struct, frozen=True):
    """Derived fact: every account with its ways in.

    Open means: a shell that is none of the profile's `non_interactive_shells`, and a
    password that sshd or dropbear takes or a key without forced command; not expired.
    """

    accounts: tuple[Login, ...]
    sources: tuple[Source, ...]

    @property
    def open(self) -> tuple[Login, ...]:
        """The accounts that let somebody in."""
        return tuple(login for login in self.accounts if login.ways)


@derived
def logins(
    accounts: Accounts,
    groups: Groups,
    keys: AuthorizedKeys,
    servers: SshServers,
    settings: SshdSettings,
) -> Logins:
    """Put the ways into each account together, one of each kind."""
    found = []
    for account in accounts:
        entry = account.entry
        login = Login(
            account,
            groups.of(entry),
            keys.of(account.name),
            gids=groups.numbers_of(entry),
        )
        first: dict[Kind, Way] = {}
        for way in _ways(login, servers, settings):
            first.setdefault(way.kind, way)
        found.append(replace(login, ways=tuple(first.values())))
    below = (accounts, groups, keys, servers, settings)
    return Logins(tuple(found), tuple(s for fact in below for s in fact.sources))


def _ways(login: Login, servers: SshServers, settings: SshdSettings) -> Iterator[Way]:
    if not login.account.interactive:
        return
    # What dropbear lets in does not depend on an expiry that may not have been read.
    for server in servers.named("dropbear"):
        yield from _by_dropbear(login, server)
    if not login.account.expired:
        for instance in settings.instances:
            yield from _by_sshd(login, instance)


def _by_sshd(login: Login, instance: Instance) -> Iterator[Way]:
    account = login.account
    also = (*instance.sources, *account.unsure)
    # Its line in shadow shows that it has not expired.
    still = () if account.field is None else (account.field.state,)
    for variant in instance.of(login.name):
        if not variant.admits(login.name, login.groups):
            continue
        root = root_rule(variant) if account.entry.uid == 0 else "yes"
        password = _password_way(login, variant)
        if password and root == "yes":
            yield Way("password", password, also)
        for key in login.keys if _takes_keys(login, variant, root) else ():
            if "command" not in key.options:
                yield Way("key", (key.read, *still), also)


def root_rule(variant: Variant) -> str:
    """PermitRootLogin, under one name for its two words without a password."""
    value = variant.get("permitrootlogin", default="prohibit-password").value
    return "prohibit-password" if value == "without-password" else value


def _password_way(login: Login, variant: Variant) -> tuple[Read[Any], ...]:
    account = login.account
    accepted = variant.password if variant.password_alone else None
    refused = account.state == "empty" and not variant.is_on("permitemptypasswords")
    if account.password is None or accepted is None or refused:
        return ()
    return (account.password, accepted) if account.has_password else ()


def _takes_keys(login: Login, variant: Variant, root: str) -> bool:
    # Tried on 9.2: without PAM a field that begins with ! stops keys too.
    locked = login.account.state == "locked" and not variant.is_on("usepam")
    taken = variant.is_on("pubkeyauthentication", default="yes")
    return taken and not locked and root in ("yes", "prohibit-password")


def _by_dropbear(login: Login, server: Server) -> Iterator[Way]:
    # Tried on 2022.83: neither an expired account nor a locked field stops a key.
    account = login.account
    root = account.entry.uid == 0
    if root and server.has("w"):
        return
    shut = server.has("s") or (root and server.has("g"))
    empty = account.state == "empty" and not server.has("B")
    if account.password is not None and account.has_password and not (shut or empty):
        yield Way("password", (account.password, server.read), ())
    for key in login.keys:
        if "command" not in key.options:
            yield Way("key", (key.read, server.read), ())
