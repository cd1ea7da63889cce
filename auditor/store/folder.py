"""Run folders: made whole under `.new-…`, then renamed, so that none is half.

`DIR/<instant>-<6 hex>/` holds `run.json`, `inputs/` (inventory without secret
references, manifests, profile, as read) and `snapshots/HOST.json`, one for every
chosen host.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from auditor.errors import SnapshotError, StoreError
from auditor.model.run import Run, decode_run, encode_run
from auditor.model.snapshot import Snapshot, decode_snapshot, encode_snapshot
from auditor.store.atomic import write_atomic

#: An unfinished folder this old, in seconds, belongs to a run that was killed.
ABANDONED = 24 * 3600


class RunFolder:
    """A run folder being made; leaving it unfinished removes it."""

    def __init__(self, out: Path) -> None:
        """Begin below `out`, which is made 0700; raises StoreError."""
        self.out = out
        try:
            out.mkdir(mode=0o700, parents=True, exist_ok=True)
            sweep(out)
            self.path = Path(tempfile.mkdtemp(dir=out, prefix=".new-"))
            (self.path / "snapshots").mkdir()
        except OSError as error:
            raise StoreError(f"{out}: {error.strerror}") from error

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def add(self, snapshot: Snapshot) -> None:
        """Keep a host's snapshot; raises StoreError."""
        try:
            file = self.path / "snapshots" / f"{snapshot.host}.json"
            write_atomic(file, encode_snapshot(snapshot))
        except OSError as error:
            raise StoreError(f"{self.out}: {error.strerror}") from error

    def finish(self, run: Run, inputs: Mapping[str, bytes]) -> Path:
        """Write the rest and give the folder its name; raises StoreError."""
        final = self.out / run.run.id
        try:
            (self.path / "inputs").mkdir()
            for name, data in inputs.items():
                write_atomic(self.path / "inputs" / name, data)
            write_atomic(self.path / "run.json", encode_run(run))
            if final.exists():
                final = self.out / f"{run.run.id}-{os.getpid()}"
            self.path.rename(final)
        except OSError as error:
            raise StoreError(f"{final}: {error.strerror}") from error
        return final


def sweep(out: Path) -> None:
    """Remove what a killed run left below `out`."""
    for left in out.glob(".new-*"):
        with suppress(FileNotFoundError):  # another run has just finished with it
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def read_snapshots(folder: Path, order: list[str]) -> Iterator[Snapshot]:
    """The snapshots of a folder one by one: hosts in `order`, then others by name."""
    files = {file.stem: file for file in sorted(folder.glob("*.json"))}
    for name in [
        *(n for n in order if n in files),
        *(n for n in files if n not in order),
    ]:
        yield read_snapshot(files[name])


def read_snapshot(file: Path) -> Snapshot:
    """Read one snapshot; raises SnapshotError."""
    return decode_snapshot(_bytes(file), str(file))


def read_run(path: Path) -> Run:
    """Read the run of a folder, or its `run.json`; raises SnapshotError."""
    file = path / "run.json" if path.is_dir() else path
    return decode_run(_bytes(file), str(file))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SnapshotError(f"{file}: {error.strerror}") from error
