"""Writing a report of several files so that a kill leaves the old or the new one."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from auditor.store.atomic import write_atomic, write_new
from auditor.store.folder import sweep

#: An unfinished folder this old, in seconds, belongs to a report that was killed.
ABANDONED = 24 * 3600

#: Folders of pages below `<name>.pages`: a digest, which nobody else's folder is.
_OURS = re.compile(r"[0-9a-f]{12}")


def write_document(
    path: Path, data: bytes, folder: str = "", pages: Mapping[str, bytes] | None = None
) -> None:
    """Replace the report at `path`, its pages first, and then remove the older pages.

    `folder` is `<name>.pages/<12 hex digits>`, relative to `path`; the file at `path`
    leads to this one only, so whoever opens it at any moment finds its own pages.
    Raises OSError; the old report is then untouched.
    """
    target = path.resolve()
    if pages:
        _write_pages(target.parent / folder, pages)
    write_atomic(target, data)
    _remove_others(target.parent / f"{target.name}.pages", Path(folder).name)


def _write_pages(final: Path, pages: Mapping[str, bytes]) -> None:
    final.parent.mkdir(mode=0o700, exist_ok=True)
    sweep(final.parent, ABANDONED)
    made = Path(tempfile.mkdtemp(dir=final.parent, prefix=".new-"))
    try:
        for name, data in pages.items():
            write_new(made / name, data)
        if final.is_dir():  # the same pages, of which somebody may have lost one
            for name in pages:
                (made / name).replace(final / name)
            made.rmdir()
        else:
            made.rename(final)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _remove_others(folder: Path, kept: str) -> None:
    if not folder.is_dir() or folder.is_symlink():
        return
    for entry in folder.iterdir():
        if entry.name != kept and _OURS.fullmatch(entry.name):
            shutil.rmtree(entry, ignore_errors=True)
    if not any(folder.iterdir()):
        folder.rmdir()
