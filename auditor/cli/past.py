"""What the store knows of the time before a run: for its report, and for nothing else.

Whatever is wrong with the index costs a report no more than what it would have said.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from auditor.cli.earlier import NONE, Beside, Earlier
from auditor.errors import AuditorError
from auditor.history.past import Age, Audited, ages_of, audited, compared_with
from auditor.history.steps import Steps
from auditor.model.run import Level, Run
from auditor.store.chain import HEAD
from auditor.store.index import open_index


class Past(Struct, frozen=True):
    """Earlier runs of the client, and the steps from the last of them to the run.

    `audits` are these runs and more in figures; `ages` those of what is open.
    """

    earlier: tuple[Run, ...] = ()
    steps: Steps | None = None
    audits: tuple[Audited, ...] = ()
    ages: tuple[Age, ...] = ()


def chosen(
    since: Sequence[Path], earlier: Sequence[Earlier], steps: Steps | None, known: Past
) -> Past:
    """What a report is given: the runs that `--since` names go before the store's."""
    if tuple(since) == NONE:
        return Past()
    if not since:
        return known
    return Past(tuple(one.run for one in earlier), steps, (), known.ages)


def stored(folder: Path, run: Run, told: Callable[[Path], Beside | None]) -> Past:
    """The time before a run as the store tells it in which it lies, if it does.

    `told` gives the run before, by its folder, and the steps from it. Brings the index
    of the store up to date; what goes wrong there is said on stderr.
    """
    if not (folder.parent / HEAD).is_file() or run.run.level is not Level.R0:
        return Past()
    try:
        return _stored(folder, run, told)
    except (AuditorError, OSError, sqlite3.Error, ValueError) as error:
        print(f"auditor: no history: {error}", file=sys.stderr)
        return Past()


def _stored(folder: Path, run: Run, told: Callable[[Path], Beside | None]) -> Past:
    from auditor.cli.history import say

    client = run.run.client
    index = open_index(folder.parent)
    say(index)
    lines = index.runs(client)
    number = next((one.number for one in lines if one.run == folder.name), None)
    if number is None:  # it judged old snapshots again
        return Past()
    ages = ages_of(index.at(client, number), number, index.cut(client))
    before = compared_with(lines, folder.name)
    beside = told(folder.parent / before[-1].run) if before else None
    if beside is None or beside.before.path.name != before[-1].run:
        return Past(ages=ages)
    return Past((beside.before.run,), beside.steps, audited(before), ages)
