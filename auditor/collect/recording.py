"""From how a session went to the host's snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct, field

from auditor import __version__
from auditor.collect.frames import Frame
from auditor.collect.program import PROGRAM, AskedFact, Program
from auditor.collect.session import Outcome
from auditor.collect.trouble import HostTroubleError
from auditor.model.findings import Reason
from auditor.model.host import Host
from auditor.model.snapshot import FactText, Handshake, HostState, Snapshot
from auditor.model.sources import Status, parse_body, status_of


def now() -> datetime:
    """The instant in UTC, to the millisecond."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


class Visit(Struct, frozen=True):
    """One host's collecting: what is known of it before its outcome is.

    It ends when its snapshot is made, unless `ended` says when it did.
    """

    host: Host
    transport: str
    program: Program | None = None
    handshake: Handshake | None = None
    started: datetime = field(default_factory=now)
    ended: datetime | None = None
    tool: str = __version__

    def troubled(self, trouble: HostTroubleError) -> Snapshot:
        """The snapshot of a host of which nothing was read."""
        return self._snapshot(trouble.state, trouble.reason, trouble.detail)

    def answered(self, outcome: Outcome) -> Snapshot:
        """The snapshot of a host on which the program ran, to its end or not."""
        state, reason, detail = _judged(self.host, outcome)
        assert self.program is not None
        read = () if state is HostState.INTERRUPTED else outcome.frames
        return self._snapshot(
            state,
            reason,
            detail,
            facts=facts_of(self.program.facts, read, outcome.reason),
            privilege=outcome.privilege,
            clock_offset=_clock_offset(outcome),
        )

    def _snapshot(
        self,
        state: HostState,
        reason: Reason | None,
        detail: str | None,
        *,
        facts: dict[str, FactText] | None = None,
        privilege: str = "",
        clock_offset: float | None = None,
    ) -> Snapshot:
        return Snapshot(
            host=self.host.name,
            state=state,
            reason=reason,
            detail=detail or None,
            started=self.started,
            ended=self.ended or now(),
            clock_offset=clock_offset,
            transport=self.transport,
            user=self.host.user or "",
            privilege=privilege,
            asked="user" if self.host.privilege == "never" else "root",
            tool=self.tool,
            program_sha256=self.program.sha256 if self.program else "",
            digest_key_id=self.program.digest_key_id if self.program else "",
            ssh=self.handshake,
            facts=facts or {},
        )


def facts_of(
    asked: Iterable[AskedFact], frames: Iterable[Frame], reason: Reason | None
) -> dict[str, FactText]:
    """Every fact asked for, as it came or with the status of its absence.

    Nothing at all when no frame came: then the host's own reason says it.
    """
    bodies = {frame.name: frame.body for frame in frames}
    if not bodies and reason is not None:
        return {}
    late = reason is Reason.TIMED_OUT
    return {
        fact.name: FactText(
            format=fact.format,
            parameters=fact.parameters,
            status=_status(fact.name, bodies.get(fact.name), late=late),
            text=bodies.get(fact.name, ""),
        )
        for fact in asked
    }


def _status(name: str, body: str | None, *, late: bool) -> Status:
    if body is None:
        return Status.TIMED_OUT if late else Status.MISSING
    return status_of(parse_body(name, body).sources)


def _judged(host: Host, outcome: Outcome) -> tuple[HostState, Reason | None, str]:
    """The host's state, its reason and the detail."""
    asked_root = host.privilege != "never"
    if outcome.reason is None:
        if asked_root and outcome.privilege != "root":
            return HostState.PARTIAL, Reason.SUDO_REFUSED, outcome.refusal
        return HostState.AUDITED, None, ""
    if outcome.reason is Reason.INTERRUPTED:
        return HostState.INTERRUPTED, outcome.reason, outcome.detail
    if any(frame.name != PROGRAM for frame in outcome.frames):
        return HostState.PARTIAL, outcome.reason, outcome.detail
    return HostState.BROKEN, outcome.reason, outcome.detail


def program_value(frames: Iterable[Frame], name: str) -> str:
    """A value of the pseudo-fact `Program`; empty when it is not there."""
    for frame in frames:
        if frame.name == PROGRAM:
            text = parse_body(PROGRAM, frame.body).named(name)
            return text.lines[0].text if text and text.lines else ""
    return ""


def _clock_offset(outcome: Outcome) -> float | None:
    """Seconds by which the host's clock is ahead of ours, to about a second."""
    clock = program_value(outcome.frames, "clock")
    if outcome.heard is None or not (clock.isascii() and clock.isdigit()):
        return None
    # The host's clock comes in whole seconds: half of one is the likeliest rest.
    return round(float(clock[:12]) + 0.5 - outcome.heard, 1)
