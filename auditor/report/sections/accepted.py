"""Risks that somebody accepted, and what people declare where no probe can see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from auditor.model.findings import Verdict
from auditor.model.run import FindingRecord, WaivedRecord
from auditor.report.sections.blocks import Proof, said
from auditor.report.text.sentences import Sentence
from auditor.report.view import View

#: Accepted risks that end this soon are named on the first page.
ENDING = timedelta(days=90)


class Accepted(Struct, frozen=True):
    """An accepted risk, with the verdict and the evidence that stay under it."""

    finding: FindingRecord
    waiver: WaivedRecord
    title: str
    sentence: Sentence
    proofs: tuple[Proof, ...]
    ends_soon: bool


class Declared(Struct, frozen=True):
    """What a person declares of something that no probe sees, for some hosts."""

    check: str
    title: str
    sentence: Sentence
    hosts: tuple[str, ...]


def accepted(view: View) -> list[Accepted]:
    """The accepted risks, the first to end first."""
    day = view.labels.local(view.run.run.as_of).date()
    found = [
        Accepted(
            finding,
            finding.waived,
            view.title(finding.check),
            view.speaker.sentence(finding),
            said(view, finding).proofs,
            _ends_soon(finding.waived.until, day),
        )
        for finding in _known(view)
        if finding.waived is not None
    ]
    return sorted(found, key=lambda one: (one.waiver.until, one.finding.check))


def _ends_soon(until: date, day: date) -> bool:
    return until - day <= ENDING


def declared(view: View) -> list[Declared]:
    """What is declared, check by check; the same words for many hosts once."""
    hosts: dict[tuple[str, Sentence], list[str]] = {}
    for finding in _known(view):
        if finding.verdict is Verdict.ATTESTED:
            statement = finding.check, view.speaker.sentence(finding)
            hosts.setdefault(statement, []).append(finding.host)
    return [
        Declared(check, view.title(check), sentence, tuple(dict.fromkeys(names)))
        for (check, sentence), names in hosts.items()
    ]


def _known(view: View) -> Iterable[FindingRecord]:
    return (finding for found in view.judged.findings.values() for finding in found)
