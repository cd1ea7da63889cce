"""One more entry at the end of a manifest, the rest of it byte for byte as it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import document_of
from auditor.inventory.manifests import entries_of
from auditor.inventory.writing import tables_as_toml
from auditor.model.manifests import Attestation, Waiver


def appended(
    file: Path, kind: Literal["attestation", "waiver"], table: Mapping[str, Any]
) -> bytes:
    """The content of the manifest with the table at its end; the file need not exist.

    All of it is read as a run would read it: what would be a mistake there is refused,
    and so is a draft, in which an entry would count as missing. Raises
    ConfigurationError, in which mistakes of the table name the option of their key.
    """
    before = _content(file)
    old = document_of(str(file), before).table
    if old.get("draft") is True:
        message = "take 'draft = true' out first: what is added would count as missing"
        raise ConfigurationError([Problem(str(file), message)])
    text = tables_as_toml({kind: [dict(table)]}, str(file))
    end = "\r\n" if b"\r\n" in before else "\n"
    gap = (end if before and not before.endswith(b"\n") else "") + end * bool(before)
    after = before + (gap + text.replace("\n", end)).encode()
    _check(file, kind, before, after)
    _compare(file, after, {**old, kind: [*old.get(kind, []), dict(table)]})
    return after


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _check(file: Path, kind: str, before: bytes, after: bytes) -> None:
    """Refuse what the strict reading of all of the file refuses."""
    first = before.count(b"\n") + 1
    try:
        document = document_of(str(file), after)
    except ConfigurationError:
        message = f"no [[{kind}]] can follow what stands there: write it by hand"
        raise ConfigurationError([Problem(str(file), message)]) from None
    problems: list[Problem] = []
    if kind == "waiver":
        entries_of(document, kind, Waiver, problems)
    else:
        entries_of(document, kind, Attestation, problems)
    if problems:
        raise ConfigurationError([_named(problem, kind, first) for problem in problems])


def _named(problem: Problem, kind: str, first: int) -> Problem:
    """A mistake of the new entry by its option: its line is nowhere yet."""
    if problem.line is None or problem.line < first:
        return problem
    key = problem.key.removeprefix(f"{kind}.").partition(".")[0]
    return Problem(f"--{key.replace('_', '-')}", problem.message)


def _compare(file: Path, after: bytes, due: Mapping[str, Any]) -> None:
    if document_of(str(file), after).table != due:
        message = "this does not read back to what was to be written: nothing written"
        raise ConfigurationError([Problem(str(file), message)])
