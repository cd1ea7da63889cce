"""The parts of OSCAL 1.2 assessment results that a run is written as.

Names, order and what is required are those of NIST's JSON schema; an empty field is
left out, since OSCAL allows no empty array or text. Titles and descriptions are
Markdown there, so whatever goes into them comes through `markup`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

from auditor.report.text.markdown import escape

#: The version whose shapes these are; 1.2.3 has the same.
OSCAL_VERSION = "1.2.1"

#: The namespace of our own properties, facets and identifiers.
NS = "urn:auditor:oscal:1"

#: Dates are local and the last day counts.
MORNING = time(0, 0, 0)
MIDNIGHT = time(23, 59, 59)

Instant = Annotated[datetime, Meta(tz=True)]

_NO_TOKEN = re.compile(r"[^a-z0-9._]+")


class Part(Struct, frozen=True, kw_only=True, rename="kebab", omit_defaults=True):
    """Any object of OSCAL."""


class Prop(Part, frozen=True, kw_only=True):
    """A property: a name of OSCAL's, or one of ours when `ns` is given."""

    name: str
    ns: str | None = None
    value: str
    class_: str | None = field(default=None, name="class")
    remarks: str | None = None


Props = tuple[Prop, ...]


class Role(Part, frozen=True, kw_only=True):
    id: str
    title: str


class Party(Part, frozen=True, kw_only=True):
    uuid: str
    type: str
    name: str


class ResponsibleParty(Part, frozen=True, kw_only=True):
    role_id: str
    party_uuids: tuple[str, ...]


class Metadata(Part, frozen=True, kw_only=True):
    title: str
    last_modified: Instant
    version: str
    oscal_version: str
    props: Props = ()
    roles: tuple[Role, ...] = ()
    parties: tuple[Party, ...] = ()
    responsible_parties: tuple[ResponsibleParty, ...] = ()


class ImportAp(Part, frozen=True, kw_only=True):
    href: str
    remarks: str | None = None


class ControlId(Part, frozen=True, kw_only=True):
    control_id: str


class Selection(Part, frozen=True, kw_only=True):
    description: str | None = None
    props: Props = ()
    include_controls: tuple[ControlId, ...]


class ReviewedControls(Part, frozen=True, kw_only=True):
    description: str | None = None
    control_selections: tuple[Selection, ...]


class Activity(Part, frozen=True, kw_only=True):
    """A check: what it looks at, and the controls it is mapped to."""

    uuid: str
    title: str
    description: str
    props: Props = ()
    related_controls: ReviewedControls | None = None


class Activities(Part, frozen=True, kw_only=True):
    activities: tuple[Activity, ...] = ()


class Status(Part, frozen=True, kw_only=True):
    state: str
    reason: str | None = None
    remarks: str | None = None


class Component(Part, frozen=True, kw_only=True):
    uuid: str
    type: str
    title: str
    description: str
    props: Props = ()
    status: Status


class UsesComponent(Part, frozen=True, kw_only=True):
    component_uuid: str


class Platform(Part, frozen=True, kw_only=True):
    uuid: str
    title: str
    uses_components: tuple[UsesComponent, ...]


class Assets(Part, frozen=True, kw_only=True):
    components: tuple[Component, ...]
    assessment_platforms: tuple[Platform, ...]


class InventoryItem(Part, frozen=True, kw_only=True):
    """A host."""

    uuid: str
    description: str
    props: Props = ()


class LocalDefinitions(Part, frozen=True, kw_only=True):
    inventory_items: tuple[InventoryItem, ...] = ()
    assessment_assets: Assets


class Actor(Part, frozen=True, kw_only=True):
    type: str
    actor_uuid: str


class Origin(Part, frozen=True, kw_only=True):
    actors: tuple[Actor, ...]


class SubjectReference(Part, frozen=True, kw_only=True):
    subject_uuid: str
    type: str


class Evidence(Part, frozen=True, kw_only=True):
    description: str
    props: Props = ()


class Observation(Part, frozen=True, kw_only=True):
    """A finding of ours: what was seen of one subject on one host."""

    uuid: str
    title: str
    description: str
    props: Props = ()
    methods: tuple[str, ...]
    types: tuple[str, ...]
    origins: tuple[Origin, ...]
    subjects: tuple[SubjectReference, ...]
    relevant_evidence: tuple[Evidence, ...] = ()
    collected: Instant


