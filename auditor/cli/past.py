"""What the store knows of the time before a run: for its report, and for nothing else.

Whatever is wrong with the index costs a report no more than what it would have said.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from msgspec import Struct

from auditor.errors import AuditorError
from auditor.history.past import Age, Audited, ages_of, audited, compared_with
from auditor.model.run import Level, Run
from auditor.store.chain import HEAD
from auditor.store.folder import read_run
from auditor.store.index import open_index


class Past(Struct, frozen=True):
    """Earlier runs of the client to compare with, in figures too, and ages."""

    earlier: tuple[Run, ...] = ()
    audits: tuple[Audited, ...] = ()
    ages: tuple[Age, ...] = ()


def past_of(folder: Path, run: Run) -> Past:
    """The time before a stored run, as its store tells it; nothing for any other run.

    Brings the index of the store up to date. What goes wrong is said on stderr.
    """
    if not (folder.parent / HEAD).is_file() or run.run.level is not Level.R0:
        return Past()
    try:
        return _past(folder, run)
    except (AuditorError, OSError, sqlite3.Error, ValueError) as error:
        print(f"auditor: no history: {error}", file=sys.stderr)
        return Past()


def _past(folder: Path, run: Run) -> Past:
    from auditor.cli.history import say

    client = run.run.client
    index = open_index(folder.parent)
    say(index)
    lines = index.runs(client)
    number = next((one.number for one in lines if one.run == folder.name), None)
    if number is None:  # it judged old snapshots again
        return Past()
    ages = ages_of(index.at(client, number), number)
    before = compared_with(lines, folder.name)
    if not before:
        return Past(ages=ages)
    last = read_run(folder.parent / before[-1].run)
    return Past((last,), audited(before), ages)
