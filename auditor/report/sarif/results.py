"""Findings as SARIF results, with where they stand and what was read there.

Text from targets goes through `message` or into a snippet, which is no message:
`{0}` would be a placeholder and `[a](b)` a link (SARIF 2.1.0, 3.11.5 and 3.11.6).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self
from urllib.parse import quote

from msgspec import Struct

from auditor.model.findings import Severity, Verdict
from auditor.model.run import Bucket, EvidenceRecord, FindingRecord
from auditor.report.sections.headline import headline
from auditor.report.text.visible import visible
from auditor.report.view import View

Json = dict[str, Any]

KINDS = {
    Bucket.FAIL: "fail",
    Bucket.WARN: "fail",
    Bucket.WAIVED: "fail",
    Bucket.UNKNOWN: "open",
    Bucket.ATTESTED: "review",
    Bucket.PASS: "pass",
    Bucket.NA: "notApplicable",
}
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_ONE_LOWER = {"error": "warning", "warning": "note", "note": "note"}
_ESCAPES = str.maketrans(
    {"{": "{{", "}": "}}", "[": r"\[", "]": r"\]", "\\": r"\\"},
)

_HOST_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?", re.ASCII)


class Bases(Struct, frozen=True):
    """Host -> the `uriBaseId` that its paths are relative to, each different."""

    ids: Mapping[str, str]

    @classmethod
    def of(cls, hosts: Iterable[str]) -> Self:
        """`HOST_LIS_35` for `lis-35`; a number behind what is taken."""
        ids: dict[str, str] = {}
        for host in hosts:
            base = f"HOST_{re.sub('[^A-Z0-9]', '_', host.upper())}"
            taken = set(ids.values())
            number = 1
            ids[host] = base
            while ids[host] in taken:
                number += 1
                ids[host] = f"{base}_{number}"
        return cls(ids)


def base_uri(host: str) -> str:
    """`file://lis-35/`; a name that no URI can hold as its host is a folder instead.

    Readers in .NET drop a whole log, without a word, for a host that they can't parse.
    """
    if _HOST_NAME.fullmatch(host):
        return f"file://{host}/"
    return f"file:///{quote(host, safe='')}/"


def message(text: str) -> Json:
    """A message, or a message string, that shows this text and nothing else."""
    lines = (visible(line).translate(_ESCAPES) for line in text.split("\n"))
    return {"text": "\n".join(lines)}


def result(view: View, bases: Bases, rule: int, finding: FindingRecord) -> Json:
    """One finding; `rule` is the number of its check among the rules."""
    identity = fingerprint(finding)
    first, *others = _places(view, bases, finding)
    related = [{"id": at, **place} for at, place in enumerate(others, 1)]
    return {
        "ruleId": finding.check,
        "ruleIndex": rule,
        "kind": KINDS[finding.bucket],
        "level": _level(finding),
        "message": message(headline(view, finding)),
        "locations": [first],
        **({"relatedLocations": related} if related else {}),
        # Code scanning goes by its own name for it.
        "partialFingerprints": {
            "auditorFinding/v1": identity,
            "primaryLocationLineHash": identity,
        },
        # Empty says "not suppressed"; absent would say "not known" (3.27.23).
        "suppressions": _suppressions(finding),
        "properties": _properties(finding),
    }


def fingerprint(finding: FindingRecord) -> str:
    """SHA-256 over a finding's identity over time: check, host, subject."""
    subject = finding.subject
    identity = (finding.check, finding.host, subject.kind, subject.name)
    return hashlib.sha256("\0".join(identity).encode()).hexdigest()


def _level(finding: FindingRecord) -> str:
    """By the verdict under a waiver too; `none` for all that is no failure."""
    if finding.verdict is Verdict.FAIL:
        return LEVELS[finding.severity]
    if finding.verdict is Verdict.WARN:
        return _ONE_LOWER[LEVELS[finding.severity]]
    return "none"


def _suppressions(finding: FindingRecord) -> list[Json]:
    waived = finding.waived
    if waived is None or finding.bucket is not Bucket.WAIVED:
        return []
    return [
        {
            "kind": "external",
            "status": "accepted",
            "justification": waived.reason,
            "properties": {
                "owner": waived.owner,
                "by": waived.accepted_by,
                "on": waived.accepted_on.isoformat(),
                "until": waived.until.isoformat(),
            },
        }
    ]


def _properties(finding: FindingRecord) -> Json:
    said: Json = {"bucket": finding.bucket, "severity": finding.severity}
    if finding.values:
        said["values"] = {key: one.value for key, one in finding.values.items()}
    optional = {
        "reason": finding.reason,
        "partial": finding.partial or None,
        "group": finding.group,
        "more": finding.more,
    }
    return said | {key: one for key, one in optional.items() if one is not None}


def _places(view: View, bases: Bases, finding: FindingRecord) -> list[Json]:
    """The first is where the result stands: a file that was read, else the host.

    Every place has an artifact: readers refuse a whole log for one that has none.
    """
    host, subject = finding.host, finding.subject
    name = f"{host}/{subject.kind}/{subject.name}" if subject.name else host
    resource = {"fullyQualifiedName": name, "kind": "resource"}
    files = [one for one in finding.evidence if _is_path(one.source)][:1]
    rest = [one for one in finding.evidence if one not in files]
    base = bases.ids[host]
    first = _place(view, base, files[0]) if files else _on_host(base)
    first["logicalLocations"] = [resource]
    return [first, *(_place(view, base, one) for one in rest)]


def _is_path(source: str) -> bool:
    """Whether it is a file of the host: else a command, or a manifest of ours."""
    return source.startswith("/")


def _on_host(base: str, uri: str = "./") -> Json:
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": base}}}


def _place(view: View, base: str, evidence: EvidenceRecord) -> Json:
    """Where one thing was read; its text is a snippet where a file has it."""
    text = evidence.text
    if evidence.status != "ok":
        text = f"{text} ({view.labels(f'status.{evidence.status}')})".strip()
    if not _is_path(evidence.source):
        line = "" if evidence.line is None else f":{evidence.line}"
        place = _on_host(base)
        place["message"] = message(f"{evidence.source}{line}: {text}")
        return place
    place = _on_host(base, quote(evidence.source.lstrip("/")) or "./")
    if evidence.line is None:
        return place | ({"message": message(text)} if text else {})
    place["physicalLocation"]["region"] = {
        "startLine": evidence.line,
        "snippet": {"text": text},
    }
    return place
