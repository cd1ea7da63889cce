"""What may be handed over at which level: applied to the data, before any rendering.

| level | reader | left |
|---|---|---|
| R0 | audit team | everything |
| R1 | client's technicians | hosts, paths, settings, commands; no names of people |
| R2 | client's management | laboratories, roles, counts, what is wrong and why |
| R3 | third party | pseudonyms, counts, verdicts by family |

Nothing stays that is not declared for the level: neither a field of a struct (`FIELDS`)
nor a value of a kind (`KINDS`). One that is added later is removed at R1 to R3 until it
is declared here. Texts that anything may stand in (details, reasons of waivers) are
removed, evidence is told anew from its values, and the name of an account or a person
that is known from one value is replaced in every other text that stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin

from msgspec import NODEFAULT, Struct, structs

from auditor.history.past import Age, Audited
from auditor.history.steps import Stage
from auditor.model.check import Sidecar, Texts
from auditor.model.run import (
    AttestationInfo,
    CheckInfo,
    Coverage,
    EvidenceRecord,
    FindingRecord,
    HostInfo,
    Level,
    Run,
    RunInfo,
    Score,
    Selected,
    ShownRecord,
    SubjectRecord,
    Totals,
    ValueRecord,
    WaivedRecord,
    WaiverInfo,
)
from auditor.report.formats import Material
from auditor.report.handover.people import renamed_key
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.renaming import REMOVED, Renaming, Treatment, renaming_of
from auditor.report.handover.treatments import (
    ALL,
    INSIDE,
    KINDS,
    TECHNICAL,
    Held,
    always,
    at,
    emptied,
    inside,
    keep,
    removed_if_there,
    renamed_hosts,
    scrubbed_if_there,
    technical,
)
from auditor.report.text.labels import LOCALES, load_labels
from auditor.report.view import FAMILIES, OTHERS

Named = TypeVar("Named", FindingRecord, Age)


def _each(value: Any, names: Renaming) -> Any:
    """A struct, or all of a collection of them, by what is declared of its fields."""
    if isinstance(value, Struct):
        return _struct(value, names)
    if isinstance(value, Mapping):
        return {key: _each(below, names) for key, below in value.items()}
    if isinstance(value, tuple):
        return tuple(_each(below, names) for below in value)
    return value


BELOW: Final = always(_each)


def _value(record: Any, names: Renaming) -> Any:
    """A `ValueRecord` or `ShownRecord`, its value by its kind."""
    treatment = at(KINDS.get(record.kind), names.level)
    if treatment is None:
        value: str | int = REMOVED
    elif isinstance(record.value, int):
        value = record.value
    else:
        value = treatment(record.value, names)
    return structs.replace(_struct(record, names), value=value)


def _values(records: Any, names: Renaming) -> Any:
    if isinstance(records, Mapping):
        return {key: _value(record, names) for key, record in records.items()}
    return tuple(_value(record, names) for record in records)


def _evidence(records: tuple[EvidenceRecord, ...], names: Renaming) -> Any:
    """Evidence, its text told anew from the values that are left."""
    found = []
    for record in records:
        kept = _struct(record, names)
        told = (f"{v.key}={v.value}" if v.key else v.value for v in kept.values)
        found.append(structs.replace(kept, text=" ".join(told)))
    return tuple(found)


def _key(key: str, names: Renaming) -> str:
    return names.scrubbed(renamed_key(key, names.accounts))


#: What is left of each field; a field that is not here is removed at R1 to R3.
FIELDS: Mapping[type[Struct], Mapping[str, Held]] = {
    Material: {
        "run": BELOW,
        "sidecars": inside(_each),
        "frameworks": INSIDE,
        "language": ALL,
        "brand": ALL,
        "templates": ALL,
        "last_step": ALL,
        "audits": BELOW,
        "ages": BELOW,
    },
    Audited: dict.fromkeys(("at", "score", "coverage", "gaps", "joined"), ALL),
    Age: {
        "check": always(lambda value, names: names.checks.get(value, REMOVED)),
        "host": always(lambda value, names: names.hosts.get(value, REMOVED)),
        "subject": BELOW,
        "first_seen": ALL,
        "changed_at": ALL,
        "changed_kind": ALL,
        "changed_by": ALL,
        "returned": ALL,
        "at_least": ALL,
    },
    Run: {
        "schema": ALL,
        "run": BELOW,
        "groups": INSIDE,
        "checks": BELOW,
        "hosts": BELOW,
        "findings": BELOW,
        "waivers": BELOW,
        "attestations": BELOW,
    },
    RunInfo: {
        "id": (keep, keep, lambda value, _: value.rpartition("-")[0]),
        "client": (keep, keep, lambda value, names: names.client(value)),
        "auditor": INSIDE,
        "language": ALL,
        "timezone": (keep, keep, lambda *_: "UTC"),
        "started": ALL,
        "ended": ALL,
        "as_of": ALL,
        "tool": ALL,
        "rules_sha256": ALL,
        "profile": INSIDE,
        "profile_sha256": ALL,
        "inputs": TECHNICAL,
        "frameworks": ALL,
        "selected": BELOW,
        "totals": BELOW,
        "coverage": BELOW,
        "score": BELOW,
        "exit_code": ALL,
        "level": always(lambda _, names: names.level),
    },
    Selected: {"hosts": ALL, "checks": ALL},
    Totals: dict.fromkeys(
        ("fail", "warn", "pass_", "na", "unknown", "waived", "attested"), ALL
    ),
    Coverage: {"applicable": ALL, "evaluated": ALL, "share": ALL},
    Score: {"value": ALL, "cap": ALL, "without_waived": ALL},
    CheckInfo: {
        "id": always(lambda value, names: names.checks[value]),
        "name": (keep, keep, emptied),
        "family": (keep, keep, lambda value, _: _family(value)),
        "severity": ALL,
        "title": INSIDE,
        "requirements": INSIDE,
        # At R3 it would tell which check of its family it is.
        "sha256": (keep, keep, emptied),
        "fleet": INSIDE,
    },
    HostInfo: {
        "name": always(lambda value, names: names.hosts[value]),
        "group": (keep, keep, lambda value, names: names.group(value)),
        "roles": INSIDE,
        "zone": INSIDE,
        "address": TECHNICAL,
        "state": ALL,
        "reason": ALL,
        "privilege": INSIDE,
        "coverage": BELOW,
        "score": BELOW,
        "started": INSIDE,
        "clock_offset": TECHNICAL,
        "program_sha256": (keep, emptied, emptied),
    },
    FindingRecord: {
        "check": always(lambda value, names: names.checks.get(value, REMOVED)),
        "host": always(lambda value, names: names.hosts.get(value, REMOVED)),
        "subject": BELOW,
        "verdict": ALL,
        "severity": ALL,
        "partial": ALL,
        "waived": BELOW,
        "message": INSIDE,
        "values": inside(_values),
        "evidence": technical(_evidence),
        "reason": ALL,
        "group": inside(lambda value, names: names.tie(value)),
        "more": ALL,
    },
    SubjectRecord: {"kind": INSIDE},
    ValueRecord: {"kind": ALL},
    ShownRecord: {"key": technical(_key), "kind": ALL},
    EvidenceRecord: {
        "source": technical(lambda value, names: names.source(value)),
        "status": ALL,
        "line": TECHNICAL,
        "values": technical(_values),
    },
    WaivedRecord: {
        "owner": technical(lambda value, names: names.person(value)),
        "accepted_by": technical(lambda value, names: names.person(value)),
        "accepted_on": ALL,
        "until": ALL,
    },
    WaiverInfo: {
        "check": always(lambda value, names: names.checks.get(value, REMOVED)),
        "hosts": always(renamed_hosts),
        "owner": technical(lambda value, names: names.person(value)),
        "accepted_by": technical(lambda value, names: names.person(value)),
        "accepted_on": ALL,
        "until": ALL,
        "state": ALL,
        "matched": ALL,
        "unused": ALL,
        "line": TECHNICAL,
    },
    AttestationInfo: {
        "subject": INSIDE,
        "hosts": always(renamed_hosts),
        "signed_by": technical(lambda value, names: names.person(value)),
        "signed_on": ALL,
        "valid_until": ALL,
        "state": ALL,
        "matched": ALL,
        "contradicted": ALL,
        "fault": (scrubbed_if_there, removed_if_there, removed_if_there),
        "line": TECHNICAL,
    },
    Sidecar: {
        "id": ALL,
        "severity": ALL,
        "requirements": INSIDE,
        "texts": inside(_each),
        "severity_by_message": INSIDE,
        "attestation": INSIDE,
    },
    Texts: {
        "title": INSIDE,
        "why": INSIDE,
        "fix": TECHNICAL,
        "impact": INSIDE,
        "effort": INSIDE,
        "undo": (keep, emptied, emptied),
        "verify": (keep, emptied, emptied),
        "messages": INSIDE,
    },
}


def redact(material: Material, level: Level, pseudonyms: Pseudonyms) -> Material:
    """What may be handed over at a level; the same names for the same key.

    A run that was redacted before never gets back what it lost: at its own level or
    one that holds more, it is returned as it is. Raises TypeError for a field that is
    not declared and has no empty value.
    """
    if level <= material.run.run.level:
        return material
    names = renaming_of(material.run, level, pseudonyms)
    found: Material = _struct(material, names)
    return found


def _struct(value: Any, names: Renaming) -> Any:
    kind: type[Struct] = type(value)
    kept = {
        name: empty if treatment is None else treatment(getattr(value, name), names)
        for name, treatment, empty in _plan(kind, names.level)
    }
    finish = _FINISH.get(kind, _unfinished)
    return finish(value, kind(**kept), names)


@cache
def _plan(kind: type[Struct], level: Level) -> list[tuple[str, Treatment | None, Any]]:
    """Field, what becomes of it, and what stands for it when it is removed."""
    return [
        (field.name, treatment, None if treatment else _empty(kind, field))
        for field in structs.fields(kind)
        for treatment in (at(_declared(kind, field.name), level),)
    ]


def _declared(kind: type[Struct], name: str) -> Held | None:
    known = (FIELDS[base] for base in kind.__mro__ if base in FIELDS)
    return next((fields[name] for fields in known if name in fields), None)


def _empty(kind: type[Struct], field: structs.FieldInfo) -> Any:
    """What stands for a removed field."""
    if field.type is str:
        return REMOVED
    if field.default is not NODEFAULT:
        return field.default
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    if isinstance(field.type, UnionType) and str in get_args(field.type):
        return REMOVED
    origin = get_origin(field.type)
    if isinstance(origin, type) and issubclass(origin, tuple | Mapping):
        return () if issubclass(origin, tuple) else {}
    raise TypeError(f"{kind.__name__}.{field.name} has no empty value: declare it")


def _unfinished(_: Any, kept: Any, __: Renaming) -> Any:
    return kept


def _finding(was: Named, kept: Named, names: Renaming) -> Named:
    """The subject by a name that its kind allows; findings stay apart by it."""
    shown = names.subject(was.host, was.subject.kind, was.subject.name)
    return structs.replace(kept, subject=structs.replace(kept.subject, name=shown))


def _family(family: str) -> str:
    """A family of ours; what third parties named may name whom they made it for."""
    return family if family in FAMILIES else OTHERS


def _check(_: CheckInfo, kept: CheckInfo, names: Renaming) -> CheckInfo:
    """At R3 a check is one of its family."""
    if names.level is not Level.R3:
        return kept
    title = {}
    for language in LOCALES:
        labels = load_labels(language)
        family = labels.word(f"family.{kept.family}", kept.family)
        title[language] = labels("level.check", family=family)
    return structs.replace(kept, title=title)


def _run(_: Run, kept: Run, names: Renaming) -> Run:
    """At R3 in an order that tells nothing: the catalogue's order is public."""
    if names.level is not Level.R3:
        return kept
    return structs.replace(
        kept,
        checks=tuple(sorted(kept.checks, key=lambda one: (one.family, one.id))),
        hosts=tuple(sorted(kept.hosts, key=lambda one: (one.group or "", one.name))),
        findings=tuple(
            sorted(kept.findings, key=lambda f: (f.check, f.host, f.subject.name))
        ),
        waivers=tuple(sorted(kept.waivers, key=lambda w: (w.check, w.hosts, w.until))),
        attestations=tuple(
            sorted(kept.attestations, key=lambda a: (a.hosts, a.valid_until))
        ),
    )


def _material(was: Material, kept: Material, names: Renaming) -> Material:
    """Other runs by their own names; what they share is renamed alike."""

    def renamed(run: Run) -> Run:
        found: Run = _struct(run, renaming_of(run, names.level, names.pseudonyms))
        return found

    return structs.replace(
        kept,
        earlier=tuple(map(renamed, was.earlier)),
        between=tuple(Stage(one.step, renamed(one.run)) for one in was.between),
    )


_FINISH: Mapping[type, Any] = {
    Material: _material,
    CheckInfo: _check,
    FindingRecord: _finding,
    Age: _finding,
    Run: _run,
}
