"""Drills, kept as evidence beside the runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from auditor.errors import StoreError
from auditor.model.drill import Drill, encode_drill
from auditor.store.atomic import write_atomic
from auditor.store.folder import sweep

FOLDER = "drills"
#: An unfinished file this old, in seconds, belongs to a drill that was killed.
_ABANDONED = 24 * 3600


def drills_of(store: Path) -> Path:
    """The folder for drills, made 0700 where it is not there; raises StoreError.

    To be called before anything happens on a host: a drill that can't be kept is none.
    """
    folder = store / FOLDER
    try:
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        sweep(folder, _ABANDONED)
        write_atomic(folder / ".writable", b"")
        (folder / ".writable").unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}") from error
    return folder


def keep_drill(folder: Path, drill: Drill) -> Path:
    """Write `<instant>-HOST.json`, whole or not at all; raises StoreError."""
    at = drill.at or datetime.now(UTC)
    file = folder / f"{at:%Y-%m-%dT%H%M%SZ}-{drill.host}.json"
    try:
        write_atomic(file, encode_drill(drill))
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from error
    return file
