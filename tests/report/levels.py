"""Runs as they are handed over at a level."""

from __future__ import annotations

from typing import Any

from auditor.model.findings import Verdict
from auditor.model.run import Level, Run
from auditor.report.formats import Material
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.redaction import redact
from tests.report.runs import check, finding, host, run, sidecars

KEY = b"k" * 32
LEVELS = [Level.R1, Level.R2, Level.R3]


def at(level: Level, one: Run, key: bytes = KEY) -> Run:
    """A run as it is handed over."""
    given = Material(one, sidecars(one), {}, "en")
    return redact(given, level, Pseudonyms(key, frozenset({"labo"}))).run


def one_finding(**changed: Any) -> Run:
    """A run of one finding."""
    found = finding("ACC-001", "a", Verdict.FAIL, **changed)
    return run([check("ACC-001")], [host("a", roles=("lis",))], [found])
