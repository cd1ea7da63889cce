"""Stores with a history: runs with findings, one after the other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from auditor.model.changes import Changes
from auditor.model.host import Store
from auditor.model.run import FindingRecord, Run
from auditor.store.folder import RunFolder
from tests.evaluate.facts import snapshot
from tests.report.runs import STARTED, host, run
from tests.report.small import CHECKS
from tests.store.runs import INPUTS


def an_audit(days: int, *found: FindingRecord, **changed: Any) -> Run:
    """A run of one host, so many days after the first of all."""
    at = STARTED + timedelta(days=days)
    # Names are in order of number, as those of real runs are in order of time.
    info: dict[str, Any] = {
        "id": f"{at:%Y-%m-%dT%H%M%SZ}-1a2b3c",
        "started": at,
        "language": "en",
    }
    return run(CHECKS, [host("a")], found, **(info | changed))


def keep(
    store: Path, one: Run, again: str | None = None, changes: Changes | None = None
) -> Path:
    """The run's folder in the store."""
    with RunFolder(Store(store)) as folder:
        folder.snapshots.add(snapshot("a", Door="open"))
        return folder.finish(one, INPUTS, again, changes)
