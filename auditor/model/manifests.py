"""What people declare: migrations, owners, services, attestations, waivers.

`Manifests` keeps the file of each kind apart from its entries, so that 'there is
no manifest' differs from 'the manifest has nothing about this host'. Dates are
local dates of the engagement's time zone and the last day counts.
Fields as in the project's regulatory notes: the instruction of a migration
(GDPR Art. 28(3)(a), 29), owners of accounts, attestations, waivers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Generic, Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

OwnerKind = Literal["person", "automaton", "transfer", "break-glass"]
ServiceKind = Literal[
    "hl7",
    "dicom",
    "astm",
    "hprim",
    "ftp",
    "sftp",
    "web",
    "db",
    "exchange",
    "admin",
    "lis",
]
Exposure = Literal["loopback", "internal", "peers", "public"]
Tls = Literal["none", "optional", "required", "mutual"]
AttestationSubject = Literal[
    "migration-procedure",
    "escalation-procedure",
    "alert-path-test",
    "patch-procedure",
    "storage-encryption",
    "network-filter",
    "disposal",
    "log-retention",
    "siem",
]
WaivedValue = str | int | float | bool | tuple[str, ...]

Entry = TypeVar("Entry")

#: So many days before its last one an entry is said to end.
ENDING_DAYS = 30


class EntryState(StrEnum):
    """What a waiver or an attestation is on a day; `ending` ones are valid too."""

    VALID = "valid"
    ENDING = "ending"
    EXPIRED = "expired"
    NOT_YET = "not_yet"


def state_between(first: date, last: date, day: date) -> EntryState:
    """The state on a day of what counts from `first` to `last`, both included."""
    if day < first:
        return EntryState.NOT_YET
    if day > last:
        return EntryState.EXPIRED
    ends = (last - day).days <= ENDING_DAYS
    return EntryState.ENDING if ends else EntryState.VALID


def matches(patterns: tuple[str, ...], host: str) -> bool:
    """Whether a shell pattern names the host; case does not count in names."""
    name = host.casefold()
    return any(fnmatchcase(name, pattern.casefold()) for pattern in patterns)


class Place(Struct, frozen=True):
    """Where an entry was written; `line` counts from 1."""

    file: str
    line: int


NOWHERE = Place("", 0)


class Dataset(Struct, frozen=True):
    """One kind of data that an instruction allows to move."""

    name: str
    patterns: tuple[str, ...] = ()
    table: str | None = None
    allowed_fields: tuple[str, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] | None = None
    site_field: str | None = None
    date_field: str | None = None


class WorkCopy(Struct, frozen=True):
    """A copy made during a migration; its host need not be in the inventory."""

    host: str
    path: str


class MigrationRecord(Struct, frozen=True):
    """What is filled in when a migration ends (check MIG-013)."""

    counts_source: int | None = None
    counts_target: int | None = None
    counts_reason: str | None = None
    counts_checked_by: str | None = None
    transfer_encrypted: bool | None = None
    work_copies: tuple[WorkCopy, ...] = ()
    access_list: tuple[str, ...] = ()
    erased_on: date | None = None
    erased_by: str | None = None
    erasure_method: str | None = None


class Migration(Struct, frozen=True):
    """The controller's instruction for one migration, and its record.

    `found` is the SHA-256 of its document as it is, or why there is none; None where
    nobody looked.
    """

    id: str
    signed_by: str
    signed_on: date
    controller: str | None = None
    processor: str | None = None
    purpose: str | None = None
    source_host: str | None = None
    target_host: str | None = None
    work_paths: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    max_rows: int | None = None
    max_persons: int | None = None
    started_on: date | None = None
    ended_on: date | None = None
    erase_by: date | None = None
    erase_job: str | None = None
    document: str | None = None
    sha256: str | None = None
    dataset: tuple[Dataset, ...] = ()
    record: MigrationRecord | None = None
    place: Place = NOWHERE
    found: str | None = None

    @property
    def document_fault(self) -> str | None:
        """Why its document is not the one that was signed, with file and line."""
        return _document_fault(self)

    def concerns(self, host: str) -> bool:
        """Whether the host is its source, its target or held a work copy."""
        return self.has_end(host) or any(
            copy.host.casefold() == host.casefold() for copy in self.work_copies
        )

    def has_end(self, host: str) -> bool:
        """Whether the host is the source or the target."""
        ends = (self.source_host, self.target_host)
        return host.casefold() in {end.casefold() for end in ends if end}

    @property
    def work_copies(self) -> tuple[WorkCopy, ...]:
        """The copies that the record names; none without a record."""
        return self.record.work_copies if self.record else ()

    def paths_on(self, host: str) -> tuple[str, ...]:
        """Where this migration's data may lie on the host, each path once."""
        paths = list(self.work_paths) if self.has_end(host) else []
        paths += [
            copy.path
            for copy in self.work_copies
            if copy.host.casefold() == host.casefold()
        ]
        return tuple(dict.fromkeys(paths))

    @property
    def patterns(self) -> tuple[str, ...]:
        """The file patterns of all its data sets, each once."""
        found = [name for dataset in self.dataset for name in dataset.patterns]
        return tuple(dict.fromkeys(found))

    def ended_before(self, day: date) -> bool:
        """Whether its last day lies before `day`."""
        return self.ended_on is not None and self.ended_on < day

    def erase_overdue_on(self, day: date) -> bool:
        """Whether the erase date has passed; the day itself is still in time."""
        return self.erase_by is not None and day > self.erase_by


