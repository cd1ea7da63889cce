"""HL7 v2 messages of patients can be read by every account, or are served."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msgspec.structs import replace

from auditor.facts.patient_data import PatientData, PatientFile
from auditor.facts.served_roots import ServedRoots
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.sources import ValueKind


@check
def hl7_readable(data: PatientData, served: ServedRoots) -> Iterator[Finding]:
    """One finding a folder, as grave as its gravest file."""
    files = sorted(
        (file for file in data.files if file.messages), key=lambda file: file.folder
    )
    found = [
        finding
        for folder, group in groupby(files, key=lambda file: file.folder)
        for finding in judged(folder, list(group), served)
    ]
    yield from found
    if not found:
        yield PASS(WHOLE_HOST, "none")


def judged(
    folder: str, files: list[PatientFile], served: ServedRoots
) -> Iterator[Finding]:
    """The messages of one folder, if others can get at them."""
    subject = Subject("directory", folder)
    root = served.of(f"{folder}/", ())
    live = root if root is not None and root.live else None
    handed = [file for file in files if live is not None and live.lets_read(file)]
    read = [file for file in files if file.open]
    if real(read):
        yield counted(FAIL(subject, "readable", *shown(real(read))), real(read))
    elif live is not None and real(handed):
        proof = (*shown(real(handed)), *live.proof)
        yield counted(FAIL(subject, "served", *proof, also=live.also), real(handed))
    elif read:
        yield counted(WARN(subject, "trials", *shown(read)), read)


def real(files: list[PatientFile]) -> list[PatientFile]:
    """Those with messages of patients, the most first."""
    found = [file for file in files if file.real_messages]
    return sorted(found, key=lambda file: -file.messages)


def shown(files: list[PatientFile]) -> list[Evidence]:
    """The first few as evidence."""
    return [Evidence(file.read) for file in files[:3]]


def counted(finding: Finding, files: list[PatientFile]) -> Finding:
    """How many files and messages."""
    values = {
        "count": Value(ValueKind.COUNT, len(files)),
        "messages": Value(ValueKind.COUNT, sum(file.messages for file in files)),
    }
    return replace(finding, values={**finding.values, **values})
