"""Strict reading of what people write, with every mistake of it at once.

cattrs walks the dataclasses; the hooks here refuse what Python would convert
silently (a number for a text, `true` for 1, a text for a list of letters) and say
what is due. The value of a secret's key is never repeated: its hook knows no
value, and an unknown key is named without what stands behind it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar, get_args, get_origin

from cattrs import BaseConverter, Converter
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.errors import (
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)
from cattrs.gen import make_dict_structure_fn, override

from auditor.errors import Problem
from auditor.inventory.documents import Document, meant
from auditor.inventory.positions import Key

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
    people write often. A field `place` is never read.
    """

    def __init__(
        self,
        hooks: Mapping[Any, Hook],
        kinds: Mapping[type, Mapping[str, Any]] | None = None,
        names: Mapping[type, Mapping[str, str]] | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> None:
        self.kinds = kinds or {}
        self.names = names or {}
        self.hints = hints or {}
        self.converter = self._converter(hooks)

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
        try:
            return self.converter.structure(value, kind), frozenset()
        except (BaseValidationError, WrongValueError) as error:
            found = list(self.mistakes(error, key))
        problems += [document.problem(place, message) for place, message in found]
        wrong = {str(place[len(key)]) for place, _ in found if len(place) > len(key)}
        rest = value if isinstance(value, dict) else {}
        right = {name: rest[name] for name in rest if name not in wrong}
        try:
            return self.converter.structure(right, kind), frozenset({*wrong, ""})
        except BaseValidationError:
            return None, frozenset({*wrong, ""})

    def _converter(self, hooks: Mapping[Any, Hook]) -> Converter:
        made = Converter(forbid_extra_keys=True, detailed_validation=True)
        scalars: dict[Any, Hook] = {
            str: text,
            int: whole,
            float: number,
            bool: yes_or_no,
            date: day,
        }
        made.register_structure_hook_func(_is(Literal), one_of)
        made.register_structure_hook_factory(_is(tuple), _list_of)
        made.register_structure_hook_factory(_is(Mapping), _table_of)
        made.register_structure_hook_factory(is_dataclass, self._class)
        # By type, not by predicate: cattrs' own converters of str, int and float
        # stand above predicates. Last, since `Secret` is a dataclass too.
        for kind, hook in {**scalars, **hooks}.items():
            made.register_structure_hook(kind, hook)
        return made

    def _class(self, kind: type, converter: Converter) -> Hook:
        names, kinds = self.names.get(kind, {}), self.kinds.get(kind, {})
        overrides: dict[str, Any] = {
            name: override(
                rename=names.get(name),
                struct_hook=_as(kinds[name], converter) if name in kinds else None,
                omit=name == "place" or None,
            )
            for name in _keys(kind)
        }
        made: Hook = make_dict_structure_fn(kind, converter, **overrides)
        return _expecting(dict, "a table", made)

    def mistakes(self, error: BaseException, key: Key) -> Iterator[tuple[Key, str]]:
        """Flatten an error of cattrs into places and messages for people."""
        match error:
            case ClassValidationError():
                named, other = error.group_exceptions()
                names = self.names.get(error.cl, {})
                for inner, note in named:
                    place = (*key, names.get(note.name, note.name))
                    yield from self.mistakes(inner, place)
                for inner in other:
                    yield from self.mistakes(inner, key)
            case IterableValidationError():
                for inner, position in error.group_exceptions()[0]:
                    yield from self.mistakes(inner, (*key, position.index))
            case ForbiddenExtraKeysError():
                for extra in sorted(error.extra_fields):
                    yield (*key, extra), self.unknown(extra, error.cl)
            case KeyError():
                yield key, "this key is missing"
            case _:
                yield key, str(error)

    def unknown(self, key: str, kind: type) -> str:
        """What to say of a key that is none of a table's."""
        if key in self.hints:
            return f"unknown key; {self.hints[key]}"
        names = self.names.get(kind, {})
        known = [names.get(name, name) for name in _keys(kind) if name != "place"]
        near = meant(key, known)
        if not near and len(known) <= 12:
            near = f"; the keys here are {', '.join(known)}"
        return f"unknown key{near}"


def _keys(kind: type) -> list[str]:
    return [found.name for found in fields(kind)]


def _is(origin: object) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) is origin


def _as(kind: Any, converter: Converter) -> Hook:
    return lambda value, _: converter.structure(value, kind)


def _list_of(kind: type, converter: BaseConverter) -> Hook:
    return _expecting(
        list, "a list", homogenous_tuple_structure_factory(kind, converter)
    )


def _table_of(kind: type, converter: BaseConverter) -> Hook:
    return _expecting(dict, "a table", mapping_structure_factory(kind, converter))


def _expecting(kind: type, due: str, hook: Hook) -> Hook:
    def guarded(value: Any, target: Any) -> Any:
        if not isinstance(value, kind):
            raise WrongValueError(f"{due} is due, not {described(value)}")
        return hook(value, target)

    return guarded
