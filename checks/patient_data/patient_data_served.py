"""Personal or health data lie in a folder that a server hands out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from auditor.facts.declared import declared
from auditor.facts.file_tree import FileTree
from auditor.facts.patient_data import PatientData, PatientFile
from auditor.facts.served_roots import ServedRoot, ServedRoots
from auditor.facts.walking import is_below
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.manifests import Manifests, Service
from auditor.model.profile import Profile
from auditor.model.sources import Source, ValueKind

DAY = 86_400


@check
def patient_data_served(
    data: PatientData,
    tree: FileTree,
    served: ServedRoots,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """One finding a folder below a served root that holds something."""
    for server in served.unknown:
        proof = Evidence(server.read)
        yield UNKNOWN(Subject("service", server.service), server.reason, proof)
    rests = (*tree.over(served.paths), *data.over(served.paths))
    ordered = sorted(data.files, key=lambda file: file.folder)
    found: list[Finding] = []
    for folder, group in groupby(ordered, key=lambda file: file.folder):
        root = served.of(f"{folder}/", tree.links)
        if root is not None:
            holding = Holding(folder, tuple(group), root, rests)
            service = declaring(folder, manifests)
            if service is None:
                found += judged(holding, profile)
            else:
                found += kept(holding, service, profile, audit)
    yield from found
    if not found and not served.roots and not served.unknown:
        yield NA(WHOLE_HOST, "no_root", *served.absence)
    elif not found and served.roots:
        yield PASS(WHOLE_HOST, "none", rests_on=rests)


class Holding(Struct, frozen=True):
    """A served folder and its files with counts."""

    folder: str
    files: tuple[PatientFile, ...]
    root: ServedRoot
    rests: tuple[Source, ...]

    @property
    def subject(self) -> Subject:
        """The folder, never a file."""
        return Subject("directory", self.folder)

    def files_of(self, profile: Profile, *amounts: str) -> list[PatientFile]:
        """The files whose numbers or messages come to one of the amounts."""
        found = [file for file in self.files if amount(file, profile) in amounts]
        return sorted(found, key=lambda file: (-file.distinct, -file.messages))


def amount(file: PatientFile, profile: Profile) -> str:
    """`many`, `few`, `test` or `none`, messages counted as numbers are."""
    if file.real_messages:
        return "many"
    numbers = file.numbers(profile)
    return "few" if numbers in ("test", "none") and file.messages else numbers


def judged(holding: Holding, profile: Profile) -> Iterator[Finding]:
    """A folder that no manifest declares."""
    root, subject = holding.root, holding.subject
    many = holding.files_of(profile, "many")
    opened = [file for file in many if root.lets_read(file)]
    few, test = holding.files_of(profile, "few"), holding.files_of(profile, "test")
    rests, proof, also = holding.rests, root.proof, root.also
    if opened and root.live:
        yield counted(
            FAIL(subject, "data", *shown(opened), *proof, also=also, rests_on=rests),
            opened,
        )
    elif opened:
        message = "usual_place" if root.reached is None else "not_running"
        yield counted(
            WARN(subject, message, *shown(opened), *proof, also=also, rests_on=rests),
            opened,
        )
    elif many:
        yield counted(
            WARN(subject, "closed", *shown(many), *proof, also=also, rests_on=rests),
            many,
        )
    elif few:
        yield counted(
            WARN(subject, "few", *shown(few), *proof, also=also, rests_on=rests), few
        )
    elif test:
        yield PASS(subject, "test", *shown(test), rests_on=rests)


def kept(
    holding: Holding, service: Service, profile: Profile, audit: Audit
) -> Iterator[Finding]:
    """A folder that a manifest declares with its owner and how long data stay."""
    days = service.retention_days or 0
    limit = audit.instant.timestamp() - days * DAY
    held = holding.files_of(profile, "many", "few")
    old = [file for file in held if file.mtime < limit]
    entry = declared(service.place, days, key="retention_days", kind=ValueKind.DURATION)
    subject, said, rests = holding.subject, Evidence(entry), holding.rests
    if old:
        kept_for = Value(ValueKind.DURATION, days)
        also = holding.root.also
        proof = (*shown(old), said)
        yield counted(
            WARN(subject, "too_long", *proof, also=also, rests_on=rests, days=kept_for),
            old,
        )
    elif held:
        yield PASS(subject, "declared", said, rests_on=rests)


def declaring(folder: str, manifests: Manifests) -> Service | None:
    """The service that the client declares for a folder, owner and retention given."""
    for service in manifests.services.entries:
        complete = service.personal_data and service.owner and service.retention_days
        if complete and any(is_below(folder, path) for path in service.paths):
            return service
    return None


def shown(files: list[PatientFile]) -> list[Evidence]:
    """The first few as evidence."""
    return [Evidence(file.read) for file in files[:3]]


def counted(finding: Finding, files: list[PatientFile]) -> Finding:
    """How many files; numbers of the one that has most, and all messages."""
    values = {
        "count": Value(ValueKind.COUNT, len(files)),
        "numbers": Value(ValueKind.COUNT, max(file.distinct for file in files)),
        "messages": Value(ValueKind.COUNT, sum(file.messages for file in files)),
    }
    return replace(finding, values={**finding.values, **values})
