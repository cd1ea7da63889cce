"""Alerts in files: a maildir, an mbox, or a log that grows."""

from __future__ import annotations

import os
import re
from pathlib import Path

from auditor.drill.mail import MOST, alert_of
from auditor.drill.matching import Alert
from auditor.drill.sinks import SinkTroubleError

#: Read of a file at each look; the rest comes with the next.
_PIECE = 8 << 20
#: An mbox parts its mails by such a line (RFC 4155).
_NEXT_MAIL = re.compile(rb"\n(?=From )")
_MAILDIR = ("new", "cur")


class Maildir:
    """A folder with one file for each mail; links in it are not followed.

    Python's own `mailbox.Maildir` reads all mails to find the new ones.
    """

    period = 1.0

    def __init__(self, folder: Path) -> None:
        """Remember what is there; raises SinkTroubleError."""
        self._folder = folder
        self._known = set(self._mails())

    def arrived(self) -> list[Alert]:
        """The mails whose unique names were not there before."""
        alerts = []
        for name, file in self._mails().items():
            if name in self._known:
                continue
            raw = _beginning(file)
            if raw is not None:
                self._known.add(name)
                alerts.append(alert_of(raw))
        return alerts

    def _mails(self) -> dict[str, Path]:
        """By unique name: what follows a colon are flags, which change."""
        try:
            return {
                entry.name.partition(":")[0]: Path(entry)
                for part in _MAILDIR
                for entry in os.scandir(self._folder / part)
                if entry.is_file(follow_symlinks=False)
            }
        except OSError as error:
            raise _trouble(self._folder, error) from error


class GrowingFile:
    """A log, an alert a line, or an mbox, an alert a mail; it may be rotated.

    What was not ended by a line's end or by the next mail is an alert once the file has
    not grown between two looks.
    """

    period = 1.0

    def __init__(self, file: Path) -> None:
        """Start at its end, or at its beginning when it comes later."""
        self._file = file
        if not file.parent.is_dir():
            raise SinkTroubleError(f"{file.parent}: no such folder")
        self._offset = 0
        self._inode: int | None = None
        if file.exists() and not file.is_file():
            raise SinkTroubleError(f"{file}: neither a file nor a maildir")
        if file.exists():
            self._read_from(os.SEEK_END)
        self._pending = b""

    def arrived(self) -> list[Alert]:
        """The lines or mails that were added."""
        fresh = self._read_from(os.SEEK_SET) if self._file.exists() else b""
        self._pending += fresh
        mails = self._pending.lstrip(b"\n").startswith(b"From ")
        *whole, rest = (
            _NEXT_MAIL.split(self._pending) if mails else self._pending.split(b"\n")
        )
        if not fresh or len(rest) > MOST:
            whole, rest = [*whole, rest], b""
        self._pending = rest
        return [_alert(raw, mails=mails) for raw in whole if raw.strip()]

    def _read_from(self, whence: int) -> bytes:
        try:
            with self._file.open("rb") as file:
                found = os.fstat(file.fileno())
                rotated = found.st_ino != self._inode or found.st_size < self._offset
                if rotated:
                    self._inode, self._offset = found.st_ino, 0
                file.seek(0 if whence == os.SEEK_END else self._offset, whence)
                fresh = file.read(_PIECE)
                self._offset = file.tell()
                return fresh
        except OSError as error:
            raise _trouble(self._file, error) from error


def file_sink(path: Path) -> Maildir | GrowingFile:
    """The sink of a path; raises SinkTroubleError."""
    return Maildir(path) if path.is_dir() else GrowingFile(path)


def _alert(raw: bytes, *, mails: bool) -> Alert:
    if not mails:
        return Alert(raw[:MOST].decode("utf-8", "replace"))
    return alert_of(raw.lstrip(b"\n").partition(b"\n")[2])


def _beginning(file: Path) -> bytes | None:
    """The beginning of a mail; None when a reader has just moved it elsewhere."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _trouble(file, error) from error


def _trouble(path: Path, error: OSError) -> SinkTroubleError:
    place = error.filename or path
    return SinkTroubleError(f"{place}: {(error.strerror or 'unreadable').lower()}")
