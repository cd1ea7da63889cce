"""`-f sarif_full`: every finding, passes included, for archives and comparisons."""

from __future__ import annotations

from auditor.model.run import Bucket
from auditor.report.formats import Material
from auditor.report.sarif.log import sarif_log


def write(material: Material) -> bytes:
    """SARIF 2.1.0 of all findings; each pair of check and host has at least one."""
    return sarif_log(material, frozenset(Bucket), absent=True)
