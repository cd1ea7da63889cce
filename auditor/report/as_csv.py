"""`-f csv`: one row a finding, for spreadsheets (RFC 4180; columns in docs/formats.md).

A check that said nothing on a host has a row too, so every (check, host) pair is
there, and the column `pair`, added up by `bucket`, gives the figures of the report.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator

from auditor.model.findings import Verdict
from auditor.model.run import EvidenceRecord, FindingRecord, WaivedRecord
from auditor.report.formats import Material
from auditor.report.text.sentences import plain
from auditor.report.view import View, view_of

#: Between the entries of a cell that holds several.
BETWEEN = " | "

#: Excel and LibreOffice hold no more characters in a cell; the rest spills over.
MOST_CHARACTERS = 32_767

#: A cell that begins so is worked out when the file is opened.
_STARTS_FORMULA = frozenset("=+-@\t\r\n")


#: The columns, in their order. `pair` is 1 in the first row of a (check, host) pair,
#: else 0, and `bucket` is the pair's; `read_at` is UTC. What has no value is empty.
COLUMNS = (
    "run",
    "level",
    "host",
    "group",
    "group_title",
    "zone",
    "read_at",
    "check",
    "title",
    "family",
    "severity",
    "bucket",
    "pair",
    "verdict",
    "subject_kind",
    "subject",
    "message",
    "evidence_place",
    "evidence",
    "reason",
    "detail",
    "requirements",
    "waived_until",
    "waived_by",
    "waived_reason",
    "partial",
    "finding_group",
    "more",
)

Row = dict[str, str | int]


def write(material: Material) -> bytes:
    """UTF-8 without byte order mark, CRLF, every cell quoted, a row of names first."""
    view = view_of(material)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(
        text, COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
    )
    writer.writeheader()
    for row in rows(view):
        writer.writerow({column: cell(value) for column, value in row.items()})
    return text.getvalue().encode("utf-8")


def cell(value: str | int) -> str:
    """A value that no spreadsheet takes for a formula, nor cuts without saying so.

    OWASP's list (CSV Injection) and what spreadsheets read as the same: white space
    before the sign, full-width and small forms of it. No column of ours is negative.
    """
    text = str(value).replace("\0", r"\x00")
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    if first[:1] in _STARTS_FORMULA or text[:1] in _STARTS_FORMULA:
        text = f"'{text}"
    if len(text) <= MOST_CHARACTERS:
        return text
    kept = MOST_CHARACTERS - 20
    return f"{text[:kept]}… [+{len(text) - kept}]"


def rows(view: View) -> Iterator[Row]:
    """Every row: host by host and check by check, in the order of the run."""
    for host in view.judged.hosts:
        for check in view.judged.checks:
            found = view.judged.findings.get((check, host), ())
            if not found:
                yield _silent(view, check, host)
            for at, finding in enumerate(found):
                yield _said(view, finding, first=at == 0)


def _silent(view: View, check: str, host: str) -> Row:
    """The row of a pair of which nothing was said, so that it is not evaluated."""
    reason = view.judged.reason(check, host)
    return _row(
        view,
        check,
        host,
        pair=1,
        severity=view.judged.checks[check].severity.value,
        verdict=Verdict.UNKNOWN.value,
        message=view.labels(f"reason.{reason}"),
        reason=str(reason),
        detail=view.judged.hosts[host].detail or "",
    )


def _said(view: View, finding: FindingRecord, *, first: bool) -> Row:
    return _row(
        view,
        finding.check,
        finding.host,
        pair=int(first),
        severity=finding.severity.value,
        verdict=finding.verdict.value,
        subject_kind=finding.subject.kind,
        subject=finding.subject.name,
        message=plain(view.speaker.sentence(finding)),
        evidence_place=BETWEEN.join(_place(one) for one in finding.evidence),
        evidence=BETWEEN.join(one.text for one in finding.evidence),
        reason=finding.reason or "",
        detail=finding.detail or "",
        partial="yes" if finding.partial else "",
        finding_group=finding.group or "",
        more="" if finding.more is None else finding.more,
        **_waiver(finding.waived),
    )


def _place(evidence: EvidenceRecord) -> str:
    line = "" if evidence.line is None else f":{evidence.line}"
    return f"{evidence.source}{line}"


def _waiver(waived: WaivedRecord | None) -> Row:
    if waived is None:
        return {}
    return {
        "waived_until": waived.until.isoformat(),
        "waived_by": waived.accepted_by,
        "waived_reason": waived.reason,
    }


def _row(view: View, check: str, host: str, **values: str | int) -> Row:
    """A row of a pair: what every one has, then the values; the rest stays empty."""
    info = view.judged.hosts[host]
    rule = view.judged.checks[check]
    return {
        "run": view.run.run.id,
        "level": view.run.run.level.value,
        "host": host,
        "group": info.group or "",
        "group_title": view.run.groups.get(info.group or "", ""),
        "zone": info.zone,
        "read_at": info.started.isoformat() if info.started else "",
        "check": check,
        "title": view.title(check),
        "family": rule.family,
        "bucket": view.judged.buckets[check, host].value,
        "requirements": BETWEEN.join(_requirements(view, check)),
        **values,
    }


def _requirements(view: View, check: str) -> list[str]:
    """Those of the frameworks that the report speaks of, by their full ids."""
    return [
        mapped
        for mapped in view.judged.checks[check].requirements
        if mapped.partition(":")[0] in view.frameworks
    ]
