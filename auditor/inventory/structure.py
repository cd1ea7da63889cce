"""Strict reading of what people write, with every mistake of it at once.

The Structs of the model say what may stand in a table; the hooks refuse what Python
would convert silently (a number for a text, `true` for 1, a text for a list of letters)
and say what is due. The value of a secret's key is never repeated: its hook knows no
value, and an unknown key is named without what stands behind it. msgspec stops at the
first mistake, and what cattrs needs to be taught of Structs, names and places is more
code than this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from auditor.errors import Problem
from auditor.inventory.documents import Document, meant
from auditor.inventory.positions import Key

#: What reading adds to an entry; nobody writes it.
OURS = frozenset({"place", "found"})

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]


class WrongValueError(ValueError):
    """A value that is not what its key takes; the text says what is due."""


def described(value: object) -> str:
    """A value as people wrote it, short: `the text 'abc'`, `the number 3`."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"the text '{value if len(value) <= 40 else value[:39] + '…'}'"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"the date {value}"


def text(value: object, _: object = str) -> str:
    """A text that is not empty and holds no control character."""
    if not isinstance(value, str):
        raise WrongValueError(f"a text in quotes is due, not {described(value)}")
    if not value.strip():
        raise WrongValueError("this is empty: write a text or leave the key out")
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in value):
        raise WrongValueError("a control character stands in this text")
    return value


def whole(value: object, _: object = int) -> int:
    """A whole number; `true` is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongValueError(f"a whole number is due, not {described(value)}")
    return value


def number(value: object, _: object = float) -> float:
    """A finite number; `true` is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValueError(f"a number is due, not {described(value)}")
    if not math.isfinite(value):
        raise WrongValueError(f"a finite number is due, not {value}")
    return value


def yes_or_no(value: object, _: object = bool) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise WrongValueError(f"true or false is due, not {described(value)}")
    return value


def day(value: object, _: object = date) -> date:
    """A local date."""
    if isinstance(value, datetime) or not isinstance(value, date):
        shown = described(value)
        raise WrongValueError(f"a date such as 2026-12-31 is due, not {shown}")
    return value


def one_of(value: object, kind: object) -> Any:
    """One of the words of a Literal."""
    words = get_args(kind)
    if value in words and isinstance(value, str):
        return value
    near = meant(value, words) if isinstance(value, str) else ""
    due = ", ".join(words)
    raise WrongValueError(f"{described(value)} is none of {due}{near}")


class Schema:
    """How the tables of one kind of file are read.

    `hooks` read single types, a NewType for each grammar of its own; `kinds` are
    the types to read fields of a model as, where the model itself says less;
    `names` say how a field is called in the file; `hints` answer unknown keys that
    people write often. The fields of `OURS` are never read.
    """

    def __init__(
        self,
        hooks: Mapping[Any, Hook],
        kinds: Mapping[type, Mapping[str, Any]] | None = None,
        names: Mapping[type, Mapping[str, str]] | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> None:
        self._hooks = {**_SCALARS, **hooks}
        self._kinds = kinds or {}
        self._names = names or {}
        self._hints = hints or {}
        self._fields: Callable[[Any], dict[str, _Field]] = cache(self._fields_of)

    def read(
        self, document: Document, key: Key, kind: type[T], problems: list[Problem]
    ) -> T | None:
        """Read the table at `key`; None with its mistakes added to `problems`."""
        entry, wrong = self.read_most(document, key, kind, problems)
        return None if wrong else entry

    def read_most(
        self, document: Document, key: Key, kind: type[T], problems: list[Problem]
    ) -> tuple[T | None, frozenset[str]]:
        """Read what is right of the table at `key`, and name the keys that are wrong.

        So the rest of a table with one mistake is still judged in the same go. The
        entry is None when it can't be made without the wrong keys.
        """
        value: Any = document.table
        for part in key:
            value = value[part]
        mistakes: list[_Mistake] = []
        entry = self._value(value, kind, key, mistakes)
        if not mistakes:
            return entry, frozenset()
        problems += [document.problem(place, message) for place, message in mistakes]
        wrong = {str(place[len(key)]) for place, _ in mistakes if place != key}
        rest = value if isinstance(value, dict) else {}
        right = {name: rest[name] for name in rest if name not in wrong}
        return self._struct(right, kind, key, []), frozenset({*wrong, ""})

    def _value(
        self, value: object, kind: Any, key: Key, mistakes: list[_Mistake]
    ) -> Any:
        """One value of a table or a list; None with its mistakes noted."""
        try:
            return self._read(value, kind, key, mistakes)
        except WrongValueError as error:
            mistakes.append((key, str(error)))
            return None

    def _read(
        self, value: object, kind: Any, key: Key, mistakes: list[_Mistake]
    ) -> Any:
        if kind in self._hooks:
            return self._hooks[kind](value, kind)
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Literal:
            return one_of(value, kind)
        if origin is tuple:
            return tuple(
                self._value(one, inner[0], (*key, index), mistakes)
                for index, one in enumerate(_due(list, "a list", value))
            )
        if origin is Mapping:
            return {
                name: self._value(one, inner[1], (*key, name), mistakes)
                for name, one in _due(dict, "a table", value).items()
            }
        return self._struct(_due(dict, "a table", value), kind, key, mistakes)

    def _struct(
        self, table: dict[str, Any], kind: type[T], key: Key, mistakes: list[_Mistake]
    ) -> T | None:
        fields, before = self._fields(kind), len(mistakes)
        given: dict[str, Any] = {}
        for name, field in fields.items():
            if name in table:
                place = (*key, name)
                given[field.name] = self._value(
                    table[name], field.type, place, mistakes
                )
            elif field.required:
                mistakes.append(((*key, name), "this key is missing"))
        mistakes += [
            ((*key, name), self._unknown(name, list(fields)))
            for name in sorted(table.keys() - fields.keys())
        ]
        return kind(**given) if len(mistakes) == before else None

    def _fields_of(self, kind: type) -> dict[str, _Field]:
        """The fields of a Struct by their name in the file."""
        names, kinds = self._names.get(kind, {}), self._kinds.get(kind, {})
        return {
            names.get(field.name, field.name): _Field(
                field.name,
                kinds.get(field.name) or _present(field.type),
                field.required,
            )
            for field in fields(kind)
            if field.name not in OURS
        }

    def _unknown(self, key: str, known: list[str]) -> str:
        """What to say of a key that is none of a table's."""
        if key in self._hints:
            return f"unknown key; {self._hints[key]}"
        near = meant(key, known)
        if not near and len(known) <= 12:
            near = f"; the keys here are {', '.join(known)}"
        return f"unknown key{near}"


_Mistake = tuple[Key, str]


class _Field(Struct, frozen=True):
    """A field of a Struct: its name there, the type to read it as."""

    name: str
    type: Any
    required: bool


def _present(kind: Any) -> Any:
    """The type that a key has where it is written: `X` of `X | None`."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (one for one in get_args(kind) if one is not type(None))
    return kind


def _due(kind: type[T], words: str, value: object) -> T:
    if not isinstance(value, kind):
        raise WrongValueError(f"{words} is due, not {described(value)}")
    return value


_SCALARS: dict[Any, Hook] = {
    str: text,
    int: whole,
    float: number,
    bool: yes_or_no,
    date: day,
}
