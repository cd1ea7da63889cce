"""The grammar of sudoers(5), as far as 'who becomes root, with which password' needs.

Written here because no library reads it: cvtsudoers runs on a host only, and not on
older ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct, field

from auditor.model.sources import Read

TAG = re.compile(r"\s*([A-Z_]+)\s*:\s*")
OPTION = re.compile(
    r"\s*(ROLE|TYPE|CWD|CHROOT|TIMEOUT|NOTBEFORE|NOTAFTER|PRIVS|"
    r"LIMITPRIVS|APPARMOR_PROFILE)\s*=\s*(\"[^\"]*\"|\S+)\s*"
)
ALIAS = re.compile(r"(User|Runas|Host|Cmnd|Cmd)_Alias\s+(.*)")
DEFAULTS = re.compile(r"Defaults(?:([@:!>])\s*(\S+(?:\s*,\s*\S+)*?))?\s+(.*)")
TAGS = frozenset(
    f"{no}{tag}"
    for no in ("", "NO")
    for tag in (
        "EXEC",
        "FOLLOW",
        "LOG_INPUT",
        "LOG_OUTPUT",
        "MAIL",
        "PASSWD",
        "SETENV",
        "INTERCEPT",
    )
)
MOST_RULES = 1000
MOST_ITEMS = 10_000
DIGESTS = frozenset({"sha224", "sha256", "sha384", "sha512"})


class GrammarError(ValueError):
    """A line that sudo would not take either, or that is not understood here."""


class Rule(Struct, frozen=True):
    """One command of one user specification; aliases are still names.

    `password` is None when no tag says whether one is asked for.
    """

    users: tuple[str, ...]
    hosts: tuple[str, ...]
    runas: tuple[str, ...] | None
    password: bool | None
    command: str
    read: Read[str]


class Default(Struct, frozen=True):
    """One option of a Defaults line; `scope` is "" or the sign of whom it is for."""

    scope: str
    who: tuple[str, ...]
    option: str
    read: Read[str]


AliasKind = Literal["User", "Runas", "Host", "Cmnd"]


class Policy(Struct):
    """All statements in the order in which sudo reads them."""

    rules: list[Rule] = field(default_factory=list)
    defaults: list[Default] = field(default_factory=list)
    aliases: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def add(self, statement: str, read: Read[str]) -> None:
        """Add one statement; raises GrammarError."""
        alias = ALIAS.fullmatch(statement)
        default = DEFAULTS.fullmatch(statement)
        if alias:
            self._add_aliases(alias[1].replace("Cmd", "Cmnd"), alias[2])
        elif default:
            scope, who, options = default.groups()
            for option in split(options, ","):
                self.defaults.append(
                    Default(scope or "", tuple(split(who or "", ",")), option, read)
                )
        elif not re.match(r"[@#]include(dir)?\s", statement):
            self.rules.extend(_rules(statement, read))
            if len(self.rules) > MOST_RULES:
                raise GrammarError(f"more than {MOST_RULES} rules")

    def _add_aliases(self, kind: str, text: str) -> None:
        for part in split(text, ":"):
            name, sign, members = part.partition("=")
            if not sign:
                raise GrammarError(part)
            self.aliases[kind, name.strip()] = tuple(split(members, ","))

    def expanded(
        self, kind: AliasKind, items: Iterable[str]
    ) -> Iterator[tuple[bool, str]]:
        """(whether it adds, item) for each item, the aliases among them resolved.

        Raises GrammarError past so many items: aliases of aliases may double at each
        step, and who wrote them may want to keep us busy.
        """
        for count, found in enumerate(self._expanded(kind, items, 0)):
            if count >= MOST_ITEMS:
                raise GrammarError(f"more than {MOST_ITEMS} items")
            yield found

    def _expanded(
        self, kind: AliasKind, items: Iterable[str], depth: int
    ) -> Iterator[tuple[bool, str]]:
        for item in items:
            negated, name = _negation(item)
            members = self.aliases.get((kind, name))
            if members is None or depth > 20:
                yield not negated, name
            else:
                for adds, inner in self._expanded(kind, members, depth + 1):
                    yield adds != negated, inner


def _negation(item: str) -> tuple[bool, str]:
    name = item.lstrip("! \t")
    bare = re.sub(r"\\(.)", r"\1", name.strip('"'))
    return (item[: len(item) - len(name)].count("!") % 2 == 1), bare


def split(text: str, separator: str) -> list[str]:
    """Cut at a separator that is not escaped, quoted or in parentheses."""
    parts, piece, depth, quoted = [], "", 0, False
    characters = iter(text)
    for c in characters:
        if c == "\\" and not quoted:
            piece += c + next(characters, "")
            continue
        if c == '"':
            quoted = not quoted
        depth += (c == "(") - (c == ")")
        if c == separator and not quoted and depth == 0:
            parts.append(piece)
            piece = ""
        else:
            piece += c
    return [part.strip() for part in (*parts, piece) if part.strip()]


def _rules(statement: str, read: Read[str]) -> Iterator[Rule]:
    """`USERS HOSTS = COMMANDS : HOSTS = COMMANDS …`."""
    head, sign, rest = statement.partition("=")
    words = split(re.sub(r"\s*,\s*", ",", head).strip().replace("\t", " "), " ")
    # A quoted name that did not travel could be anybody's.
    if not sign or len(words) != 2 or '"_"' in head:
        raise GrammarError(statement)
    users, hosts = words
    for others, commands in _pieces(rest):
        yield from _commands(users, others or hosts, commands, read)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(hosts, commands) of each list; a colon that ends no tag starts the next."""
    held = hosts = ""
    for number, part in enumerate(split(text, ":")):
        if number and not held:
            hosts, _, commands = (word.strip() for word in part.partition("="))
        else:
            commands = part
        held += commands
        if re.split(r"[\s,)]", commands)[-1] in TAGS | DIGESTS:
            held += ":"
        else:
            yield hosts, held
            held = ""
    if held:
        raise GrammarError(text)


def _commands(users: str, hosts: str, text: str, read: Read[str]) -> Iterator[Rule]:
    runas: tuple[str, ...] | None = None
    password: bool | None = None
    for spec in split(text, ","):
        rest = spec
        target = re.match(r"\(([^)]*)\)\s*", rest)
        if target:
            runas = tuple(split(target[1].partition(":")[0], ","))
            rest = rest[target.end() :]
        while option := OPTION.match(rest):
            rest = rest[option.end() :]
        while (tag := TAG.match(rest)) and tag[1] in TAGS:
            if tag[1].endswith("PASSWD"):
                password = tag[1] == "PASSWD"
            rest = rest[tag.end() :]
        if not rest:
            raise GrammarError(spec)
        yield Rule(
            tuple(split(users, ",")),
            tuple(split(hosts, ",")),
            runas,
            password,
            rest.strip(),
            read,
        )
