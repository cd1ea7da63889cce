"""`-f sarif`: what is open, for readers that show every result as an alert.

Code scanning does, a pass too; the counts of what is left out stand in the run's
properties. For them what is no longer there is fixed, so that a result that says it is
absent would open it again. `-f sarif_full` leaves nothing out.
"""

from __future__ import annotations

from auditor.model.run import Bucket
from auditor.report.formats import Material
from auditor.report.sarif.log import sarif_log

OPEN = frozenset({Bucket.FAIL, Bucket.WARN, Bucket.UNKNOWN, Bucket.WAIVED})


def write(material: Material) -> bytes:
    """SARIF 2.1.0 of the findings that someone has to look at, accepted ones marked."""
    return sarif_log(material, OPEN, absent=False)
