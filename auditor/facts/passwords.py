"""Accounts with the state of their passwords, wherever that stands."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.accounts import CLOSED, ELSEWHERE, Entry, Passwd
from auditor.facts.shadow import PasswordField, Shadow
from auditor.model.check import Audit
from auditor.model.facts import derived
from auditor.model.profile import Profile
from auditor.model.sources import Read, Source


class Account(Struct, frozen=True):
    """An account on the day of the audit.

    `interactive` tells whether its shell lets anybody work. `password` is the state of
    its field, None when no line gives one. `unsure` are sources where its line in
    shadow, and with it its expiry, may still stand: empty once the line was found.
    """

    entry: Entry
    interactive: bool
    password: Read[str] | None
    field: PasswordField | None
    expired: bool
    unsure: tuple[Source, ...]

    @property
    def name(self) -> str:
        """The account's name."""
        return self.entry.name

    @property
    def state(self) -> str:
        """The state of its password as a word; "" when it is not known."""
        return "" if self.password is None else self.password.value

    @property
    def has_password(self) -> bool:
        """Whether some password, be it none at all, fits its field."""
        return self.state not in CLOSED | {""}


class Accounts(Struct, frozen=True):
    """Derived fact: every account with its password's state."""

    accounts: tuple[Account, ...]
    sources: tuple[Source, ...]

    def __iter__(self) -> Iterator[Account]:
        return iter(self.accounts)

    def named(self, name: str) -> Account | None:
        """The account of that name."""
        return next((one for one in self.accounts if one.name == name), None)


@derived
def accounts(
    passwd: Passwd, shadow: Shadow, profile: Profile, audit: Audit
) -> Accounts:
    """Join passwd and shadow by name; the first line of a name counts."""
    shut = frozenset(profile.sets["non_interactive_shells"])
    found = []
    for entry in passwd.accounts:
        field = shadow.fields.get(entry.name)
        here = entry.password if entry.password.value != ELSEWHERE else None
        found.append(
            Account(
                entry,
                entry.shell not in shut,
                here or (None if field is None else field.state),
                field,
                field is not None and field.expired_on(audit.date),
                () if field else shadow.sources,
            )
        )
    return Accounts(tuple(found), (*passwd.sources, *shadow.sources))
