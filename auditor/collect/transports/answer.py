"""An answer carried by hand: the program's output as a file, from a console.

Its nonce is that of its first frame, the pseudo-fact `Program`, which also says what
was asked for.
"""

from __future__ import annotations

import re
from pathlib import Path

from auditor.collect.frames import Frame, FrameError, FrameReader
from auditor.collect.program import PROGRAM, AskedFact, Program
from auditor.collect.recording import program_value
from auditor.collect.session import Outcome
from auditor.collect.trouble import HostTroubleError
from auditor.model.findings import Reason
from auditor.model.snapshot import HostState

_ASKED = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,63}):(\d{1,6})")


def read_answer(path: Path, most: int) -> tuple[Program, Outcome]:
    """What was asked and what came, of a file of at most `most` bytes.

    Of the program only its facts and nonce are known, not its text. Raises
    HostTroubleError when the file is no answer.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise _broken(Reason.PROTOCOL, f"{path}: {error.strerror}") from None
    if len(data) > most:
        raise _broken(Reason.LIMIT, f"{path}: more than {most} bytes")
    reader = FrameReader(None)
    try:
        frames = reader.feed(data)
        asked = _asked(frames)
    except FrameError as error:
        hint = "; its line ends were changed to CRLF" if b"\r\n" in data else ""
        raise _broken(Reason.PROTOCOL, f"{path}: {error}{hint}") from None
    privilege = "root" if program_value(frames, "uid") == "0" else "user"
    cut = None if reader.ended else Reason.PROTOCOL
    outcome = Outcome(privilege, tuple(frames), cut, f"{path}: no END" if cut else "")
    return Program("", reader.nonce or "", asked, ""), outcome


def _asked(frames: list[Frame]) -> tuple[AskedFact, ...]:
    if not frames or frames[0].name != PROGRAM:
        raise FrameError("no answer of the program (it begins with its own frame)")
    words = program_value(frames, "facts").split()
    matches = [_ASKED.fullmatch(word) for word in words]
    asked = tuple(AskedFact(m[1], int(m[2]), ()) for m in matches if m)
    known = {(fact.name, fact.format) for fact in asked}
    for frame in frames[1:]:
        if (frame.name, frame.format) not in known:
            raise FrameError(f"{frame.name} {frame.format} was not asked for")
    return asked


def _broken(reason: Reason, detail: str) -> HostTroubleError:
    return HostTroubleError(HostState.BROKEN, reason, detail)
