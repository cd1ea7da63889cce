"""How the entries of the manifests are read, and what must hold within one."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import NewType

from auditor.inventory.structure import Schema, WrongValueError, described, text
from auditor.inventory.words import (
    HOOKS,
    AbsolutePath,
    Amount,
    Count,
    Fingerprint,
    Name,
    Patterns,
    Port,
    Sha256,
    Texts,
)
from auditor.model.manifests import (
    Attestation,
    Dataset,
    Migration,
    MigrationRecord,
    Owner,
    Service,
    WaivedValue,
    Waiver,
    WorkCopy,
)

CheckId = NewType("CheckId", str)
Mistake = tuple[str, str]

WAIVER_MONTHS = 12
_CHECK = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d{3}")


def _check_id(value: object, _: object) -> CheckId:
    word = text(value)
    if not _CHECK.fullmatch(word):
        raise WrongValueError(f"'{word}' is no id of a check such as ACC-001")
    return CheckId(word)


def _waived_value(value: object, _: object) -> WaivedValue:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        return tuple(text(word) for word in value)
    if isinstance(value, str):
        return text(value)
    raise WrongValueError(f"a text, a number or a list is due, not {described(value)}")


SCHEMA = Schema(
    hooks={**HOOKS, CheckId: _check_id, WaivedValue: _waived_value},
    names={Owner: {"owners": "owner", "addresses": "from"}},
    kinds={
        Migration: {
            "source_host": Name,
            "target_host": Name,
            "work_paths": tuple[AbsolutePath, ...],
            "max_rows": Amount,
            "max_persons": Amount,
            "sha256": Sha256,
        },
        MigrationRecord: {"counts_source": Amount, "counts_target": Amount},
        Dataset: {},
        WorkCopy: {"path": AbsolutePath},
        Owner: {
            "hosts": Patterns,
            "owners": Texts,
            "keys": tuple[Fingerprint, ...],
        },
        Service: {
            "host": Name,
            "port": Port,
            "paths": tuple[AbsolutePath, ...],
            "retention_days": Count,
        },
        Attestation: {"scope": Patterns, "sha256": Sha256},
        Waiver: {"check": CheckId, "hosts": Patterns, "subjects": Patterns},
    },
)


def mistakes_of(entry: object) -> Iterator[Mistake]:
    """What contradicts itself within one entry: a key and what is wrong there."""
    match entry:
        case Migration():
            if not entry.source_host and not entry.target_host:
                yield "source_host", "source_host, target_host or both must be there"
            yield from _after(entry, "date_from", "date_to")
            yield from _after(entry, "started_on", "ended_on")
            yield from _after(entry, "started_on", "erase_by")
            yield from _document(entry)
        case Owner():
            if entry.kind != "person" and not entry.responsible:
                message = f"this key is missing: who answers for this {entry.kind}?"
                yield "responsible", message
        case Attestation():
            yield from _after(entry, "signed_on", "valid_until")
            yield from _document(entry)
        case Waiver():
            yield from _after(entry, "accepted_on", "until")
            last = months_later(entry.accepted_on, WAIVER_MONTHS)
            if entry.until > last:
                yield "until", f"a waiver lasts {WAIVER_MONTHS} months at most: {last}"


def _after(entry: object, first: str, second: str) -> Iterator[Mistake]:
    begin, end = getattr(entry, first), getattr(entry, second)
    if begin is not None and end is not None and end < begin:
        yield second, f"{end} lies before {first}, {begin}"


def _document(entry: Migration | Attestation) -> Iterator[Mistake]:
    if entry.sha256 and not entry.document:
        yield "sha256", "a digest of what? document is missing"


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
