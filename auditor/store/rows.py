"""Structs as rows of SQLite: a column for each field, under the field's name.

Times are ISO 8601 in UTC; lists and tables are JSON.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar, get_origin

import msgspec
from msgspec import Struct, structs

Record = TypeVar("Record", bound=Struct)


def table_of(name: str, kind: type[Struct]) -> str:
    """The statement that makes the table of a struct."""
    return f"CREATE TABLE {name} ({_columns(kind)})"


def insert(
    connection: sqlite3.Connection, name: str, records: Iterable[Struct]
) -> None:
    """Add records, all of one kind; raises sqlite3.Error."""
    rows = [_row(record) for record in records]
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({places})", rows)


def select(
    connection: sqlite3.Connection,
    name: str,
    kind: type[Record],
    rest: str = "",
    values: Iterable[object] = (),
) -> tuple[Record, ...]:
    """The records of a table; `rest` is what follows FROM, with `?` for values.

    Raises sqlite3.Error, ValueError for what is no such record.
    """
    found = connection.execute(
        f"SELECT {_columns(kind)} FROM {name} {rest}",
        tuple(values),
    )
    return tuple(_record(kind, row) for row in found)


def _columns(kind: type[Struct]) -> str:
    # Quoted: `check` is a word of SQL.
    return ", ".join(f'"{name}"' for name, _ in _fields(kind))


def _row(record: Struct) -> list[object]:
    values = msgspec.to_builtins(record).values()
    return [
        msgspec.json.encode(value).decode()
        if isinstance(value, list | tuple | dict)
        else value
        for value in values
    ]


def _record(kind: type[Record], row: tuple[Any, ...]) -> Record:
    plain = {
        name: msgspec.json.decode(value) if nested else value
        for (name, nested), value in zip(_fields(kind), row, strict=True)
    }
    # Not strict: SQLite has no truth values.
    return msgspec.convert(plain, kind, strict=False)


@cache
def _fields(kind: type[Struct]) -> list[tuple[str, bool]]:
    """The fields of a struct, and whether each is a list or a table."""
    return [
        (field.name, get_origin(field.type) in (tuple, dict))
        for field in structs.fields(kind)
    ]
