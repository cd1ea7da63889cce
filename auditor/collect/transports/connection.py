"""Opening one SSH connection: handshake, host key, login, in this order.

Connecting comes before comparing keys, so that a host without a pin still shows the
key that `trust add` asks about; nothing is offered to it.
"""

from __future__ import annotations

from typing import Any, Protocol

import fabric  # type: ignore[import-untyped]
import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from auditor.collect.budget import Budget, Metered, SocketLike, Spent
from auditor.collect.shown import shown
from auditor.collect.transports.wire import Wire
from auditor.collect.trouble import BusyError, HostTroubleError
from auditor.model.findings import Reason
from auditor.model.host import Host, Pins, fingerprint_of
from auditor.model.snapshot import HostState


class LoggingIn(Protocol):
    """paramiko's `auth_strategy`."""

    def authenticate(self, transport: Wire) -> None:
        """Log in or raise."""


class Connection(fabric.Connection):  # type: ignore[misc]
    """fabric's, on a socket or channel of ours.

    By itself fabric reads the user's ssh_config, never loads known_hosts, accepts
    any host key, and waits an hour for a channel through a jump host.
    """

    def __init__(
        self, host: Host, sock: SocketLike, policy: Policy, login: LoggingIn
    ) -> None:
        # A Config of its own: one shared by 32 threads raised AttributeError.
        config = fabric.Config(overrides={"load_ssh_configs": False}, lazy=True)
        super().__init__(
            host.address,
            user=host.user,
            port=host.port,
            config=config,
            connect_kwargs={
                "sock": sock,
                "transport_factory": policy.wire,
                "auth_strategy": login,
                "allow_agent": False,
                "look_for_keys": False,
            },
        )
        self.client.set_missing_host_key_policy(policy)


class Policy(paramiko.MissingHostKeyPolicy):
    """Makes the transport, then accepts the host's pinned keys and no other.

    `types` are the key types to ask the server for first. Without pins it accepts
    any key, for a login that offers nothing.
    """

    def __init__(
        self,
        pins: Pins | None,
        types: tuple[str, ...],
        budget: Budget,
        patience: float,
    ) -> None:
        self.made: Wire | None = None
        self.accepted = False
        self._pins = pins
        self._types = types
        self.budget = budget
        self._patience = patience

    def wire(self, sock: SocketLike, **options: Any) -> Wire:
        """paramiko's `transport_factory`."""
        metered = Metered(sock, self.budget)
        self.made = Wire(metered, self._types, self._patience, **options)
        return self.made

    def missing_host_key(
        self, client: object, hostname: str, key: paramiko.PKey
    ) -> None:
        """paramiko's question; raises HostTroubleError."""
        del client, hostname
        if self._pins is None:
            return
        seen = f"{key.get_name()} {fingerprint_of(key.get_base64())}"
        if self._pins.problem:
            raise _untrusted(f"{self._pins.problem}; the host shows {seen}")
        if not self._pins.accepts(key.get_name(), key.get_base64()):
            raise _untrusted(f"the host shows a key that is not pinned: {seen}")
        self.accepted = True


def connect(
    host: Host,
    sock: SocketLike,
    policy: Policy,
    login: LoggingIn,
) -> Wire:
    """Open SSH on a connected socket and log in.

    The banner may take the host's `connect` seconds, key exchange and login together
    the policy's patience. Raises HostTroubleError, with what the server showed.
    """
    policy.budget.stage(host.limits.connect)
    connection = Connection(host, sock, policy, login)
    try:
        connection.open()
    # paramiko hands on whatever its thread met in a server's bytes.
    except Exception as error:  # noqa: BLE001
        wire = policy.made
        trouble = _trouble(error, wire, accepted=policy.accepted)
        if wire is not None and wire.remote_version:
            trouble.handshake = wire.handshake()
        if wire is None:
            sock.close()
        elif wire.is_active() and wire.budget.why is None:
            wire.leave()
        else:
            wire.close()
        raise trouble from None
    policy.budget.stage(None)
    assert policy.made is not None
    return policy.made


def _trouble(
    error: Exception, wire: Wire | None, *, accepted: bool
) -> HostTroubleError:
    """What the error says of the host, by how far the connection had come."""
    if isinstance(error, HostTroubleError):
        return error
    if wire is None:
        return _broken(Reason.PROTOCOL, shown(str(error)))
    if wire.budget.why is not None:
        return _spent(wire.budget.why, wire, accepted=accepted)
    if not wire.remote_version:
        return _no_banner(wire)
    if not accepted:
        return _broken(Reason.PROTOCOL, _handshake_detail(error, wire))
    return _login_trouble(error, wire)


def _spent(spent: Spent, wire: Wire, *, accepted: bool) -> HostTroubleError:
    if spent is Spent.STOPPED:
        return HostTroubleError(HostState.INTERRUPTED, Reason.INTERRUPTED, "stopped")
    if spent is Spent.BYTES:
        return _broken(Reason.LIMIT, "too many bytes before the login was over")
    if not wire.remote_version:
        return _no_banner(wire)
    stage = "the login" if accepted else "the key exchange"
    return _broken(Reason.TIMED_OUT, f"no answer to {stage} in time")


def _no_banner(wire: Wire) -> HostTroubleError:
    head = wire.metered.head
    if wire.metered.ended_by_peer and (not head or head.startswith(b"Exceeded Max")):
        text = "closed before it said a word (too many connections at once?)"
        return BusyError(HostState.BROKEN, Reason.PROTOCOL, text)
    said = f"it says: {shown(head, 120)}" if head else "it says nothing"
    return _broken(Reason.PROTOCOL, f"no SSH banner; {said}")


def _handshake_detail(error: Exception, wire: Wire) -> str:
    if isinstance(error, IncompatiblePeer):
        return f"no common algorithm: {shown(str(error))}"
    end = f"; the server said: {wire.said_goodbye}" if wire.said_goodbye else ""
    return f"the SSH handshake failed: {shown(str(error)) or 'closed'}{end}"


def _login_trouble(error: Exception, wire: Wire) -> HostTroubleError:
    if isinstance(error, paramiko.BadAuthenticationType):
        methods = shown(", ".join(error.allowed_types))
        return _refused(f"the server only accepts: {methods}")
    if wire.said_goodbye:
        return _refused(f"the server said: {wire.said_goodbye}")
    if isinstance(error, paramiko.AuthenticationException) and wire.is_active():
        return _refused(f"the login was refused: {shown(str(error))}")
    return _broken(Reason.PROTOCOL, f"closed during the login: {shown(str(error))}")


def _untrusted(detail: str) -> HostTroubleError:
    return HostTroubleError(HostState.UNTRUSTED, Reason.HOST_KEY, detail)


def _refused(detail: str) -> HostTroubleError:
    return HostTroubleError(HostState.REFUSED, Reason.LOGIN_REFUSED, detail)


def _broken(reason: Reason, detail: str) -> HostTroubleError:
    return HostTroubleError(HostState.BROKEN, reason, detail)
