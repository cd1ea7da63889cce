"""`--since`: earlier runs of the same client, to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from auditor.errors import AuditorError
from auditor.model.run import Level, Run
from auditor.store.folder import opener_of, read_run

if TYPE_CHECKING:
    from auditor.cli.rejudging import Side
    from auditor.history.steps import Steps


#: `--since none`: nothing of the time before, not even what the store knows.
NONE = (Path("none"),)


class Earlier(Struct, frozen=True):
    """A run of the time before, and where it lies."""

    path: Path
    run: Run


class Beside(Struct, frozen=True):
    """The run that another is set beside, and the steps from it to that."""

    before: Earlier
    steps: Steps


def read_earlier(
    paths: Sequence[Path],
    client: str,
    until: datetime | None = None,
    level: Level = Level.R0,
) -> tuple[Earlier, ...]:
    """The runs, oldest first; none may be of another client or begin after `until`.

    All have the hand-over level of the run that they are compared with: names that it
    has lost must not come back by an earlier one.

    Raises AuditorError, and SnapshotError for what is no run.
    """
    found = []
    for path in () if tuple(paths) == NONE else paths:
        run = read_run(path)
        if run.run.client != client:
            # Another client's hosts must never show in this one's report.
            raise AuditorError(f"--since {path}: not a run of {client!r}")
        if until is not None and run.run.started > until:
            raise AuditorError(f"--since {path}: began after the run to report on")
        if run.run.level is not level:
            message = f"--since {path}: handed over at {run.run.level}, not at {level}"
            raise AuditorError(message)
        found.append(Earlier(path, run))
    return tuple(sorted(found, key=lambda one: one.run.run.started))


def earlier_than(run: Run, paths: Sequence[Path]) -> tuple[Earlier, ...]:
    """What may be compared with a run that is there; raises as `read_earlier`."""
    return read_earlier(paths, run.run.client, run.run.started, run.run.level)


def steps_since(
    earlier: Sequence[Earlier],
    after: Side,
    identities: Sequence[Path] = (),
    checks: Sequence[Path] = (),
) -> Steps | None:
    """The steps from the last of them to a run; None when there is none."""
    if not earlier:
        return None
    from auditor.cli.rejudging import side_of, steps_between

    last = earlier[-1]
    before = side_of(last.path, last.run, opener_of(identities), checks)
    return steps_between(before, after)
