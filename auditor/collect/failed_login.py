"""One failed login on purpose: the only thing that is ever done to a host.

It is one request of one password for an account that does not exist, to a host that has
proven its pinned key. No key of ours is offered and no other method is tried: sshd logs
each as an attempt of its own.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import paramiko
from msgspec import Struct

from auditor.collect.budget import LOGIN_BYTES, Budget
from auditor.collect.shown import shown
from auditor.collect.transports.ssh import Ssh, patience
from auditor.collect.transports.wire import Wire
from auditor.collect.trouble import HostTroubleError
from auditor.collect.visiting import Means
from auditor.model.host import Host


class FailedLogin(Struct, frozen=True):
    """The login that failed: when it was sent (UTC, and monotonic) and from where.

    `sources` are the addresses that the host saw it come from, as far as they are known
    here: our own, or that of the jump host in between.
    """

    at: datetime
    started: float
    sources: tuple[str, ...]


def account_name() -> str:
    """A name that no account has and no alert of another event holds."""
    return f"drill-{secrets.token_hex(4)}"


def fail_login(host: Host, means: Means, account: str) -> FailedLogin | str:
    """Try to log in once as that account, or say why the attempt can't count.

    Jump hosts in between are logged in to as in an audit.
    """
    ssh = Ssh(means.hosts, means.secret, means.pins, means.ask)
    attempt = _OneAttempt(account)
    seconds = host.limits.connect + 2 * patience(host)
    budget = Budget(seconds, LOGIN_BYTES)
    try:
        wire = ssh.knock(host, budget, attempt)
        wire.leave()
    except HostTroubleError as trouble:
        return trouble.detail
    except Exception as error:  # noqa: BLE001 - paramiko hands on whatever it met
        return f"internal error: {type(error).__name__}: {shown(str(error))}"
    finally:
        ssh.close()
    if attempt.at is None:
        return "no login was tried"
    if attempt.let_in:
        return f"the host let '{account}' in, an account that should not exist"
    if budget.why is not None:
        return "no answer to the login in time"
    seen = attempt.seen_from if host.jump is None else (means.hosts[host.jump].address,)
    return FailedLogin(attempt.at, attempt.started, tuple(seen))


class _OneAttempt:
    """paramiko's `auth_strategy`: one random password, sent once and then forgotten."""

    def __init__(self, account: str) -> None:
        self._account = account
        self.at: datetime | None = None
        self.started = 0.0
        self.let_in = False
        self.seen_from: Sequence[str] = ()

    def authenticate(self, transport: Wire) -> None:
        """Fail to log in; a server that closes instead of refusing counts as well."""
        self.seen_from = _own_address(transport)
        self.at, self.started = datetime.now(UTC), time.monotonic()
        try:
            transport.auth_password(
                self._account, secrets.token_urlsafe(24), fallback=False
            )
        except paramiko.AuthenticationException:
            return
        self.let_in = True


def _own_address(wire: Wire) -> tuple[str, ...]:
    try:
        address = str(wire.metered.getsockname()[0])
    except (OSError, AttributeError, IndexError):  # a channel has none
        return ()
    return (address.partition("%")[0],)
