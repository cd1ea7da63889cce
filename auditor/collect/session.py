"""One session on one host: privilege, the program in, its answer out."""

from __future__ import annotations

import time

from msgspec import Struct

from auditor.collect.budget import Budget, LimitError, Spent
from auditor.collect.frames import Frame, FrameError, FrameReader
from auditor.collect.privilege import Plan
from auditor.collect.program import PROGRAM, Program
from auditor.collect.shown import shown
from auditor.collect.transports.stream import Received, Stream
from auditor.collect.trouble import HostTroubleError
from auditor.model.findings import Reason
from auditor.model.snapshot import HostState

#: Noise of a profile before the go word; more is a fault.
_NOISE = 128 << 10
_PIECE = 32 << 10
_TAIL = 2048
#: By these the target's own deadline shows: GNU timeout, SIGKILL, BusyBox timeout.
_TIMED_OUT = frozenset({124, 137, 143})
#: sudo's own status, and those of the shell that finds none or may not run it.
_SUDO_REFUSES = frozenset({1, 126, 127})

_SPENT = {
    Spent.BYTES: (Reason.LIMIT, "too many bytes"),
    Spent.DEADLINE: (Reason.TIMED_OUT, "out of time"),
    Spent.STOPPED: (Reason.INTERRUPTED, "interrupted"),
}


class Outcome(Struct, frozen=True):
    """How a session went: `reason` is None when the whole answer came.

    `refusal` is what sudo said when the session went on without it; `heard` the
    instant (seconds since the epoch) at which the first frame was whole.
    """

    privilege: str
    frames: tuple[Frame, ...]
    reason: Reason | None = None
    detail: str = ""
    refusal: str = ""
    heard: float | None = None


def collect_over(
    stream: Stream,
    program: Program,
    plan: Plan,
    sudo_password: str | None,
    budget: Budget,
    *,
    patience: float,
) -> Outcome:
    """Run the program; `patience` is how long the go word may take, in seconds.

    Raises HostTroubleError when the program could not be started. The stream stays
    open: the caller closes it.
    """
    budget.stage(patience)
    seconds = max(1, int(budget.left_in_all()) - 2)
    with_password = sudo_password is not None and plan.by == "sudo"
    try:
        stream.start(plan.command_line(seconds, with_password=with_password))
        start = _Start(stream, plan, sudo_password if with_password else None)
        privilege = start.wait(budget)
    except LimitError as error:
        raise limit_trouble(budget, "before the program could start") from error
    budget.stage(None)
    refusal = shown(start.err) if privilege == "user" and plan.asked == "root" else ""
    exchange = _Exchange(stream, program)
    reason, detail = exchange.run(start.out, budget)
    frames = () if reason is Reason.PROTOCOL and exchange.forged else exchange.frames
    return Outcome(privilege, tuple(frames), reason, detail, refusal, exchange.heard)


def limit_trouble(budget: Budget, when: str) -> HostTroubleError:
    """What a spent budget says of the host."""
    reason, words = _SPENT[budget.why or Spent.DEADLINE]
    interrupted = reason is Reason.INTERRUPTED
    state = HostState.INTERRUPTED if interrupted else HostState.BROKEN
    return HostTroubleError(state, reason, f"{words} {when}")


