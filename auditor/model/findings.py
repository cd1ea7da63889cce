"""What a check says: a verdict about a subject, with evidence and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from msgspec import Struct, field

from auditor.model.sources import Read, Source, ValueKind


class Verdict(StrEnum):
    """What is said of one subject; *waived* is a mark, not a verdict."""

    FAIL = "FAIL"
    WARN = "WARN"
    PASS = "PASS"
    NA = "NA"
    UNKNOWN = "UNKNOWN"
    ATTESTED = "ATTESTED"


class Severity(StrEnum):
    """How much a FAIL weighs."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def weight(self) -> int:
        """The weight in coverage."""
        return {"critical": 10, "high": 5, "medium": 2, "low": 1}[self.value]


class Reason(StrEnum):
    """Why a finding is UNKNOWN: the closed list."""

    UNREACHABLE = "unreachable"
    HOST_KEY = "host_key"
    PROTOCOL = "protocol"
    LOGIN_REFUSED = "login_refused"
    SUDO_REFUSED = "sudo_refused"
    LIMIT = "limit"
    INTERRUPTED = "interrupted"
    DENIED = "denied"
    NO_TOOL = "no_tool"
    TIMED_OUT = "timed_out"
    TRUNCATED = "truncated"
    UNPARSABLE = "unparsable"
    MISSING = "missing"
    NOT_COLLECTED_FOR = "not_collected_for"
    OS_NOT_COVERED = "os_not_covered"
    LOG_SPAN_TOO_SHORT = "log_span_too_short"
    FIRST_AUDIT = "first_audit"
    NO_REFERENCE_DATA = "no_reference_data"
    OUTSIDE_VIEW_NOT_RUN = "outside_view_not_run"
    ATTESTATION_MISSING = "attestation_missing"
    ATTESTATION_EXPIRED = "attestation_expired"
    CHECK_ERROR = "check_error"


class Subject(Struct, frozen=True):
    """The stable thing judged: an account, a service instance, a directory …"""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


#: The subject of whatever is said of a whole check on a host.
WHOLE_HOST = Subject("host", "")


class Value(Struct, frozen=True):
    """A value inside a message."""

    kind: ValueKind
    value: str | int


class Evidence(Struct, frozen=True):
    """What was read; a bare value is refused, so that its source is always known."""

    read: Read[Any]

    def __post_init__(self) -> None:
        if not isinstance(self.read, Read):
            raise TypeError("evidence is made of a Read, which names its source")

    @property
    def text(self) -> str:
        """The values as one line."""
        return " ".join(str(shown) for shown in self.read.shows)


class Finding(Struct, frozen=True):
    """What a check yields for one subject; the engine adds check and host.

    `rests_on` narrows within the facts of the sources that it names, `without` leaves
    whole facts out, `also` widens a FAIL or WARN by sources that could contradict it.
    """

    verdict: Verdict
    subject: Subject
    message: str
    evidence: tuple[Evidence, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    rests_on: tuple[Source, ...] = ()
    also: tuple[Source, ...] = ()
    without: tuple[type, ...] = ()
    on: str | None = None
    group: str | None = None
    reason: Reason | None = None
    detail: str | None = None


def _made(
    verdict: Verdict,
    subject: Subject,
    message: str,
    *evidence: Evidence,
    rests_on: Iterable[Source] = (),
    also: Iterable[Source] = (),
    without: Iterable[type] = (),
    on: str | None = None,
    group: str | None = None,
    **values: Value | str | int,
) -> Finding:
    return Finding(
        verdict,
        subject,
        message,
        evidence,
        {key: _value(key, value) for key, value in values.items()},
        tuple(rests_on),
        tuple(also),
        tuple(without),
        on,
        group,
    )


def _value(key: str, value: Value | str | int) -> Value:
    """A bare value is of the kind that its key names: `account="ftp"`."""
    return value if isinstance(value, Value) else Value(ValueKind(key), value)


FAIL = partial(_made, Verdict.FAIL)
WARN = partial(_made, Verdict.WARN)
PASS = partial(_made, Verdict.PASS)
NA = partial(_made, Verdict.NA)
ATTESTED = partial(_made, Verdict.ATTESTED)


def UNKNOWN(  # noqa: N802 - named as the verdict, like its siblings
    subject: Subject, reason: Reason, *evidence: Evidence, detail: str | None = None
) -> Finding:
    """What can't be told, and why; `detail` is for the technician."""
    return Finding(Verdict.UNKNOWN, subject, "", evidence, reason=reason, detail=detail)
