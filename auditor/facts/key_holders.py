"""Which keys open which accounts, and whether these are as good as root."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from auditor.facts.accounts import Entry, Groups, Passwd
from auditor.facts.authorized_keys import AuthorizedKeys, Key
from auditor.facts.root_rules import Identity
from auditor.facts.sudoers import Sudoers
from auditor.model.facts import derived
from auditor.model.sources import Read, Source


class KeyHolder(Struct, frozen=True):
    """One account that a key opens.

    `root` is what makes the account root: its UID, or a rule of sudo or doas for any
    command; `also` are sources where that rule may be taken back.
    """

    account: str
    key: Key
    root: tuple[Read[Any], ...]
    also: tuple[Source, ...] = ()


class KeyHolders(Struct, frozen=True):
    """Derived fact: every account with each of its keys."""

    holders: tuple[KeyHolder, ...]


@derived
def key_holders(
    keys: AuthorizedKeys, passwd: Passwd, groups: Groups, sudoers: Sudoers
) -> KeyHolders:
    """Join keys with the rights of the accounts that they open."""
    entries = {entry.name: entry for entry in passwd.accounts}
    found = []
    for key in keys.keys:
        for opened in key.opens:
            entry = entries.get(opened.account)
            root, also = _rights(entry, groups, sudoers) if entry else ((), ())
            found.append(KeyHolder(opened.account, key, root, also))
    return KeyHolders(tuple(found))


def _rights(
    entry: Entry, groups: Groups, sudoers: Sudoers
) -> tuple[tuple[Read[Any], ...], tuple[Source, ...]]:
    if entry.uid == 0:
        return (entry.read,), ()
    who = Identity(entry.name, entry.uid, groups.of(entry))
    for rules in (sudoers.sudo, sudoers.doas):
        grant = rules.grant(who)
        if grant is not None:
            group = groups.groups.get(grant.item.removeprefix("%"))
            by_group = (group.read,) if group and grant.item[0] == "%" else ()
            return (grant.rule.read, entry.read, *by_group), sudoers.files
    return (), ()
