"""`-f junit`: JUnit XML in the dialect of Jenkins' junit-10.xsd, one suite a host.

A case is a check and a subject. Not evaluated is an error, never skipped or passed:
some readers count what was skipped as a success. A FAIL is a failure whatever its
severity, since the run does not say which severities count; `type` holds it.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from xml.etree import ElementTree as ET

from auditor.model.run import Bucket, FindingRecord, HostInfo
from auditor.report.formats import Material
from auditor.report.sections.headline import headline
from auditor.report.text.visible import visible
from auditor.report.view import View, view_of

_FAILURE, _ERROR, _SKIPPED = "failure", "error", "skipped"
_ELEMENTS = {
    Bucket.FAIL: _FAILURE,
    Bucket.UNKNOWN: _ERROR,
    Bucket.WAIVED: _SKIPPED,
    Bucket.NA: _SKIPPED,
}


def write(material: Material) -> bytes:
    """A <testsuites> document, UTF-8."""
    view = view_of(material)
    suites = [_suite(view, host) for host in view.judged.hosts.values()]
    # The grammar knows `skipped` on a suite only.
    counted = {
        key: str(sum(int(suite.attrib[key]) for suite in suites))
        for key in ("tests", "failures", "errors")
    }
    root = ET.Element("testsuites", {"name": "auditor", **counted})
    root.extend(suites)
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data + b"\n"


def _suite(view: View, host: HostInfo) -> ET.Element:
    cases = [
        _case(view, finding)
        for check in view.judged.checks
        for finding in view.judged.told(check, host.name)
    ]
    kinds = Counter(child.tag for case in cases for child in case)
    counts = {
        "tests": str(len(cases)),
        "failures": str(kinds[_FAILURE]),
        "errors": str(kinds[_ERROR]),
        "skipped": str(kinds[_SKIPPED]),
    }
    suite = ET.Element("testsuite", {"name": _safe(host.name), **counts})
    suite.set("hostname", _safe(host.name))
    if host.started is not None:
        suite.set("timestamp", host.started.astimezone(UTC).isoformat())
    suite.append(_properties(view, host))
    suite.extend(cases)
    return suite


def _properties(view: View, host: HostInfo) -> ET.Element:
    """The seven counts of checks (cases are findings), and how the host was read."""
    counts = Counter(view.judged.of_host(host.name).values())
    info = view.run.run
    said = {
        "level": info.level.value,
        "run": info.id,
        "tool": info.tool,
        "rules_sha256": info.rules_sha256,
        "state": host.state.value,
        "reason": host.reason.value if host.reason else "",
        "coverage": str(host.coverage.share),
        **{f"checks.{bucket}": str(counts[bucket]) for bucket in Bucket},
    }
    properties = ET.Element("properties")
    for name, value in said.items():
        ET.SubElement(properties, "property", {"name": name, "value": _safe(value)})
    return properties


def _case(view: View, finding: FindingRecord) -> ET.Element:
    subject = finding.subject
    about = f" {subject.kind}:{subject.name}" if subject.name else ""
    family = view.judged.checks[finding.check].family
    case = ET.Element(
        "testcase",
        {
            "name": _safe(f"{finding.check}{about}"),
            "classname": _safe(f"{finding.host}.{family}"),
        },
    )
    said = _message(view, finding)
    body = "\n".join([said, *_lines(view, finding)])
    element = _ELEMENTS.get(finding.bucket)
    if element:
        kind = f"{finding.bucket}.{finding.reason or finding.severity}"
        ET.SubElement(case, element, {"message": said, "type": kind}).text = body
    elif finding.bucket is not Bucket.PASS:
        out = ET.SubElement(case, "system-out")
        out.text = f"[{finding.bucket.upper()}] {body}"
    return case


def _message(view: View, finding: FindingRecord) -> str:
    """What the finding says; of an accepted one first by whom, why and until when."""
    said = headline(view, finding)
    waived = finding.waived
    if waived is None or finding.bucket is not Bucket.WAIVED:
        return _safe(said)
    accepted = view.labels(
        "junit.waived",
        day=view.labels.date(waived.until),
        by=waived.accepted_by,
        reason=waived.reason,
    )
    return _safe(f"{accepted} – {said}")


def _lines(view: View, finding: FindingRecord) -> list[str]:
    """The check's title and each thing read: `place: text`."""
    lines = [_safe(view.title(finding.check))]
    for one in finding.evidence:
        place = one.source if one.line is None else f"{one.source}:{one.line}"
        status = "" if one.status == "ok" else view.labels(f"status.{one.status}")
        lines.append(_safe(": ".join(filter(None, (place, one.text, status)))))
    return lines


def _safe(text: str) -> str:
    """XML 1.0 can't hold control characters, not even as references (2.2)."""
    return visible(text)
