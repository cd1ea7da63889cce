"""Which findings a waiver names."""

from __future__ import annotations

from fnmatch import fnmatchcase

from auditor.model.findings import Verdict
from auditor.model.manifests import WaivedValue, Waiver
from auditor.model.run import FindingRecord

#: What can be accepted; an UNKNOWN never can.
WAIVABLE = (Verdict.FAIL, Verdict.WARN)


def names(waiver: Waiver, record: FindingRecord) -> bool:
    """Whether a waiver is about a FAIL or WARN, on whatever day.

    A subject is named by itself or as `kind:name`; every value that the waiver gives
    must be among those that it accepts.
    """
    return (
        record.verdict in WAIVABLE
        and waiver.check == record.check
        and waiver.covers(record.host)
        and _about(waiver, record)
    )


def _about(waiver: Waiver, record: FindingRecord) -> bool:
    subject = record.subject
    said = (subject.name, f"{subject.kind}:{subject.name}")
    return any(fnmatchcase(n, glob) for n in said for glob in waiver.subjects) and all(
        key in record.values and str(record.values[key].value) in _words(accepted)
        for key, accepted in (waiver.values or {}).items()
    )


def _words(accepted: WaivedValue) -> tuple[str, ...]:
    return tuple(map(str, accepted if isinstance(accepted, tuple) else (accepted,)))
