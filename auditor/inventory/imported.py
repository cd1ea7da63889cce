"""Hosts that come from elsewhere: what is kept of them, and how it is written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import Document, read_document
from auditor.inventory.entries import SCHEMA, GroupEntry, HostEntry
from auditor.inventory.words import NAME, NAME_RULE
from auditor.inventory.writing import tables_as_toml
from auditor.store.atomic import write_atomic

Table = dict[str, Any]


class Imported(Struct, frozen=True):
    """Tables of hosts and groups as they would be written, and what was left out.

    `origin` says where they come from; `notes` are sentences for a person.
    """

    origin: str
    hosts: dict[str, Table]
    groups: dict[str, Table] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Changes(Struct, frozen=True):
    """How an import differs from the file that it replaces, by host name."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]

    def lines(self) -> Iterator[str]:
        """One line a host."""
        yield from (f"added {name}" for name in self.added)
        yield from (f"removed {name}" for name in self.removed)
        for name, keys in self.changed.items():
            yield f"changed {name}: {', '.join(keys)}"


def imported_text(imported: Imported) -> str:
    """The TOML of an import, read strictly before anybody sees it.

    Raises ConfigurationError with every host that no inventory could hold.
    """
    tables: Table = {"hosts": imported.hosts}
    if imported.groups:
        tables = {"groups": imported.groups, **tables}
    body = tables_as_toml(tables, imported.origin)
    document = Document(imported.origin, tomllib.loads(body), body)
    problems: list[Problem] = []
    for kind, entry in (("groups", GroupEntry), ("hosts", HostEntry)):
        for name in document.table.get(kind, {}):
            found: list[Problem] = []
            if not NAME.fullmatch(name):
                found.append(document.problem((kind, name), NAME_RULE))
            SCHEMA.read(document, (kind, name), entry, found)
            # The lines are those of a text that nobody has seen.
            problems += [Problem(one.file, one.message, key=one.key) for one in found]
    if problems:
        raise ConfigurationError(problems)
    origin = "".join(
        letter if letter.isprintable() else "?" for letter in imported.origin
    )
    return f"# Imported from {origin}; another import replaces this file.\n\n{body}"


def write_import(path: Path, imported: Imported) -> Changes:
    """Write an import to its own file, whole, and say what changed.

    Raises ConfigurationError when the file holds more than hosts and groups, which
    somebody wrote by hand, or when an entry is none.
    """
    text = imported_text(imported)
    before = _hosts_before(path)
    write_atomic(path, text.encode(), 0o600)
    return _changes(before, imported.hosts)


def _hosts_before(path: Path) -> Mapping[str, Table]:
    if not path.exists():
        return {}
    document = read_document(path)
    problems = [
        document.problem((key,), "an import replaces a file of its own, not this")
        for key in document.table
        if key not in ("groups", "hosts")
    ]
    if problems:
        raise ConfigurationError(problems)
    found = document.table.get("hosts", {})
    return found if isinstance(found, dict) else {}


def _changes(before: Mapping[str, Table], after: Mapping[str, Table]) -> Changes:
    changed = {
        name: tuple(sorted(_differing(before[name], after[name])))
        for name in after
        if name in before and before[name] != after[name]
    }
    added = tuple(name for name in after if name not in before)
    removed = tuple(name for name in before if name not in after)
    return Changes(added, removed, changed)


def _differing(before: Table, after: Table) -> set[str]:
    return {
        key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
    }
