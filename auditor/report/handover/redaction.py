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
from auditor.model.sources import ValueKind
from auditor.report.formats import Material
from auditor.report.handover.people import renamed_key
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.renaming import REMOVED, Renaming, Treatment, renaming_of
from auditor.report.text.labels import LOCALES, load_labels
from auditor.report.view import FAMILIES, OTHERS

Named = TypeVar("Named", FindingRecord, Age)

#: What becomes of a field or kind at R1, R2 and R3; None removes it.
Held = tuple[Treatment | None, Treatment | None, Treatment | None]


def _keep(value: Any, _: Renaming) -> Any:
    return value


def _emptied(_: Any, __: Renaming) -> str:
    return ""


def _scrubbed(value: str, names: Renaming) -> str:
    return names.scrubbed(value)


def _scrubbed_if_there(value: str | None, names: Renaming) -> str | None:
    return None if value is None else names.scrubbed(value)


def _removed_if_there(value: str | None, _: Renaming) -> str | None:
    """Whether something was there is told, not what."""
    return None if value is None else REMOVED


def _hosts(hosts: tuple[str, ...], names: Renaming) -> tuple[str, ...]:
    """Hosts of the run; in the order of their new names, which tells nothing."""
    return tuple(sorted(names.hosts.get(host, REMOVED) for host in hosts))


def _each(value: Any, names: Renaming) -> Any:
    """A struct, or all of a collection of them, by what is declared of its fields."""
    if isinstance(value, Struct):
        return _struct(value, names)
    if isinstance(value, Mapping):
        return {key: _each(below, names) for key, below in value.items()}
    if isinstance(value, tuple):
        return tuple(_each(below, names) for below in value)
    return value


def _always(treatment: Treatment) -> Held:
    return treatment, treatment, treatment


def _inside(treatment: Treatment) -> Held:
    """For people of the client: R1 and R2."""
    return treatment, treatment, None


def _technical(treatment: Treatment) -> Held:
    """For technicians: R1."""
    return treatment, None, None


ALL: Final = _always(_keep)
INSIDE: Final = _inside(_keep)
TECHNICAL: Final = _technical(_keep)
BELOW: Final = _always(_each)

#: A value by its kind, in messages and evidence.
KINDS: Mapping[ValueKind, Held] = {
    ValueKind.ACCOUNT: _technical(lambda value, names: names.accounts(value)),
    ValueKind.PERSON: _technical(lambda value, names: names.person(value)),
    ValueKind.PATH: _technical(_scrubbed),
    ValueKind.ADDRESS: _technical(_scrubbed),
    ValueKind.HOSTNAME: _technical(_scrubbed),
    ValueKind.PORT: TECHNICAL,
    ValueKind.SERVICE: _technical(_scrubbed),
    ValueKind.PACKAGE: _technical(_scrubbed),
    ValueKind.VERSION: _technical(_scrubbed),
    ValueKind.SETTING: _technical(_scrubbed),
    ValueKind.OPTION: _technical(_scrubbed),
    ValueKind.FINGERPRINT: TECHNICAL,
    ValueKind.MODE: TECHNICAL,
    ValueKind.WORD: _technical(_scrubbed),
    ValueKind.COUNT: INSIDE,
    ValueKind.SIZE: INSIDE,
    # The day on which support ends names a version.
    ValueKind.TIME: TECHNICAL,
    ValueKind.DURATION: INSIDE,
}


