"""The records of alerts in the store, and the runs that came since the last of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from auditor.alerting.due import Step, after
from auditor.alerting.record import Memory, Record, decode_record, encode_record
from auditor.errors import SnapshotError, StoreError
from auditor.store.atomic import write_atomic
from auditor.store.chain import Link, alerts_of, read_chain
from auditor.store.folder import read_changes, read_run


def memory_after(store: Path, run: str) -> Memory:
    """What is known after a run of the store, all those before it looked at as well.

    It goes on from the last record. Runs that were erased, can't be read, or are
    judgements of old snapshots, change nothing.
    """
    before: list[Link] = []
    for link in read_chain(store).links:
        before.append(link)
        if link.manifest.run == run:
            break
    memory = Memory()
    since: list[Link] = []
    for link in reversed(before):
        record = read_record(store, link.manifest.run)
        if record is not None and link.manifest.run != run:
            memory = record.memory
            break
        since.append(link)
    for link in reversed(since):
        for step in _step(link):
            memory = after(memory, step)
    return memory


def read_record(store: Path, run: str) -> Record | None:
    """The record of a run; None when there is none that can be read."""
    file = alerts_of(store, run)
    with suppress(OSError, SnapshotError):
        return decode_record(file.read_bytes(), str(file))
    return None


def write_record(store: Path, record: Record) -> Path:
    """Keep the record, whole or not at all; raises StoreError."""
    file = alerts_of(store, record.run)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomic(file, encode_record(record))
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from error
    return file


def _step(link: Link) -> Iterator[Step]:
    if link.manifest.again is None:
        with suppress(SnapshotError):
            yield Step(read_run(link.folder), read_changes(link.folder))
