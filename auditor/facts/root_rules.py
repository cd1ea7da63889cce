"""The rules of sudo and doas applied to an account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property

from msgspec import Struct, field

from auditor.facts.sudoers_grammar import Default, Policy, Rule
from auditor.model.sources import Read

Fits = Callable[[str], bool]
#: (whether it adds, item) of each item of a list.
Items = tuple[tuple[bool, str], ...]


class Grant(Struct, frozen=True):
    """That an account becomes root for any command.

    `item` is what the rule names: the account, `%group`, `ALL`.
    """

    program: str
    item: str
    password: bool
    rule: Rule
    why: tuple[Read[str], ...]


class Identity(Struct, frozen=True, dict=True):
    """An account as a rule may name it."""

    name: str
    uid: int | None
    groups: frozenset[str]
    gids: frozenset[int] = frozenset()

    @cached_property
    def items(self) -> frozenset[str]:
        """The items of a user list that name it (netgroups are not known)."""
        groups = (f"%{group}" for group in self.groups)
        numbers = (f"%#{gid}" for gid in self.gids)
        return frozenset((self.name, "ALL", f"#{self.uid}", *groups, *numbers))


class RootRules(Struct, frozen=True, dict=True):
    """The statements of one program, in the order in which it reads them."""

    program: str
    hostname: str
    policy: Policy = field(default_factory=Policy)

    def grant(self, who: Identity) -> Grant | None:
        """What makes the account root for any command, if something does.

        The last rule that fits wins. Commands taken out of ALL (`ALL, !SHELLS`) take
        nothing away: a copy of a shell, an editor, env are still in it.
        """
        found: tuple[Rule, str] | None = None
        for rule, users, commands in self._as_root_here:
            item = _decides(users, who_fits(who))
            if item:
                for adds, command in commands:
                    if command == "ALL":
                        found = (rule, item) if adds else None
        if found is None:
            return None
        rule, item = found
        asks, why = self._asks(rule, who)
        return Grant(self.program, item, asks, rule, (rule.read, *why))

    def free_commands(self, who: Identity) -> Iterator[tuple[Rule, str]]:
        """The commands other than ALL that run as root without a password."""
        for rule, users, commands in self._as_root_here:
            if _decides(users, who_fits(who)) and not self._asks(rule, who)[0]:
                for adds, command in commands:
                    if adds and command != "ALL":
                        yield rule, command

    @cached_property
    def _as_root_here(self) -> tuple[tuple[Rule, Items, Items], ...]:
        """The rules that make somebody root on this host: users and commands of each.

        Their aliases are resolved once, not for every account.
        """
        expanded = self.policy.expanded
        return tuple(
            (
                rule,
                tuple(expanded("User", rule.users)),
                tuple(expanded("Cmnd", [rule.command])),
            )
            for rule in self.policy.rules
            if rule.runas != ()
            and _decides(expanded("Host", rule.hosts), self._is_here)
            and _decides(expanded("Runas", rule.runas or ("root",)), _is_root)
        )

    def _is_here(self, item: str) -> bool:
        """An address or a netgroup can't be resolved here: it counts as this host."""
        short = self.hostname.partition(".")[0]
        named = item.partition(".")[0] if not item[:1].isdigit() else short
        return item == "ALL" or item.startswith("+") or fnmatchcase(short, named)

    def _asks(self, rule: Rule, who: Identity) -> tuple[bool, tuple[Read[str], ...]]:
        """Whether a password is asked for, and the Defaults that say otherwise."""
        if rule.password is not None:
            return rule.password, ()
        asks, why = True, None
        # A Defaults for somebody stands above one for all.
        for default in sorted(self.policy.defaults, key=lambda d: d.scope != ""):
            if self._concerns(default, who):
                said = _asking(default.option, who)
                asks, why = (asks, why) if said is None else (said, default.read)
        return asks, () if asks or why is None else (why,)

    def _concerns(self, default: Default, who: Identity) -> bool:
        if default.scope == ":":
            people = self.policy.expanded("User", default.who)
            return bool(_decides(people, who_fits(who)))
        if default.scope == "@":
            hosts = self.policy.expanded("Host", default.who)
            return bool(_decides(hosts, self._is_here))
        if default.scope == ">":
            return bool(_decides(self.policy.expanded("Runas", default.who), _is_root))
        return default.scope == ""


def _asking(option: str, who: Identity) -> bool | None:
    """Whether an option makes sudo ask for a password; None when it says nothing."""
    name, _, group = (word.strip(' "') for word in option.partition("="))
    if name == "exempt_group" and group in who.groups:
        return False
    return {"authenticate": True, "!authenticate": False}.get(name)


def _decides(items: Iterable[tuple[bool, str]], fits: Fits) -> str:
    """The item of a list that decides: the last that fits; "" when it takes out."""
    found = ""
    for adds, item in items:
        if fits(item):
            found = item if adds else ""
    return found


def who_fits(who: Identity) -> Fits:
    """Whether an item of a user list names the account."""
    return who.items.__contains__


def _is_root(item: str) -> bool:
    return item in ("ALL", "root", "#0")
