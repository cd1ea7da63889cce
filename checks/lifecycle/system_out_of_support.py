"""The operating system gets no more security updates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from auditor.facts.system import AptSources, OsRelease
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
    Value,
)
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

#: Freexian's paid extension of Debian's support.
EXTENSION = r"freexian\.com/extended-lts\S*"


@check
def system_out_of_support(
    release: OsRelease, apt: AptSources, profile: Profile, audit: Audit
) -> Iterator[Finding]:
    """Compares the version with the profile's ends of support."""
    subject = Subject("system", "operating system")
    name, version = release.fields.get("ID"), release.fields.get("VERSION_ID")
    if name is None or version is None:
        shown = [Evidence(read) for read in (name, version) if read is not None]
        yield UNKNOWN(subject, Reason.OS_NOT_COVERED, *shown)
        return
    shown = [Evidence(name), Evidence(version)]
    row = profile.end_of_life(name.value, version.value)
    if row is None:
        yield UNKNOWN(subject, Reason.NO_REFERENCE_DATA, *shown)
        return
    values: dict[str, Any] = {
        "system": Value(ValueKind.VERSION, f"{name.value} {version.value}"),
        "end": Value(ValueKind.TIME, row.end.isoformat()),
    }
    extension = apt.first(EXTENSION)
    soon = timedelta(days=float(profile.limits["eol_warn_days"]))
    if audit.date > row.end and extension is not None:
        yield WARN(subject, "extended", *shown, Evidence(extension), **values)
    elif audit.date > row.end:
        yield FAIL(subject, "ended", *shown, also=apt.sources, **values)
    elif audit.date > row.end - soon:
        yield WARN(subject, "ends_soon", *shown, **values)
    else:
        yield PASS(subject, "supported", *shown, without=[AptSources], **values)
