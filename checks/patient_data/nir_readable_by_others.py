"""Files with numbers of NIR form can be read by every account."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from auditor.facts.patient_data import PatientData, PatientFile
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
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind


@check
def nir_readable_by_others(data: PatientData, profile: Profile) -> Iterator[Finding]:
    """One finding a folder that others can read, as grave as its gravest file."""
    files = sorted((f for f in data.files if f.open), key=lambda file: file.folder)
    found = [
        finding
        for folder, group in groupby(files, key=lambda file: file.folder)
        for finding in judged(folder, list(group), profile)
    ]
    yield from found
    if not found:
        yield PASS(WHOLE_HOST, "none")


def judged(
    folder: str, files: list[PatientFile], profile: Profile
) -> Iterator[Finding]:
    """What the readable files of one folder hold, if anything."""
    subject = Subject("directory", folder)
    for amount, make in (("many", FAIL), ("few", WARN), ("test", PASS)):
        chosen = [file for file in files if file.numbers(profile) == amount]
        if chosen:
            chosen.sort(key=lambda file: -file.distinct)
            yield make(
                subject,
                amount,
                *(Evidence(file.read) for file in chosen[:3]),
                count=Value(ValueKind.COUNT, len(chosen)),
                numbers=Value(ValueKind.COUNT, chosen[0].distinct),
            )
            return
