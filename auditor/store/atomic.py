"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomic(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by `data`: a reader sees the old file or the new one.

    The new file is made beside it (`.new-…`, swept by whoever owns the folder
    when a kill left one), flushed to the disk with its final mode, and renamed.
    A link at `path` is followed, so that the file it leads to is replaced.
    Raises OSError; the old file is then untouched.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a file into a folder that nobody looks into yet; raises OSError.

    Mode 0600, and flushed to the disk; the folder is to be flushed with its name.
    """
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush what was renamed within the folder to the disk; raises OSError."""
    handle = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
