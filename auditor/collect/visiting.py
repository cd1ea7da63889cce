"""One host from its inventory entry to its snapshot; never raises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from auditor.collect.budget import LOGIN_BYTES, Budget, LimitError, SharedBytes
from auditor.collect.privilege import Plan
from auditor.collect.program import Program
from auditor.collect.recording import Visit, program_value
from auditor.collect.session import collect_over, limit_trouble
from auditor.collect.shown import shown
from auditor.collect.transports.tcp import dial
from auditor.collect.trouble import HostTroubleError
from auditor.model.findings import Reason
from auditor.model.host import Host, Pins, Secret
from auditor.model.snapshot import HostState, Snapshot

if TYPE_CHECKING:
    from auditor.collect.transports.ssh import Ssh
    from auditor.collect.transports.stream import Stream

#: Asks a person: host, what its server says, whether the answer may be seen.
Ask = Callable[[str, str, bool], str]


class Means(Struct, frozen=True):
    """What connecting takes, from the inventory.

    `hosts` are all of it, jump hosts too; `secret` gives a reference's value, `pins`
    the host keys of a host; `answers` are the files of hosts visited by hand.
    """

    hosts: Mapping[str, Host]
    secret: Callable[[Secret], str]
    pins: Callable[[Host], Pins]
    answers: Mapping[str, Path] = field(default_factory=dict)
    ask: Ask | None = None


class Visitor:
    """Visits the hosts of one run; `visit` may be called from many threads."""

    def __init__(self, means: Means, programs: Callable[[Host], Program]) -> None:
        self._means = means
        self._programs = programs
        self._ssh: Ssh | None = None
        self._lock = threading.Lock()

    def transport_of(self, host: Host) -> str:
        """How the host is visited: a file given for it goes first."""
        return "answer" if host.name in self._means.answers else host.transport

    def visit(self, host: Host, budget: Budget) -> Snapshot:
        """Collect from one host within its budget."""
        visit = Visit(host, self.transport_of(host))
        try:
            if visit.transport == "answer":
                return self._by_hand(visit)
            return self._connected(visit, budget)
        except HostTroubleError as trouble:
            return replace(visit, handshake=trouble.handshake).troubled(trouble)
        except LimitError:
            return visit.troubled(limit_trouble(budget, "before the session"))
        # One host, or a mistake of ours in its regard, never hides the others.
        except Exception as error:  # noqa: BLE001
            text = f"internal error: {type(error).__name__}: {shown(str(error))}"
            ours = HostTroubleError(HostState.BROKEN, Reason.PROTOCOL, text)
            return visit.troubled(ours)

    def prepare(self, hosts: Iterable[Host]) -> None:
        """Import what connecting takes, while the first hosts are being dialled."""
        if any(self.transport_of(host) == "ssh" for host in hosts):
            self._over_ssh()

    def close(self) -> None:
        """End the connections to jump hosts."""
        with self._lock:
            if self._ssh is not None:
                self._ssh.close()

    def _connected(self, visit: Visit, budget: Budget) -> Snapshot:
        host = visit.host
        direct = visit.transport == "ssh" and host.jump is None
        dialled = dial(host) if direct else None
        program = self._programs(host)
        stream = self._open(visit.transport, host, budget, dialled)
        password = None
        if host.sudo_password is not None and host.privilege != "never":
            password = self._means.secret(host.sudo_password)
        try:
            outcome = collect_over(
                stream,
                program,
                Plan.of(host),
                password,
                budget,
                patience=3 * host.limits.connect,
            )
        except HostTroubleError as trouble:
            trouble.handshake = stream.handshake
            raise
        finally:
            stream.close()
        seen = stream.handshake
        return replace(visit, program=program, handshake=seen).answered(outcome)

    def _open(
        self, transport: str, host: Host, budget: Budget, dialled: socket | None
    ) -> Stream:
        if transport == "local":
            from auditor.collect.transports.local import LocalStream

            budget.allow(host.limits.answer)
            return LocalStream(budget)
        return self._over_ssh().open(host, budget, dialled)

    def _over_ssh(self) -> Ssh:
        with self._lock:
            if self._ssh is None:
                from auditor.collect.transports.ssh import Ssh

                means = self._means
                self._ssh = Ssh(means.hosts, means.secret, means.pins, means.ask)
            return self._ssh

    def _by_hand(self, visit: Visit) -> Snapshot:
        from auditor.collect.transports.answer import read_answer

        path = self._means.answers.get(visit.host.name)
        if path is None:
            raise HostTroubleError(
                HostState.UNREACHABLE,
                Reason.NOT_COLLECTED_FOR,
                f"no answer is given for it: --answer {visit.host.name}=FILE",
            )
        program, outcome = read_answer(path, visit.host.limits.answer)
        taken = _instant(program_value(outcome.frames, "clock"))
        return replace(
            visit,
            program=program,
            started=taken or visit.started,
            ended=taken,
            tool=program_value(outcome.frames, "tool"),
        ).answered(outcome)


def budget_of(host: Host, shared: SharedBytes | None = None) -> Budget:
    """A host's budget as it starts: until the login is over few bytes will do."""
    seconds = host.limits.deadline + host.limits.scan_budget
    return Budget(seconds, LOGIN_BYTES, shared)


def _instant(clock: str) -> datetime | None:
    """A target's clock, in seconds since the epoch; None when it can't be true."""
    if not (clock.isascii() and clock.isdigit() and len(clock) <= 11):
        return None
    taken = datetime.fromtimestamp(int(clock), UTC)
    return taken if taken < datetime.now(UTC) + timedelta(days=1) else None