class Owner(Struct, frozen=True):
    """Whom an account belongs to; several `owners` of a person are a failing."""

    account: str
    hosts: tuple[str, ...]
    owners: tuple[str, ...]
    kind: OwnerKind
    responsible: str | None = None
    keys: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    expires: date | None = None
    review_by: date | None = None
    place: Place = NOWHERE

    def covers(self, host: str) -> bool:
        """Whether the entry speaks of this host."""
        return matches(self.hosts, host)

    def expired_on(self, day: date) -> bool:
        """Whether the entry no longer counts on `day`."""
        return self.expires is not None and day > self.expires

    def review_overdue_days(self, day: date) -> int:
        """Days since `review_by`; 0 when in time or without such a date."""
        return max(0, (day - self.review_by).days) if self.review_by else 0


class Service(Struct, frozen=True):
    """A service that the client declares on a host."""

    host: str
    name: str
    protocol: Literal["tcp", "udp"] = "tcp"
    port: int | None = None
    process: str | None = None
    kind: ServiceKind | None = None
    exposure: Exposure | None = None
    peers: tuple[str, ...] = ()
    tls: Tls | None = None
    paths: tuple[str, ...] = ()
    retention_days: int | None = None
    personal_data: bool | None = None
    product: str | None = None
    version: str | None = None
    vendor_support_until: date | None = None
    last_vendor_patch: date | None = None
    owner: str | None = None
    review_by: date | None = None
    place: Place = NOWHERE


class Attestation(Struct, frozen=True):
    """A statement that a person signed about what no probe can see.

    `found` is the SHA-256 of its document as it is, or why there is none; None where
    nobody looked. With another than the signed one it counts on no day.
    """

    subject: AttestationSubject
    scope: tuple[str, ...]
    statement: str
    signed_by: str
    signed_on: date
    valid_until: date
    role: str | None = None
    answers: Mapping[str, bool] | None = None
    document: str | None = None
    sha256: str | None = None
    place: Place = NOWHERE
    found: str | None = None

    def covers(self, host: str) -> bool:
        """Whether the entry speaks of this host."""
        return matches(self.scope, host)

    def valid_on(self, day: date) -> bool:
        """Whether it was signed by `day` and still counts, last day included."""
        in_time = self.signed_on <= day <= self.valid_until
        return in_time and self.document_fault is None

    @property
    def document_fault(self) -> str | None:
        """Why its document is not the one that was signed, with file and line."""
        return _document_fault(self)

    def expired_on(self, day: date) -> bool:
        """Whether `valid_until` has passed."""
        return day > self.valid_until


def _document_fault(entry: Migration | Attestation) -> str | None:
    if entry.sha256 is None or entry.found in (None, entry.sha256):
        return None
    where = f"{entry.place.file}:{entry.place.line}: {entry.document}"
    if len(entry.found or "") == len(entry.sha256):
        return f"{where} is not the document that was signed: its sha256 differs"
    return f"{where}: {entry.found}"


class Waiver(Struct, frozen=True):
    """A finding that somebody accepted, for a time and for a reason."""

    check: str
    hosts: tuple[str, ...]
    subjects: tuple[str, ...]
    reason: str
    owner: str
    accepted_by: str
    accepted_on: date
    until: date
    compensating: str | None = None
    values: Mapping[str, WaivedValue] | None = None
    place: Place = NOWHERE

    def covers(self, host: str) -> bool:
        """Whether the entry speaks of this host."""
        return matches(self.hosts, host)

    def valid_on(self, day: date) -> bool:
        """Whether it was accepted by `day` and still counts, last day included."""
        return self.accepted_on <= day <= self.until

    def expired_on(self, day: date) -> bool:
        """Whether `until` has passed."""
        return day > self.until


class Manifest(Struct, Generic[Entry], frozen=True):
    """The entries of one kind; `file` is None when there is no such file."""

    file: str | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the client has such a manifest, be it empty."""
        return self.file is not None


class Owners(Manifest[Owner], frozen=True):
    """All owners of all hosts, for checks that look at the fleet."""

    def of(self, account: str, host: str) -> tuple[Owner, ...]:
        """The entries about an account of a host."""
        return tuple(
            entry
            for entry in self.entries
            if entry.account == account and entry.covers(host)
        )


class Manifests(Struct, frozen=True):
    """The five manifests of a client, whole or cut to one host.

    `timezone` is the one that the dates are local to; `Audit.date` is the day to
    compare them with.
    """

    timezone: str = "Europe/Paris"
    migrations: Manifest[Migration] = Manifest()
    owners: Owners = Owners()
    services: Manifest[Service] = Manifest()
    attestations: Manifest[Attestation] = Manifest()
    waivers: Manifest[Waiver] = Manifest()

    def for_host(self, name: str) -> Manifests:
        """The entries that concern one host; which files exist stays."""
        return replace(
            self,
            migrations=_kept(self.migrations, lambda entry: entry.concerns(name)),
            owners=replace(
                self.owners,
                entries=tuple(o for o in self.owners.entries if o.covers(name)),
            ),
            services=_kept(
                self.services, lambda entry: entry.host.casefold() == name.casefold()
            ),
            attestations=_kept(self.attestations, lambda entry: entry.covers(name)),
            waivers=_kept(self.waivers, lambda entry: entry.covers(name)),
        )


def _kept(
    manifest: Manifest[Entry], wanted: Callable[[Entry], bool]
) -> Manifest[Entry]:
    return replace(manifest, entries=tuple(e for e in manifest.entries if wanted(e)))
