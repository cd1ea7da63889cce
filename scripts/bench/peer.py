"""A peer's report for as many results: openscap-report, in an environment of its own.

It makes one report a host, from XCCDF 1.2 results (NIST SP 800-126r3); here these have
the titles, texts and verdicts of one host of the synthetic fleet.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from auditor.model.run import Bucket, Run
from auditor.report.judged import judge
from tests.report.fleet_texts import texts

PROJECT = Path(__file__).resolve().parents[2]
WANTED = "openscap-report==1.0.0"
XCCDF = "http://checklists.nist.gov/xccdf/1.2"
OURS = "xccdf_org.example"
RESULTS = {
    Bucket.FAIL: "fail",
    Bucket.WARN: "fail",
    Bucket.WAIVED: "fail",
    Bucket.UNKNOWN: "notchecked",
    Bucket.ATTESTED: "informational",
    Bucket.PASS: "pass",
    Bucket.NA: "notapplicable",
}
SEVERITIES = {"critical": "high"}


class NoPeerError(Exception):
    """The peer can't be had here; the message says why."""


def peer() -> Path:
    """Its program, installed on first use; raises NoPeerError."""
    folder = PROJECT / ".cache/bench-peer"
    program = folder / "bin/oscap-report"
    if not program.exists():
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
        pip = [str(folder / "bin/python"), "-m", "pip", "-q", "install"]
        run([*pip, "--disable-pip-version-check", WANTED])
    return program


def run(argv: list[str]) -> None:
    """Run a command; raises NoPeerError with the last that it said."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise NoPeerError(f"{argv[0]} ended with {done.returncode}: {said[-1]}")


def results(of: Run) -> bytes:
    """The first host of a run as XCCDF results."""
    root = _element(None, "Benchmark", id=f"{OURS}_benchmark_bench", resolved="1")
    _element(root, "status", "draft", date="2026-11-25")
    _element(root, "title", "Benchmark")
    _element(root, "version", "1")
    sidecars, judged = texts(of), judge(of)
    for check in of.checks:
        said = sidecars[check.id].texts["en"]
        severity = SEVERITIES.get(check.severity, check.severity.value)
        rule = _element(root, "Rule", id=_rule(check.id), severity=severity)
        rule.set("selected", "true")
        _element(rule, "title", said.title)
        _element(rule, "description", said.messages["said"])
        _element(rule, "rationale", said.why)
        _element(rule, "fixtext", " ".join(said.fix.values()))
    when = of.run.started.isoformat()
    host = of.hosts[0].name
    tested = _element(root, "TestResult", id=f"{OURS}_testresult_{host}")
    for name in ("start-time", "end-time"):
        tested.set(name, when)
    _element(tested, "benchmark", href="#bench", id=root.attrib["id"])
    _element(tested, "target", host)
    for check in of.checks:
        result = _element(tested, "rule-result", idref=_rule(check.id), time=when)
        result.set("weight", "1.0")
        _element(result, "result", RESULTS[judged.buckets[check.id, host]])
        said_there = judged.findings.get((check.id, host), ())
        for finding in said_there:
            for read in finding.evidence:
                _element(
                    result, "message", f"{read.source} {read.text}", severity="info"
                )
    _element(tested, "score", "50", system="urn:xccdf:scoring:default", maximum="100")
    data: bytes = tostring(root, "utf-8", xml_declaration=True)
    return data


def _rule(check: str) -> str:
    return f"{OURS}_rule_{check}"


def _element(
    below: Element | None, name: str, text: str = "", **attributes: str
) -> Element:
    tag = f"{{{XCCDF}}}{name}"
    made = Element(tag) if below is None else SubElement(below, tag)
    made.attrib.update(attributes)
    made.text = text or None
    return made
