"""Reading the answer of a target: whole frames or nothing.

``@NONCE FACT name format length sum`` LF, exactly *length* bytes, LF; at last
``@NONCE END count``. The sum is that of POSIX cksum, or ``-``. It guards against cuts
and noise, not against the target, which can forge any frame.
"""

from __future__ import annotations

import re
import zlib

from msgspec import Struct

#: A fact is at most 1 MiB on the target, before the head lines of its sources.
LONGEST_BODY = (1 << 20) + 4096
_LONGEST_LINE = 512
_LONGEST_MARK = 80
_FIRST = re.compile(rb"\n@([0-9a-f]{16,64}) FACT ")
_FACT = re.compile(
    rb"(?P<name>[A-Za-z][A-Za-z0-9_]{0,63}) (?P<format>\d{1,6})"
    rb" (?P<length>\d{1,9}) (?P<sum>\d{1,10}|-)"
)


class FrameError(Exception):
    """The answer is not what the program prints; nothing of it may be used."""


class Frame(Struct, frozen=True):
    """One fact as it came: its body is text of printable ASCII, tabs and newlines."""

    name: str
    format: int
    body: str


#: Each byte with its bits in reverse.
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def cksum(data: bytes) -> int:
    """The CRC of POSIX cksum (IEEE Std 1003.1), by way of zlib.

    Both use one polynomial; zlib's runs through the bits of a byte from the other
    end and starts from ones, so bytes and result are mirrored.
    """
    size = (len(data).bit_length() + 7) // 8
    whole = data + len(data).to_bytes(size, "little")
    mirrored = zlib.crc32(whole.translate(_MIRROR), 0xFFFFFFFF)
    return int(f"{mirrored:032b}"[::-1], 2)


class FrameReader:
    """Takes the answer in pieces and gives each frame once it is whole.

    Without a nonce, that of the first frame holds: an answer carried by hand. Lines
    that do not begin with it are noise (a profile that prints) and skipped, however
    many there are.
    """

    def __init__(self, nonce: str | None) -> None:
        self.nonce = nonce
        self.ended = False
        # A line begins after a newline; so does the first.
        self._buffer = bytearray(b"\n")
        self._names: set[str] = set()
        self._head: tuple[Frame, int, bytes] | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """Add bytes; gives the frames that became whole. Raises FrameError."""
        self._buffer += data
        frames: list[Frame] = []
        while not self.ended and self._advance(frames):
            pass
        return frames

    def _advance(self, frames: list[Frame]) -> bool:
        """One line or one body further; False when more bytes are needed."""
        if self._head is None:
            line = self._next_line()
            if line is not None:
                self._read_line(line)
            return line is not None
        frame, length, expected = self._head
        if len(self._buffer) < length + 1:
            return False
        body = bytes(self._buffer[:length])
        if self._buffer[length : length + 1] != b"\n":
            raise FrameError(f"{frame.name}: longer than its head says")
        if expected != b"-" and int(expected) != cksum(body):
            raise FrameError(f"{frame.name}: the sum is wrong")
        del self._buffer[:length]
        self._head = None
        text = body.decode("ascii", "backslashreplace")
        frames.append(Frame(frame.name, frame.format, text))
        return True

    def _next_line(self) -> bytes | None:
        """What follows the nonce on the next line that begins with it."""
        start = self._find_mark()
        if start is None:
            del self._buffer[:-_LONGEST_MARK]
            return None
        end = self._buffer.find(b"\n", start)
        if end < 0:
            if len(self._buffer) - start > _LONGEST_LINE:
                raise FrameError("a frame's head does not end")
            return None
        line = bytes(self._buffer[start:end])
        del self._buffer[:end]
        return line

    def _find_mark(self) -> int | None:
        if self.nonce is None:
            first = _FIRST.search(self._buffer)
            if first is None:
                return None
            self.nonce = first[1].decode()
        mark = f"\n@{self.nonce} ".encode()
        found = self._buffer.find(mark)
        return None if found < 0 else found + len(mark)

    def _read_line(self, line: bytes) -> None:
        kind, _, rest = line.partition(b" ")
        if kind == b"FACT":
            self._open_frame(rest)
        elif kind == b"END":
            self._end(rest)
        else:
            raise FrameError("a line with the nonce is no frame")

    def _open_frame(self, rest: bytes) -> None:
        match = _FACT.fullmatch(rest)
        if match is None:
            raise FrameError("a frame's head makes no sense")
        name = match["name"].decode()
        if name in self._names:
            raise FrameError(f"{name} came twice")
        length = int(match["length"])
        if length > LONGEST_BODY:
            raise FrameError(f"{name} says it is {length} bytes long")
        self._names.add(name)
        self._head = (Frame(name, int(match["format"]), ""), length, match["sum"])
        del self._buffer[:1]

    def _end(self, rest: bytes) -> None:
        if rest != str(len(self._names)).encode():
            raise FrameError("END counts other frames than came")
        self.ended = True
        self._buffer.clear()
