"""Many hosts at once: threads, limits per group and jump host, one stop for all.

Threads because the run waits for targets, not for the interpreter: one process came
to about 60 hosts a second, more than the targets of a run ever answer.
"""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from auditor.collect.budget import Budget, SharedBytes
from auditor.collect.program import Program
from auditor.collect.recording import Visit
from auditor.collect.stopping import Stop
from auditor.collect.trouble import HostTroubleError
from auditor.collect.visiting import Means, Visitor, budget_of
from auditor.model.findings import Reason
from auditor.model.host import Group, Host
from auditor.model.snapshot import HostState, Snapshot

#: Channels at once through one jump host.
JUMP_LIMIT = 32
_LOOK = 0.2
#: Seconds in which interrupted hosts hand in what they have.
_LEAVE = 1.5
#: Seconds past a host's deadline after which its thread is given up: a resolver that
#: hangs knows of no deadline.
_GRACE = 15.0


class Event(Struct, frozen=True):
    """A host was started, or is finished with its snapshot."""

    kind: Literal["started", "finished"]
    host: str
    snapshot: Snapshot | None = None


class _Running(Struct, frozen=True):
    host: Host
    budget: Budget


def collect_hosts(
    hosts: Iterable[Host],
    programs: Callable[[Host], Program],
    means: Means,
    *,
    groups: Mapping[str, Group] | None = None,
    jobs: int = 50,
    stop: Stop | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Iterator[Snapshot]:
    """One snapshot for every host, as each is finished.

    `programs` gives a host's program and is called in its thread; `jobs` hosts run at
    once, fewer where their group or jump host says so. Once `stop` is requested, or
    on Ctrl-C, hosts that are not finished come as `interrupted`. `on_event` is called
    in the thread that iterates.
    """
    fleet = _Fleet(hosts, Visitor(means, programs), groups or {}, jobs)
    try:
        for event in fleet.run(stop or Stop()):
            if on_event is not None:
                on_event(event)
            if event.snapshot is not None:
                yield event.snapshot
    finally:
        fleet.close()


class _Fleet:
    def __init__(
        self,
        hosts: Iterable[Host],
        visitor: Visitor,
        groups: Mapping[str, Group],
        jobs: int,
    ) -> None:
        self._pending = deque(hosts)
        self._visitor = visitor
        self._groups = groups
        self._jobs = jobs
        self._shared = SharedBytes()
        self._running: dict[str, _Running] = {}
        self._done: queue.SimpleQueue[tuple[str, Snapshot]] = queue.SimpleQueue()

    def run(self, stop: Stop) -> Iterator[Event]:
        try:
            while (self._pending or self._running) and not stop.requested:
                started = self._start_what_may()
                self._visitor.prepare(started)
                for host in started:
                    yield Event("started", host.name)
                for snapshot in self._finished(_LOOK):
                    yield Event("finished", snapshot.host, snapshot)
        except KeyboardInterrupt:
            stop.request(signal.SIGINT)
        for snapshot in self._interrupted():
            yield Event("finished", snapshot.host, snapshot)

    def close(self) -> None:
        for running in self._running.values():
            running.budget.stop()
        self._visitor.close()

    def _start_what_may(self) -> list[Host]:
        """Start every pending host that no limit holds back, in their order."""
        groups = Counter(running.host.group for running in self._running.values())
        jumps = Counter(running.host.jump for running in self._running.values())
        started: list[Host] = []
        held: list[Host] = []
        while self._pending and len(self._running) < self._jobs:
            host = self._pending.popleft()
            full = groups[host.group] >= self._group_limit(host)
            if full or (host.jump and jumps[host.jump] >= JUMP_LIMIT):
                held.append(host)
                continue
            groups[host.group] += 1
            jumps[host.jump] += 1
            self._start(host)
            started.append(host)
        self._pending.extendleft(reversed(held))
        return started

    def _group_limit(self, host: Host) -> int:
        group = self._groups.get(host.group or "")
        return self._jobs if group is None or group.limit is None else group.limit

    def _start(self, host: Host) -> None:
        budget = budget_of(host, self._shared)
        self._running[host.name] = _Running(host, budget)
        # Daemons: whoever hangs in a resolver must not keep the command from ending.
        threading.Thread(
            target=self._work, args=(host, budget), name=host.name, daemon=True
        ).start()

    def _work(self, host: Host, budget: Budget) -> None:
        try:
            self._done.put((host.name, self._visitor.visit(host, budget)))
        finally:
            budget.close()

    def _finished(self, seconds: float) -> Iterator[Snapshot]:
        """Those finished by now, waiting a little for the first, and those overdue."""
        try:
            name, snapshot = self._done.get(timeout=seconds)
            while True:
                if self._running.pop(name, None) is not None:
                    yield snapshot
                name, snapshot = self._done.get_nowait()
        except queue.Empty:
            pass
        for running in list(self._running.values()):
            if running.budget.left_in_all() < -_GRACE:
                yield self._given_up(running)

    def _given_up(self, running: _Running) -> Snapshot:
        running.budget.stop()
        del self._running[running.host.name]
        trouble = HostTroubleError(
            HostState.BROKEN, Reason.TIMED_OUT, "it did not end with its deadline"
        )
        return self._visit(running.host).troubled(trouble)

    def _interrupted(self) -> Iterator[Snapshot]:
        """All that is left: what finishes at once, the rest as interrupted."""
        for running in self._running.values():
            running.budget.stop()
        end = time.monotonic() + _LEAVE
        while self._running and time.monotonic() < end:
            yield from self._finished(_LOOK)
        left = [running.host for running in self._running.values()]
        self._running.clear()
        for host in [*left, *self._pending]:
            trouble = HostTroubleError(
                HostState.INTERRUPTED, Reason.INTERRUPTED, "the run was interrupted"
            )
            yield self._visit(host).troubled(trouble)
        self._pending.clear()

    def _visit(self, host: Host) -> Visit:
        return Visit(host, self._visitor.transport_of(host))