def _value(record: Any, names: Renaming) -> Any:
    """A `ValueRecord` or `ShownRecord`, its value by its kind."""
    treatment = _at(KINDS.get(record.kind), names.level)
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
        "sidecars": _inside(_each),
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
        "check": _always(lambda value, names: names.checks.get(value, REMOVED)),
        "host": _always(lambda value, names: names.hosts.get(value, REMOVED)),
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
        "id": (_keep, _keep, lambda value, _: value.rpartition("-")[0]),
        "client": (_keep, _keep, lambda value, names: names.client(value)),
        "auditor": INSIDE,
        "language": ALL,
        "timezone": (_keep, _keep, lambda *_: "UTC"),
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
        "level": _always(lambda _, names: names.level),
    },
    Selected: {"hosts": ALL, "checks": ALL},
    Totals: dict.fromkeys(
        ("fail", "warn", "pass_", "na", "unknown", "waived", "attested"), ALL
    ),
    Coverage: {"applicable": ALL, "evaluated": ALL, "share": ALL},
    Score: {"value": ALL, "cap": ALL, "without_waived": ALL},
    CheckInfo: {
        "id": _always(lambda value, names: names.checks[value]),
        "name": (_keep, _keep, _emptied),
        "family": (_keep, _keep, lambda value, _: _family(value)),
        "severity": ALL,
        "title": INSIDE,
        "requirements": INSIDE,
        # At R3 it would tell which check of its family it is.
        "sha256": (_keep, _keep, _emptied),
        "fleet": INSIDE,
    },
    HostInfo: {
        "name": _always(lambda value, names: names.hosts[value]),
        "group": (_keep, _keep, lambda value, names: names.group(value)),
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
        "program_sha256": (_keep, _emptied, _emptied),
    },
    FindingRecord: {
        "check": _always(lambda value, names: names.checks.get(value, REMOVED)),
        "host": _always(lambda value, names: names.hosts.get(value, REMOVED)),
        "subject": BELOW,
        "verdict": ALL,
        "severity": ALL,
        "partial": ALL,
        "waived": BELOW,
        "message": INSIDE,
        "values": _inside(_values),
        "evidence": _technical(_evidence),
        "reason": ALL,
        "group": _inside(lambda value, names: names.tie(value)),
        "more": ALL,
    },
    SubjectRecord: {"kind": INSIDE},
    ValueRecord: {"kind": ALL},
    ShownRecord: {"key": _technical(_key), "kind": ALL},
    EvidenceRecord: {
        "source": _technical(lambda value, names: names.source(value)),
        "status": ALL,
        "line": TECHNICAL,
        "values": _technical(_values),
    },
    WaivedRecord: {
        "owner": _technical(lambda value, names: names.person(value)),
        "accepted_by": _technical(lambda value, names: names.person(value)),
        "accepted_on": ALL,
        "until": ALL,
    },
    WaiverInfo: {
        "check": _always(lambda value, names: names.checks.get(value, REMOVED)),
        "hosts": _always(_hosts),
        "owner": _technical(lambda value, names: names.person(value)),
        "accepted_by": _technical(lambda value, names: names.person(value)),
        "accepted_on": ALL,
        "until": ALL,
        "state": ALL,
        "matched": ALL,
        "unused": ALL,
        "line": TECHNICAL,
    },
    AttestationInfo: {
        "subject": INSIDE,
        "hosts": _always(_hosts),
        "signed_by": _technical(lambda value, names: names.person(value)),
        "signed_on": ALL,
        "valid_until": ALL,
        "state": ALL,
        "matched": ALL,
        "contradicted": ALL,
        "fault": (_scrubbed_if_there, _removed_if_there, _removed_if_there),
        "line": TECHNICAL,
    },
    Sidecar: {
        "id": ALL,
        "severity": ALL,
        "requirements": INSIDE,
        "texts": _inside(_each),
        "severity_by_message": INSIDE,
        "attestation": INSIDE,
    },
    Texts: {
        "title": INSIDE,
        "why": INSIDE,
        "fix": TECHNICAL,
        "impact": INSIDE,
        "effort": INSIDE,
        "undo": (_keep, _emptied, _emptied),
        "verify": (_keep, _emptied, _emptied),
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
        for treatment in (_at(_declared(kind, field.name), level),)
    ]


def _declared(kind: type[Struct], name: str) -> Held | None:
    known = (FIELDS[base] for base in kind.__mro__ if base in FIELDS)
    return next((fields[name] for fields in known if name in fields), None)


def _at(held: Held | None, level: Level) -> Treatment | None:
    if held is None:
        return None
    return held[(Level.R1, Level.R2, Level.R3).index(level)]


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
