"""`--since`: earlier runs of the same client, to compare with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from auditor.errors import AuditorError
from auditor.model.run import Level, Run
from auditor.store.folder import read_run


def read_earlier(
    paths: Iterable[Path],
    client: str,
    until: datetime | None = None,
    level: Level = Level.R0,
) -> tuple[Run, ...]:
    """The runs, oldest first; none may be of another client or begin after `until`.

    All have the hand-over level of the run that they are compared with: names that it
    has lost must not come back by an earlier one.

    Raises AuditorError, and SnapshotError for what is no run.
    """
    found = []
    for path in paths:
        run = read_run(path)
        if run.run.client != client:
            # Another client's hosts must never show in this one's report.
            raise AuditorError(f"--since {path}: not a run of {client!r}")
        if until is not None and run.run.started > until:
            raise AuditorError(f"--since {path}: began after the run to report on")
        if run.run.level is not level:
            message = f"--since {path}: handed over at {run.run.level}, not at {level}"
            raise AuditorError(message)
        found.append(run)
    return tuple(sorted(found, key=lambda run: run.run.started))


def earlier_than(run: Run, paths: Iterable[Path]) -> tuple[Run, ...]:
    """What may be compared with a run that is there; raises as `read_earlier`."""
    return read_earlier(paths, run.run.client, run.run.started, run.run.level)
