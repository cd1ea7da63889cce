"""What a host of the lab is: `hosts/<name>/host.toml`, read strictly."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lab.paths import HOSTS, LabError

BOOTS = ("daemons", "systemd", "appliance", "mute", "nowhere")


@dataclass(frozen=True, slots=True)
class Host:
    """One host: its story, what boots it, and its keys of the inventory.

    boots: `daemons` runs setup.sh, which starts each by hand; `systemd` runs setup.sh
    and then the real thing; `appliance` has BusyBox and no Debian; `mute` accepts TCP
    and says nothing; `nowhere` does not exist.
    bridge: `outer` is where the auditor is, `inner` lies behind the jump host, which
    has its inner_address there.
    disks: folders on the machine's own disk instead of the overlay.
    sshd_log: a file that sshd writes instead of the system log.
    pinned: false when known_hosts names another key than the host has.
    """

    name: str
    boots: str
    address: str
    inventory: dict[str, Any]
    packages: tuple[str, ...] = ()
    bridge: str = "outer"
    inner_address: str | None = None
    disks: tuple[str, ...] = ()
    loop_disk: str | None = None
    records: bool = False
    sshd_log: str = ""
    pinned: bool = True
    needs: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=())

    @property
    def folder(self) -> Path:
        return HOSTS / self.name

    @property
    def runs(self) -> bool:
        """Does it have processes of its own?"""
        return self.boots != "nowhere"

    @property
    def has_root(self) -> bool:
        """Does it have a root file system, and so an SSH server?"""
        return self.boots in ("daemons", "systemd", "appliance")


@functools.cache
def all_hosts() -> tuple[Host, ...]:
    return tuple(read_host(path) for path in sorted(HOSTS.glob("*/host.toml")))


def read_host(path: Path) -> Host:
    table = tomllib.loads(path.read_text())
    known = {item.name for item in dataclasses.fields(Host)}
    if unknown := set(table) - known:
        raise LabError(f"{path}: unknown keys: {', '.join(sorted(unknown))}")
    lists = {key: tuple(value) for key, value in table.items() if type(value) is list}
    host = Host(name=path.parent.name, **{**table, **lists})
    if host.boots not in BOOTS:
        raise LabError(f"{path}: boots is one of {', '.join(BOOTS)}")
    return host


def choose(names: list[str]) -> tuple[Host, ...]:
    """The named hosts and the jump hosts that they need; all when none is named."""
    by_name = {host.name: host for host in all_hosts()}
    if unknown := [name for name in names if name not in by_name]:
        raise LabError(
            f"no such host: {', '.join(unknown)}; there are: {', '.join(by_name)}"
        )
    wanted = set(names or by_name)
    for name in list(wanted):
        if jump := by_name[name].inventory.get("jump"):
            wanted.add(jump)
    return tuple(host for host in all_hosts() if host.name in wanted)
