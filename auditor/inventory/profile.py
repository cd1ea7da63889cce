"""Profiles: the shipped one, a third party's additions, a client's own values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import as_file
from pathlib import Path
from typing import Any, NewType

from msgspec import Struct
from msgspec.structs import asdict, replace

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import Document, meant, read_document
from auditor.inventory.shipped import shipped_files
from auditor.inventory.structure import Schema, WrongValueError, described, number, text
from auditor.model.profile import EndOfLife, Profile

Limit = NewType("Limit", float)

_TABLES = ("sets", "patterns", "limits")


class ProfileFile(Struct, frozen=True):
    """A profile as it is written; only the shipped one is complete."""

    name: str | None = None
    sets: Mapping[str, tuple[str, ...]] | None = None
    patterns: Mapping[str, tuple[str, ...]] | None = None
    limits: Mapping[str, Limit] | None = None
    eol: tuple[EndOfLife, ...] = ()


def _limit(value: object, _: object) -> Limit:
    """A number, or `{ value = …, source = "…" }`."""
    if isinstance(value, dict):
        if value.keys() != {"value", "source"}:
            raise WrongValueError("a limit has the keys value and source")
        text(value["source"])
        value = value["value"]
    found = number(value)
    if found < 0:
        raise WrongValueError(f"{described(value)} is below 0")
    return Limit(found)


SCHEMA = Schema(hooks={Limit: _limit})


def read_profile(
    name: str | Path, *, additions: Sequence[Path] = (), known_only: bool = True
) -> Profile:
    """Read a profile: a shipped name, or a client's own file over `default`.

    `additions` are the `profile.toml` of third-party checks: they add names and
    change none. A client's file changes values that exist and may add patterns and
    end-of-life rows; with `known_only` False (a profile kept with an older run) it
    may hold any name. Raises ConfigurationError with every mistake.
    """
    shipped = shipped_files("profiles")
    problems: list[Problem] = []
    base = str(name) if str(name) in shipped else "default"
    with as_file(shipped[base]) as path:
        profile = _laid_over(None, _read(path, problems)[1], base)
    for path in additions:
        document, entry = _read(path, problems)
        problems += _changed(document, entry, profile)
        profile = _laid_over(profile, entry, profile.name)
    if base != str(name):
        document, entry = _read(Path(name), problems)
        if known_only:
            problems += _unknown(document, profile)
        profile = _laid_over(profile, entry, entry.name or Path(name).stem)
    if problems:
        raise ConfigurationError(sorted(problems, key=_place))
    return replace(profile, sha256=_digest(profile))


def _place(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line or 0


def _read(path: Path, problems: list[Problem]) -> tuple[Document, ProfileFile]:
    document = read_document(path)
    entry, _ = SCHEMA.read_most(document, (), ProfileFile, problems)
    return document, entry or ProfileFile()


def _laid_over(below: Profile | None, entry: ProfileFile, name: str) -> Profile:
    """The values of a file over those of a profile; its rows come last."""
    rows = {(row.os, row.version): row for row in below.eol} if below else {}
    rows.update({(row.os, row.version): row for row in entry.eol})
    return Profile(
        name=name,
        sha256="",
        sets={**(below.sets if below else {}), **(entry.sets or {})},
        patterns={**(below.patterns if below else {}), **(entry.patterns or {})},
        limits={**(below.limits if below else {}), **(entry.limits or {})},
        eol=tuple(rows.values()),
    )


def _unknown(document: Document, profile: Profile) -> Iterable[Problem]:
    for table in ("sets", "limits"):
        known, given = getattr(profile, table), document.table.get(table)
        for name in given if isinstance(given, dict) else ():
            if name not in known:
                message = f"no check knows this name{meant(name, known)}"
                yield document.problem((table, name), message)


def _changed(
    document: Document, entry: ProfileFile, profile: Profile
) -> Iterable[Problem]:
    for table in _TABLES:
        known = getattr(profile, table)
        for name, value in (getattr(entry, table) or {}).items():
            if name in known and known[name] != value:
                message = "checks of others may add names, not change this one"
                yield document.problem((table, name), message)


def _values(profile: Profile) -> dict[str, Any]:
    return {
        **{table: dict(getattr(profile, table)) for table in _TABLES},
        "eol": [asdict(row) for row in profile.eol],
    }


def _digest(profile: Profile) -> str:
    text = json.dumps(_values(profile), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def profile_as_toml(profile: Profile) -> str:
    """The whole profile as a file that `read_profile` reads back to the same."""
    from auditor.inventory.writing import tables_as_toml

    values = {"name": profile.name, **_values(profile)}
    for table in ("sets", "patterns"):
        values[table] = {name: list(words) for name, words in values[table].items()}
    return tables_as_toml(values, profile.name)
