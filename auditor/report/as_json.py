"""`-f json`: the run file itself, which other programs read."""

from __future__ import annotations

from auditor.model.run import encode_run
from auditor.report.formats import Material


def write(material: Material) -> bytes:
    """The run as `run.json` holds it, in every language alike."""
    return encode_run(material.run)
