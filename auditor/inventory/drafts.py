"""The files of an inventory, read table by table and merged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import Document, meant, read_document
from auditor.inventory.entries import (
    SCHEMA,
    AlertsEntry,
    DefaultsEntry,
    DrillEntry,
    EngagementEntry,
    GroupEntry,
    HeartbeatEntry,
    HostEntry,
    RunLimitsEntry,
    StoreEntry,
)
from auditor.inventory.positions import Key
from auditor.inventory.structure import described

# Files that may lie in an inventory's folder and are something else.
NO_INVENTORY = frozenset(
    {
        "migrations.toml",
        "owners.toml",
        "services.toml",
        "attestations.toml",
        "waivers.toml",
        "profile.toml",
    }
)
_SINGLE: Mapping[str, type] = {
    "engagement": EngagementEntry,
    "limits": RunLimitsEntry,
    "store": StoreEntry,
    "alerts": AlertsEntry,
    "heartbeat": HeartbeatEntry,
    "drill": DrillEntry,
    "defaults": DefaultsEntry,
}
_NAMED: Mapping[str, type] = {"groups": GroupEntry, "hosts": HostEntry}


class Written(Struct, frozen=True):
    """A table where it stands.

    `entry` is its Struct, without the keys that are `wrong`; None when it can't
    be made without them.
    """

    document: Document
    key: Key
    entry: Any
    wrong: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """`file:line`, for a message about another table."""
        return f"{self.document.file}:{self.document.line(self.key)}"

    def problem(self, message: str, *key: str | int) -> Problem:
        """A mistake in this table, or at a key of it."""
        return self.document.problem((*self.key, *key), message)

    def path(self, text: str) -> Path:
        """A path written here: `~` is the user's home, else from the file."""
        folder = Path(self.document.file).absolute().parent
        return folder / Path(text).expanduser()


class Draft(Struct):
    """An inventory as written: its tables, whichever file they stand in.

    `whole` is False when a file could not be read at all; names that only it may
    define are then not called unknown.
    """

    files: list[str] = field(default_factory=list)
    single: dict[str, Written] = field(default_factory=dict)
    groups: dict[str, Written] = field(default_factory=dict)
    hosts: dict[str, Written] = field(default_factory=dict)
    whole: bool = True


def inventory_files(path: Path) -> list[Path]:
    """The file itself, or the `*.toml` of a folder in the order of their names.

    Left out are manifests and `profile.toml`, which by default lie beside the
    inventory, and hidden files, which editors leave. Raises ConfigurationError when
    there is nothing to read.
    """
    if not path.is_dir():
        if not path.exists():
            message = "no such inventory; 'auditor init' writes one"
            raise ConfigurationError([Problem(str(path), message)])
        return [path]
    found = sorted(
        file
        for file in path.glob("*.toml")
        if file.name not in NO_INVENTORY and not file.name.startswith(".")
    )
    if not found:
        raise ConfigurationError([Problem(str(path), "no *.toml in this folder")])
    return found


def read_drafts(path: Path, problems: list[Problem]) -> Draft:
    """Read all files of an inventory; what is wrong is added to `problems`."""
    draft = Draft()
    for file in inventory_files(path):
        draft.files.append(str(file))
        try:
            document = read_document(file)
        except ConfigurationError as error:
            problems += error.problems
            draft.whole = False
        else:
            _add(draft, document, problems)
    return draft


def _add(draft: Draft, document: Document, problems: list[Problem]) -> None:
    for name, value in document.table.items():
        if name not in {*_SINGLE, *_NAMED}:
            near = meant(name, [*_SINGLE, *_NAMED])
            problems.append(document.problem((name,), f"unknown key{near}"))
        elif not isinstance(value, dict):
            message = f"a table is due, not {described(value)}"
            problems.append(document.problem((name,), message))
        elif name in _SINGLE:
            _add_single(draft, document, name, problems)
        else:
            _add_named(draft, document, name, problems)


def _add_single(
    draft: Draft, document: Document, name: str, problems: list[Problem]
) -> None:
    read = SCHEMA.read_most(document, (name,), _SINGLE[name], problems)
    found = Written(document, (name,), *read)
    if earlier := draft.single.get(name):
        problems.append(found.problem(f"it stands at {earlier.place} already"))
    else:
        draft.single[name] = found


def _add_named(
    draft: Draft, document: Document, kind: str, problems: list[Problem]
) -> None:
    tables = draft.groups if kind == "groups" else draft.hosts
    for name in document.table[kind]:
        key = (kind, name)
        read = SCHEMA.read_most(document, key, _NAMED[kind], problems)
        found = Written(document, key, *read)
        if earlier := tables.get(name):
            problems.append(found.problem(f"it stands at {earlier.place} already"))
        else:
            tables[name] = found