class _Start:
    """From the command line to the go word, answering sudo once on the way."""

    def __init__(self, stream: Stream, plan: Plan, password: str | None) -> None:
        self.out = b""
        self.err = b""
        self._stream = stream
        self._plan = plan
        self._password = password
        self._asked = False

    def wait(self, budget: Budget) -> str:
        """Which privilege the shell has that reads the program: root or user."""
        while True:
            got = self._stream.recv(0.5)
            self.out += got.stdout
            self.err += got.stderr
            self._answer()
            privilege = self._went()
            if privilege:
                return privilege
            if got.closed:
                raise self._ended()
            if len(self.out) + len(self.err) > _NOISE:
                text = f"more than {_NOISE} bytes before the program could start"
                raise HostTroubleError(HostState.BROKEN, Reason.LIMIT, text)
            budget.check()

    def _answer(self) -> None:
        prompts = self.err.count(self._plan.prompt)
        if prompts > 1:
            # What follows on stdin would be eaten as further attempts.
            self._stream.close()
            raise _sudo_refused("the sudo password was refused")
        if prompts and not self._asked and self._password is not None:
            self._asked = True
            line = f"{self._password}\n".encode()
            while line:
                line = line[self._stream.send(line) :]

    def _went(self) -> str | None:
        found = {
            self.out.find(self._plan.go_word(privilege)): privilege
            for privilege in ("root", "user")
        }
        found.pop(-1, None)
        if not found:
            return None
        first = min(found)
        privilege = found[first]
        self.out = self.out[first + len(self._plan.go_word(privilege)) :]
        if privilege == "user" and self._asked and b"incorrect password" in self.err:
            # One try in sudoers: no second prompt, and the mistake is the same.
            self._stream.close()
            raise _sudo_refused("the sudo password was refused")
        return privilege

    def _ended(self) -> HostTroubleError:
        out = self.out.replace(self._plan.in_word, b"")
        said = shown(self.err.replace(self._plan.prompt, b"") or out)
        status = self._stream.status
        if self._stream.lost:
            text = self._stream.lost
        elif self._plan.in_word not in self.out and status == 1:
            # nologin, an expired password: the account may log in and no more.
            text = f"the account may run no command: {said}"
            return HostTroubleError(HostState.REFUSED, Reason.LOGIN_REFUSED, text)
        elif self._plan.privilege == "required" and status in _SUDO_REFUSES:
            return _sudo_refused(said)
        else:
            text = f"the session ended before the program could start: {said}"
        return HostTroubleError(HostState.BROKEN, Reason.PROTOCOL, text)


def _sudo_refused(detail: str) -> HostTroubleError:
    return HostTroubleError(HostState.REFUSED, Reason.SUDO_REFUSED, detail)


class _Exchange:
    """The program in and its frames out, in turns, up to the END line."""

    def __init__(self, stream: Stream, program: Program) -> None:
        self.frames: list[Frame] = []
        self.forged = False
        self.heard: float | None = None
        self._stream = stream
        self._reader = FrameReader(program.nonce)
        self._formats = {fact.name: fact.format for fact in program.facts}
        self._formats[PROGRAM] = 1
        self._rest = program.text.encode()
        self._tail = b""

    def run(self, first: bytes, budget: Budget) -> tuple[Reason | None, str]:
        """Until END, the end of the stream or of the budget; None when END came."""
        got = Received(first)
        try:
            while True:
                self._read(got)
                if self._reader.ended:
                    return None, ""
                if got.closed:
                    return self._cut()
                budget.check()
                self._write()
                got = self._stream.recv(0.02 if self._rest else 0.5)
        except LimitError:
            reason, words = _SPENT[budget.why or Spent.DEADLINE]
            return reason, f"{words} before the answer's end"
        except FrameError as error:
            self.forged = True
            return Reason.PROTOCOL, str(error)

    def _write(self) -> None:
        if not self._rest:
            return
        self._rest = self._rest[self._stream.send(self._rest[:_PIECE]) :]
        if not self._rest:
            self._stream.close_input()

    def _read(self, got: Received) -> None:
        self._tail = (self._tail + got.stderr)[-_TAIL:]
        for frame in self._reader.feed(got.stdout):
            if self._formats.get(frame.name) != frame.format:
                raise FrameError(f"{frame.name} {frame.format} was not asked for")
            self.frames.append(frame)
            self.heard = self.heard or time.time()

    def _cut(self) -> tuple[Reason, str]:
        status = self._stream.status
        if self._stream.lost:
            return Reason.UNREACHABLE, self._stream.lost
        if status in _TIMED_OUT:
            return Reason.TIMED_OUT, f"deadline on the host (status {status})"
        said = shown(self._tail)
        return Reason.PROTOCOL, f"no END, status {status}{': ' if said else ''}{said}"
