"""SSH: one connection a host, one a jump host; fabric opens, paramiko carries.

Nothing of the user's own SSH configuration is read: what a run does is said by the
inventory alone.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping

import paramiko
from msgspec import Struct, field

from auditor.collect.budget import LOGIN_BYTES, Budget, SocketLike
from auditor.collect.credentials import key_of
from auditor.collect.shown import shown
from auditor.collect.transports.connection import LoggingIn, Policy, connect
from auditor.collect.transports.login import KeyRing, OneLogin, agent_key
from auditor.collect.transports.stream import Received
from auditor.collect.transports.tcp import dial
from auditor.collect.transports.wire import HOST_KEY_ALGORITHMS, Wire
from auditor.collect.trouble import BusyError, HostTroubleError
from auditor.collect.visiting import Ask
from auditor.model.findings import Reason
from auditor.model.host import Host, Pins, Secret, fingerprint_of
from auditor.model.snapshot import Handshake, HostState
from auditor.system_credentials import given

_PIECE = 32 << 10
#: sshd past its MaxStartups drops a connection; a second later there is room.
_BUSY_WAIT = 1.0
#: What the frames of a jump host's own connection add to the bytes inside.
_ENVELOPE = 2


def patience(host: Host) -> float:
    """Seconds for login, session and go word, each: slow PAM stacks take some."""
    return 3 * host.limits.connect


class Ssh:
    """The SSH connections of one run.

    `secret` gives the value of a reference, `pins` the host keys of a host, `ask`
    puts a question of the server to a person (only where `interactive`).
    """

    def __init__(
        self,
        hosts: Mapping[str, Host],
        secret: Callable[[Secret], str],
        pins: Callable[[Host], Pins],
        ask: Ask | None = None,
    ) -> None:
        self._hosts = hosts
        self._secret = secret
        self._pins = pins
        self._ask = ask
        self._keys = KeyRing()
        self._jumps: dict[str, _Jump] = {}
        self._lock = threading.Lock()

    def open(
        self, host: Host, budget: Budget, dialled: socket.socket | None = None
    ) -> SshStream:
        """Connect, or use the socket that is, and log in; raises HostTroubleError."""
        pins, login = self._pins(host), self._login(host)
        wire = self._connect(host, budget, pins, login, dialled)
        budget.allow(host.limits.answer)
        jump = self._through(host)
        hop = None if jump is None or jump.wire is None else (jump.host.name, jump.wire)
        return SshStream(wire, patience(host), hop)

    def host_key(self, host: Host, budget: Budget) -> tuple[str, str, str]:
        """The key that it shows, nothing offered: type, base64 blob, fingerprint.

        Raises HostTroubleError.
        """
        wire = self._connect(host, budget, None, _NothingOffered())
        key = wire.get_remote_server_key()
        wire.leave()
        return key.get_name(), key.get_base64(), fingerprint_of(key.get_base64())

    def knock(self, host: Host, budget: Budget, login: LoggingIn) -> Wire:
        """Connect as for an audit, then log in by a way of the caller's own.

        Raises HostTroubleError, and before the login when the key is not pinned.
        """
        return self._connect(host, budget, self._pins(host), login)

    def close(self) -> None:
        """Leave the jump hosts: the run is over."""
        with self._lock:
            jumps = list(self._jumps.values())
        for jump in jumps:
            if jump.wire is not None and jump.wire.is_active():
                jump.wire.leave()

    def _connect(
        self,
        host: Host,
        budget: Budget,
        pins: Pins | None,
        login: LoggingIn,
        dialled: socket.socket | None = None,
    ) -> Wire:
        """Without pins any key will do: then nothing may be offered."""
        types = pins.types if pins else ()
        tried: set[str] = set()
        while True:
            policy = Policy(pins, types, budget, patience(host))
            try:
                return self._connect_patiently(host, policy, login, dialled)
            except HostTroubleError as trouble:
                dialled = None
                types = _types_left(trouble, tried)
                if not (types and pins and pins.fingerprints):
                    raise

    def _connect_patiently(
        self,
        host: Host,
        policy: Policy,
        login: LoggingIn,
        dialled: socket.socket | None,
    ) -> Wire:
        try:
            return connect(host, dialled or self._reach(host), policy, login)
        except BusyError:
            time.sleep(_BUSY_WAIT)
            return connect(host, self._reach(host), policy, login)

    def _reach(self, host: Host) -> SocketLike:
        return dial(host) if host.jump is None else self._channel_to(host)

    def _login(self, host: Host) -> OneLogin:
        password = self._secret(host.password) if host.password else None
        return OneLogin(host, lambda: self._key(host), password, self._ask)

    def _key(self, host: Host) -> paramiko.PKey | None:
        path = key_of(host)
        if host.agent is not None:
            return agent_key(host.agent)
        if path is None:
            return None
        phrase = self._secret(host.passphrase) if host.passphrase else None
        return self._keys.key(given(path), phrase)

    def _through(self, host: Host) -> _Jump | None:
        if host.jump is None:
            return None
        with self._lock:
            jump = self._hosts[host.jump]
            return self._jumps.setdefault(host.jump, _Jump(jump))

    def _channel_to(self, host: Host) -> paramiko.Channel:
        """A channel through the host's jump host; once more if that one broke."""
        jump = self._through(host)
        assert jump is not None
        for last in (False, True):
            wire = self._open_jump(jump)
            jump.budget.allow(_ENVELOPE * (host.limits.answer + LOGIN_BYTES))
            try:
                return wire.open_channel(
                    "direct-tcpip",
                    (host.address, host.port),
                    ("", 0),
                    timeout=host.limits.connect,
                )
            except (paramiko.SSHException, EOFError, OSError) as error:
                if last or wire.is_active():
                    raise jump.unreachable(_forward_detail(host, error)) from None
        raise AssertionError("the second try returns or raises")

    def _open_jump(self, jump: _Jump) -> Wire:
        with jump.lock:
            if jump.wire is not None and jump.wire.is_active():
                return jump.wire
            if jump.trouble is not None:
                raise jump.trouble
            if jump.openings == 2:
                raise jump.unreachable("its connection broke twice")
            jump.openings += 1
            # No deadline of its own once it carries: its hosts have theirs.
            jump.budget = Budget(None, LOGIN_BYTES)
            try:
                pins, login = self._pins(jump.host), self._login(jump.host)
                jump.wire = self._connect(jump.host, jump.budget, pins, login)
            except HostTroubleError as trouble:
                jump.trouble = jump.blamed(trouble)
                raise jump.trouble from None
            return jump.wire


