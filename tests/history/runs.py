"""Small pairs of runs, and the steps between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.history.comparing import compare
from auditor.history.steps import Stage, Step, Steps, by_files
from auditor.model.changes import Carried, Cause, Changes, Kind
from auditor.model.findings import Reason, Verdict
from auditor.model.run import FindingRecord, Run
from tests.report.runs import check, finding, run
from tests.report.small import HOSTS, WAIVED, unread

#: Check, then its digest by version.
CHECKS = [check("ACC-001", sha256="a1" * 32), check("ENC-001", sha256="e1" * 32)]
OTHER_CODE = [check("ACC-001", sha256="a2" * 32), CHECKS[1]]

FAIL = finding("ACC-001", "a", Verdict.FAIL)
WARN = finding("ACC-001", "a", Verdict.WARN)
NA = finding("ACC-001", "a", Verdict.NA)
ACCEPTED = finding("ACC-001", "a", Verdict.FAIL, waived=WAIVED)
ATTESTED = finding("ACC-001", "a", Verdict.ATTESTED)
DENIED = unread("ACC-001", "a", Reason.DENIED)
CUT = unread("ACC-001", "a", Reason.TRUNCATED)
NOT_ASKED = unread("ACC-001", "a", Reason.NOT_COLLECTED_FOR)
EXPIRED = unread("ACC-001", "a", Reason.ATTESTATION_EXPIRED)


def of(*found: FindingRecord, **changed: Any) -> Run:
    """A run of two checks and the hosts a and b, in which all else passes."""
    return run(CHECKS, HOSTS, found, **changed)


def other_code(*found: FindingRecord) -> Run:
    """The same after the code of ACC-001 changed."""
    return run(OTHER_CODE, HOSTS, found, rules_sha256="00" * 32)


def between(before: Run, after: Run, carried: Iterable[Carried] = ()) -> Changes:
    """What two run files show."""
    return compare(by_files(before, after), carried)


def steps(before: Run, *stages: tuple[Step, Run]) -> Changes:
    """What a way through these stages shows."""
    return compare(Steps(before, tuple(Stage(*stage) for stage in stages)))


def told(changes: Changes) -> list[tuple[Kind, tuple[Cause, ...]]]:
    """Kind and causes of each change."""
    return [(one.kind, one.causes) for one in changes.changes]