class RelatedObservation(Part, frozen=True, kw_only=True):
    observation_uuid: str


class RelatedRisk(Part, frozen=True, kw_only=True):
    risk_uuid: str


class Facet(Part, frozen=True, kw_only=True):
    name: str
    system: str
    value: str


class Characterization(Part, frozen=True, kw_only=True):
    origin: Origin
    facets: tuple[Facet, ...]


class Remediation(Part, frozen=True, kw_only=True):
    uuid: str
    lifecycle: str
    title: str
    description: str
    props: Props = ()


class LogEntry(Part, frozen=True, kw_only=True):
    uuid: str
    title: str
    description: str
    start: Instant
    props: Props = ()
    status_change: str


class RiskLog(Part, frozen=True, kw_only=True):
    entries: tuple[LogEntry, ...]


class Risk(Part, frozen=True, kw_only=True):
    """What is open, or accepted, of a check on a host."""

    uuid: str
    title: str
    description: str
    statement: str
    props: Props = ()
    status: str
    characterizations: tuple[Characterization, ...]
    deadline: Instant | None = None
    remediations: tuple[Remediation, ...] = ()
    risk_log: RiskLog | None = None
    related_observations: tuple[RelatedObservation, ...] = ()


class Implementation(Part, frozen=True, kw_only=True):
    state: str


class Target(Part, frozen=True, kw_only=True):
    type: str
    target_id: str
    status: Status
    implementation_status: Implementation | None = None


class Finding(Part, frozen=True, kw_only=True):
    """What a check came to on a host."""

    uuid: str
    title: str
    description: str
    props: Props = ()
    target: Target
    related_observations: tuple[RelatedObservation, ...] = ()
    related_risks: tuple[RelatedRisk, ...] = ()


class Result(Part, frozen=True, kw_only=True):
    """The run."""

    uuid: str
    title: str
    description: str
    start: Instant
    end: Instant
    props: Props = ()
    local_definitions: LocalDefinitions
    reviewed_controls: ReviewedControls
    observations: tuple[Observation, ...] = ()
    risks: tuple[Risk, ...] = ()
    findings: tuple[Finding, ...] = ()


class Base64(Part, frozen=True, kw_only=True):
    filename: str
    media_type: str
    value: str


class Resource(Part, frozen=True, kw_only=True):
    uuid: str
    title: str
    description: str
    base64: Base64


class BackMatter(Part, frozen=True, kw_only=True):
    resources: tuple[Resource, ...]


class AssessmentResults(Part, frozen=True, kw_only=True):
    uuid: str
    metadata: Metadata
    import_ap: ImportAp
    local_definitions: Activities | None = None
    results: tuple[Result, ...]
    back_matter: BackMatter


class Document(Part, frozen=True, kw_only=True):
    assessment_results: AssessmentResults


def identifier(*names: str) -> str:
    """A UUID of version 5: the same for the same names, in every rendering."""
    # A separator that `visible` leaves in no name, so that two never run together.
    return str(uuid5(NAMESPACE_URL, "\x1f".join((NS, *names))))


def token(text: str) -> str:
    """`gdpr:Art. 32(1)(b)` as `gdpr-art-32-1-b`: letters first, no other signs."""
    bare = _NO_TOKEN.sub("-", text.lower().replace(". ", " ")).strip("-.")
    return bare if bare[:1].isalpha() else f"_{bare}"


def markup(text: str) -> str:
    """The text in a title or description, nothing in it active, never empty."""
    return escape(text) or "–"


def ours(**values: str | int | float | None) -> Props:
    """Our properties by name, `_` written `-`; those without a value are left out."""
    return tuple(
        Prop(name=name.replace("_", "-"), ns=NS, value=text)
        for name, value in values.items()
        if value is not None and (text := str(value).strip())
    )


def local_instant(day: date, clock: time, timezone: str) -> datetime:
    """A time of a local day, in UTC."""
    return datetime.combine(day, clock, ZoneInfo(timezone)).astimezone(UTC)
