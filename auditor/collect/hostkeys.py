"""Fetching host keys to be compared and pinned; nothing is offered to the hosts."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct
from msgspec.structs import replace

from auditor.collect.budget import LOGIN_BYTES, Budget
from auditor.collect.shown import shown
from auditor.collect.trouble import HostTroubleError
from auditor.collect.visiting import Means
from auditor.model.host import Host

_AT_ONCE = 16


class HostKey(Struct, frozen=True):
    """A key that a host showed: `sha256` as ssh-keygen prints it."""

    type: str
    base64: str
    sha256: str


def fetch_host_keys(
    hosts: Iterable[Host], means: Means, timeout: float
) -> dict[str, HostKey | str]:
    """By host name the key that it shows, or why it shows none.

    Jump hosts in between are logged in to, so they must be pinned. `timeout` is in
    seconds, for each stage.
    """
    from auditor.collect.transports.ssh import Ssh

    ssh = Ssh(means.hosts, means.secret, means.pins, means.ask)

    def fetch(host: Host) -> HostKey | str:
        limited = replace(host, limits=replace(host.limits, connect=timeout))
        try:
            return HostKey(*ssh.host_key(limited, Budget(4 * timeout, LOGIN_BYTES)))
        except HostTroubleError as trouble:
            return trouble.detail
        except Exception as error:  # noqa: BLE001 - one host never hides the others
            return f"internal error: {type(error).__name__}: {shown(str(error))}"

    chosen = list(hosts)
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(fetch, chosen)
            return {host.name: key for host, key in zip(chosen, found, strict=True)}
    finally:
        ssh.close()
