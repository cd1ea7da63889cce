"""One writer at a time: a lock on the store's folder, which a kill releases."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import StoreError

LOCK = ".lock"


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the store until the block ends; raises StoreError when another has it.

    flock(2): the kernel releases it with the process that held it, however that ends,
    so no lock is ever left behind. The file stays; it holds the number of that process.
    """
    handle = os.open(store / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            raise StoreError(
                f"{store}: process {holder or 'unknown'} is writing there, and this one"
                " has done nothing; wait for it, or choose another folder with -o"
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)
