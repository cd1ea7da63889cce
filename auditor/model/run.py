"""The run file `auditor-run/1`: everything that was judged, for reports and programs.

Read and written by msgspec; unknown fields of a later version are skipped. Instants
are UTC, coverage shares go from 0 to 1. Documented in docs/run-schema.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from auditor.errors import SnapshotError
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.manifests import EntryState
from auditor.model.snapshot import HostState, Instant, Offset, in_our_days
from auditor.model.sources import Status, ValueKind

SCHEMA: Final = "auditor-run/1"
LANGUAGES = ("en", "fr")


class Bucket(StrEnum):
    """What a check came to on a host; each pair is in exactly one."""

    FAIL = "fail"
    WARN = "warn"
    PASS = "pass"
    NA = "na"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    ATTESTED = "attested"


_BUCKETS = {verdict: Bucket(verdict.value.lower()) for verdict in Verdict}

#: Gravest first: a check on a host takes the first that one of its findings has.
GRAVEST_FIRST = (
    Bucket.FAIL,
    Bucket.UNKNOWN,
    Bucket.WARN,
    Bucket.WAIVED,
    Bucket.ATTESTED,
    Bucket.PASS,
    Bucket.NA,
)


class Level(StrEnum):
    """To whom a run may be handed over; each holds less than the one before.

    R0 is for the audit team, R1 for the client's technicians, R2 for those who decide
    there, R3 for third parties.
    """

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"

    @property
    def commands(self) -> bool:
        """Whether commands may stand in what is handed over."""
        return self in (Level.R0, Level.R1)

    @property
    def names_checks(self) -> bool:
        """Whether it is told which check failed; else only of which family it is."""
        return self is not Level.R3


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """How many (check, host) pairs are in each bucket; adds up to checks x hosts."""

    fail: int = 0
    warn: int = 0
    pass_: int = msgspec.field(default=0, name="pass")
    na: int = 0
    unknown: int = 0
    waived: int = 0
    attested: int = 0

    def of(self, bucket: Bucket) -> int:
        """The number in one bucket."""
        name = "pass_" if bucket is Bucket.PASS else bucket.value
        count: int = getattr(self, name)
        return count


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The share of the applicable weight that was evaluated."""

    applicable: int = 0
    evaluated: int = 0
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Out of 100, a waived gap counted as one; `cap` is what it could be at most.

    The cap is 49 with a critical FAIL, 69 with a critical check that was not evaluated,
    else 100. `without_waived` leaves the waived checks out.
    """

    value: Annotated[int, msgspec.Meta(ge=0, le=100)]
    cap: Annotated[int, msgspec.Meta(ge=0, le=100)]
    without_waived: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """How many hosts and checks were chosen."""

    hosts: int
    checks: int


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Who audited what, when, with which rules, and what it came to.

    `inputs` are digests of what people declared, by file of the run's `inputs/`: two
    that are equal judge alike. `frameworks` are those that the engagement chose; none
    means all. `level` is what was removed from all of the run.
    """

    id: str
    client: str
    auditor: str
    language: str
    timezone: str = "UTC"
    started: Instant
    ended: Instant
    as_of: Instant
    tool: str
    rules_sha256: str
    profile: str
    profile_sha256: str
    inputs: dict[str, str] = {}
    frameworks: tuple[str, ...] = ()
    selected: Selected
    totals: Totals
    coverage: Coverage
    score: Score | None = None
    exit_code: int
    level: Level = Level.R0


class CheckInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One chosen check; `title` by language, `sha256` of its code and texts.

    `fleet`: it compares hosts, so that its verdicts depend on which were chosen.
    """

    id: str
    name: str
    family: str
    severity: Severity
    title: dict[str, str]
    requirements: tuple[str, ...] = ()
    sha256: str = ""
    fleet: bool = False


class HostInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One chosen host, also one that was never reached."""

    name: str
    group: str | None = None
    roles: tuple[str, ...] = ()
    zone: str = "private"
    address: str = ""
    state: HostState
    reason: Reason | None = None
    detail: str | None = None
    privilege: str = ""
    coverage: Coverage = Coverage()
    score: Score | None = None
    started: Instant | None = None
    clock_offset: Offset | None = None
    program_sha256: str = ""


class SubjectRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The stable thing judged."""

    kind: str
    name: str


class ValueRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A value inside a message."""

    kind: ValueKind
    value: str | int


class ShownRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A value inside evidence; `key` may be empty."""

    key: str = ""
    kind: ValueKind
    value: str


class EvidenceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was read where; `text` is made of `values`, `line` counts from 1."""

    source: str
    status: Status
    line: int | None = None
    text: str
    values: tuple[ShownRecord, ...] = ()


class WaivedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The valid waiver that covers a FAIL or WARN; the last day is inclusive."""

    reason: str
    owner: str
    accepted_by: str
    accepted_on: date
    until: date


class FindingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict; its identity over time is (check, host, subject)."""

    check: str
    host: str
    subject: SubjectRecord
    verdict: Verdict
    severity: Severity
    partial: bool = False
    waived: WaivedRecord | None = None
    message: str = ""
    values: dict[str, ValueRecord] = {}
    evidence: tuple[EvidenceRecord, ...] = ()
    reason: Reason | None = None
    detail: str | None = None
    group: str | None = None
    more: int | None = None

    @property
    def bucket(self) -> Bucket:
        """The bucket of this finding alone."""
        if self.waived is not None and self.verdict in (Verdict.FAIL, Verdict.WARN):
            return Bucket.WAIVED
        return _BUCKETS[self.verdict]


class WaiverInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A waiver whose check and some of whose hosts were in this run.

    `hosts` are these hosts of the run. `matched` counts the FAIL and WARN that it
    names, also when it is expired or does not count yet. It is `unused` when it
    counts, its check was evaluated on all of its hosts, and it names no finding.
    """

    check: str
    hosts: tuple[str, ...]
    subjects: tuple[str, ...]
    reason: str
    owner: str
    accepted_by: str
    accepted_on: date
    until: date
    state: EntryState
    matched: int = 0
    unused: bool = False
    line: int = 0


class AttestationInfo(msgspec.Struct, frozen=True, kw_only=True):
    """An attestation that speaks of some host of this run.

    `hosts` are these hosts. `matched` counts the findings that rest on it,
    `contradicted` those in which the host shows the contrary; `fault` says why its
    document is not the one that was signed, so that it does not count.
    """

    subject: str
    hosts: tuple[str, ...]
    signed_by: str
    signed_on: date
    valid_until: date
    state: EntryState
    matched: int = 0
    contradicted: int = 0
    fault: str | None = None
    line: int = 0


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run; `groups` gives the title of each laboratory that has one."""

    schema: Literal["auditor-run/1"] = SCHEMA
    run: RunInfo
    groups: dict[str, str] = {}
    checks: tuple[CheckInfo, ...]
    hosts: tuple[HostInfo, ...]
    findings: tuple[FindingRecord, ...]
    waivers: tuple[WaiverInfo, ...] = ()
    attestations: tuple[AttestationInfo, ...] = ()


class _Head(msgspec.Struct):
    schema: str


def bucket_of(findings: Iterable[FindingRecord]) -> Bucket:
    """What the findings of one check on one host come to: the gravest.

    Without any finding it is `unknown`: nothing was said, so nothing is known.
    """
    found = {finding.bucket for finding in findings}
    return next((b for b in GRAVEST_FIRST if b in found), Bucket.UNKNOWN)


def encode_run(run: Run) -> bytes:
    """The run as the JSON of a file, one line."""
    return msgspec.json.encode(run) + b"\n"


def decode_run(data: bytes, name: str) -> Run:
    """Read a run file; raises SnapshotError naming `name` and what is wrong."""
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.schema != SCHEMA:
            raise SnapshotError(f"{name}: schema {head.schema!r}, expected {SCHEMA!r}")
        run = msgspec.json.decode(data, type=Run)
    # RecursionError: nested deeper than any file of ours.
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{name}: not a run file: {error}") from error
    wrong = _wrong(run)
    if wrong:
        raise SnapshotError(f"{name}: not a run file: {wrong}")
    return run


def _wrong(run: Run) -> str:
    """What types can't refuse, but no report can be made of; empty when all is well."""
    info = run.run
    if info.language not in LANGUAGES:
        return f"no language {info.language!r}"
    try:
        ZoneInfo(info.timezone)
    except (KeyError, OSError, ValueError):
        return f"no time zone {info.timezone!r}"
    begun = (host.started for host in run.hosts if host.started is not None)
    if not in_our_days(info.started, info.ended, info.as_of, *begun):
        return "its instants are out of range"
    return ""