class _Jump(Struct):
    """The shared connection to a jump host; opened under its lock."""

    host: Host
    wire: Wire | None = None
    budget: Budget = field(default_factory=lambda: Budget(None, LOGIN_BYTES))
    openings: int = 0
    trouble: HostTroubleError | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def unreachable(self, detail: str) -> HostTroubleError:
        """What a host behind it is told."""
        text = f"jump host {self.host.name}: {detail}"
        return HostTroubleError(HostState.UNREACHABLE, Reason.UNREACHABLE, text)

    def blamed(self, trouble: HostTroubleError) -> HostTroubleError:
        """The trouble of the hop as that of the hosts behind; a key stays a key."""
        if trouble.reason is Reason.HOST_KEY:
            text = f"jump host {self.host.name}: {trouble.detail}"
            return HostTroubleError(HostState.UNTRUSTED, Reason.HOST_KEY, text)
        return self.unreachable(trouble.detail)


class _NothingOffered:
    """A login that is none: for fetching a host key."""

    def authenticate(self, transport: Wire) -> None:
        """Offer nothing."""


def _types_left(trouble: HostTroubleError, tried: set[str]) -> tuple[str, ...]:
    """The host's other key types, when the one that it showed is not pinned.

    A fingerprint does not say of which type its key is, and a server shows one key a
    handshake: before it is called a stranger, its other keys are looked at.
    """
    seen = trouble.handshake
    if trouble.reason is not Reason.HOST_KEY or seen is None:
        return ()
    if seen.host_key is not None:
        tried.add(seen.host_key.type)
    offered = {
        "ssh-rsa" if name.startswith("rsa-sha2-") else name
        for name in seen.offered.host_key
        if name in HOST_KEY_ALGORITHMS
    }
    return tuple(sorted(offered - tried))


