"""What waivers and attestations came to in a run, beside what they did to findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct, field, structs

from auditor.model.manifests import Attestation, Manifests, Waiver, state_between
from auditor.model.run import (
    AttestationInfo,
    Bucket,
    FindingRecord,
    WaivedRecord,
    WaiverInfo,
)
from auditor.model.waiving import names

#: The message of a finding in which a host shows the contrary of what is attested.
CONTRADICTED = "contradicted"


class Declared(Struct):
    """Counts that grow with every finding: by waiver, and by an attestation's line.

    They are taken before findings past the limit of a check and host are dropped.
    """

    _matched: Counter[int] = field(default_factory=Counter)
    _rested: Counter[tuple[int, bool]] = field(default_factory=Counter)

    def marked(
        self, record: FindingRecord, manifests: Manifests, day: date
    ) -> FindingRecord:
        """The finding, with the mark of the first valid waiver that names it."""
        self._count(record, manifests)
        for at, waiver in enumerate(manifests.waivers.entries):
            if names(waiver, record):
                self._matched[at] += 1
                if record.waived is None and waiver.valid_on(day):
                    record = structs.replace(record, waived=_mark(waiver))
        return record

    def _count(self, record: FindingRecord, manifests: Manifests) -> None:
        file = manifests.attestations.file
        lines = {e.line for e in record.evidence if file and e.source == file}
        against = record.message == CONTRADICTED
        self._rested.update((line, against) for line in lines if line is not None)

    def waivers(
        self,
        manifests: Manifests,
        hosts: Iterable[str],
        buckets: Mapping[tuple[str, str], Bucket],
        day: date,
    ) -> tuple[WaiverInfo, ...]:
        """Those whose check and some of whose hosts were in the run."""
        found, known = [], tuple(hosts)
        for at, waiver in enumerate(manifests.waivers.entries):
            asked = ((waiver.check, host) for host in known if waiver.covers(host))
            pairs = {pair: buckets[pair] for pair in asked if pair in buckets}
            if pairs:
                seen = Bucket.UNKNOWN not in pairs.values()
                covered = tuple(host for _, host in pairs)
                matched = self._matched[at]
                found.append(_waiver(waiver, covered, matched, day, seen=seen))
        return tuple(found)

    def attestations(
        self, manifests: Manifests, hosts: Iterable[str], day: date
    ) -> tuple[AttestationInfo, ...]:
        """Those that speak of some host of the run."""
        found, known = [], tuple(hosts)
        for entry in manifests.attestations.entries:
            covered = tuple(host for host in known if entry.covers(host))
            if covered:
                found.append(self._attestation(entry, covered, day))
        return tuple(found)

    def _attestation(
        self, entry: Attestation, hosts: tuple[str, ...], day: date
    ) -> AttestationInfo:
        against = self._rested[entry.place.line, True]
        return AttestationInfo(
            subject=entry.subject,
            hosts=hosts,
            signed_by=entry.signed_by,
            signed_on=entry.signed_on,
            valid_until=entry.valid_until,
            state=state_between(entry.signed_on, entry.valid_until, day),
            matched=against + self._rested[entry.place.line, False],
            contradicted=against,
            fault=entry.document_fault,
            line=entry.place.line,
        )


def _waiver(
    waiver: Waiver, hosts: tuple[str, ...], matched: int, day: date, *, seen: bool
) -> WaiverInfo:
    return WaiverInfo(
        check=waiver.check,
        hosts=hosts,
        subjects=waiver.subjects,
        reason=waiver.reason,
        owner=waiver.owner,
        accepted_by=waiver.accepted_by,
        accepted_on=waiver.accepted_on,
        until=waiver.until,
        state=state_between(waiver.accepted_on, waiver.until, day),
        matched=matched,
        unused=seen and not matched and waiver.valid_on(day),
        line=waiver.place.line,
    )


def _mark(waiver: Waiver) -> WaivedRecord:
    return WaivedRecord(
        reason=waiver.reason,
        owner=waiver.owner,
        accepted_by=waiver.accepted_by,
        accepted_on=waiver.accepted_on,
        until=waiver.until,
    )