def _forward_detail(host: Host, error: Exception) -> str:
    place = f"{host.address} port {host.port}"
    if isinstance(error, paramiko.ChannelException):
        if error.code == 1:
            return f"it forbids forwarding to {place}"
        return f"it can't reach {place}: {shown(error.text)}"
    return f"no channel to {place}: {shown(str(error)) or 'closed'}"


class SshStream:
    """The one session of a host."""

    def __init__(
        self, wire: Wire, seconds: float, hop: tuple[str, Wire] | None
    ) -> None:
        self._wire = wire
        self._budget = wire.budget
        self._seconds = seconds
        self._hop = hop
        self._channel: paramiko.Channel | None = None
        self._poll = select.poll()

    @property
    def handshake(self) -> Handshake:
        """What the server showed."""
        return self._wire.handshake()

    @property
    def status(self) -> int | None:
        """The exit status, if the server told one."""
        channel = self._channel
        if channel is None or channel.exit_status < 0:
            return None
        return channel.exit_status

    @property
    def lost(self) -> str | None:
        """Which connection broke: the host's own or that of its jump host."""
        if self._wire.is_active():
            return None
        if self._hop is not None and not self._hop[1].is_active():
            return f"jump host {self._hop[0]}: its connection broke"
        said = self._wire.said_goodbye
        return f"the connection broke{': ' if said else ''}{said}"

    def start(self, command: str) -> None:
        """One session, one exec; raises HostTroubleError or LimitError."""
        try:
            self._channel = self._wire.open_session(timeout=self._seconds + 1)
            self._channel.settimeout(0.0)
            self._wire.execute(self._channel, command)
        except (paramiko.SSHException, EOFError, OSError) as error:
            self._budget.check()
            detail = f"no session: {shown(str(error)) or self.lost or 'closed'}"
            raise HostTroubleError(HostState.BROKEN, Reason.PROTOCOL, detail) from None
        self._poll.register(self._channel.fileno(), select.POLLIN)

    def send(self, data: bytes) -> int:
        """What the window takes now; all of it once the channel is gone."""
        self._budget.check()
        assert self._channel is not None
        try:
            return self._channel.send(data[:_PIECE])
        except TimeoutError:
            return 0
        except (paramiko.SSHException, EOFError, OSError):
            self._budget.check()
            return len(data)

    def recv(self, seconds: float) -> Received:
        """Wait for either output, the end, or the budget's."""
        self._budget.check()
        channel = self._channel
        assert channel is not None
        wait = max(0.0, min(seconds, self._budget.left()))
        self._poll.poll(wait * 1000)
        # Looked at before draining: what comes after is seen next time.
        over = bool(channel.eof_received or channel.closed)
        out = channel.recv(1 << 20) if channel.recv_ready() else b""
        err = channel.recv_stderr(1 << 20) if channel.recv_stderr_ready() else b""
        self._budget.check()
        closed = over and not out and not err
        if closed:
            channel.status_event.wait(1)
        return Received(out, err, closed)

    def close_input(self) -> None:
        """Send EOF."""
        if self._channel is not None:
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                self._channel.shutdown_write()

    def close(self) -> None:
        """Leave in good order; at once when the budget is spent."""
        healthy = self._wire.is_active() and self._budget.why is None
        if not healthy:
            self._wire.close()
        if self._channel is not None:
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                self._channel.close()
        if healthy:
            self._wire.leave()
