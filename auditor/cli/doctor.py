"""`doctor`: would a run work, and does the auditor keep its own rules?"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import typer

from auditor.cli.collecting import collect_into
from auditor.cli.request import How, Options
from auditor.cli.scope import read_scope
from auditor.model.host import Host, Inventory
from auditor.model.snapshot import HostState, Snapshot

#: A host whose clock is further off than this, in seconds, gets a word.
CLOCK_OFF = 60


def examine(options: Options, how: How) -> int:
    """Try each host and look at our own files; the exit code."""
    scope, hosts = read_scope(options)
    ours = list(own_faults(scope.inventory, hosts))
    for fault in ours:
        typer.echo(f"auditor  {fault}")
    snapshots: dict[str, Snapshot] = {}
    interrupted = collect_into(
        lambda s: snapshots.__setitem__(s.host, s),
        scope,
        hosts,
        how,
        facts=(),
    )
    for host in hosts:
        if host.name in snapshots:
            typer.echo(f"{host.name}  {told(snapshots[host.name])}")
    whole = all(s.state is HostState.AUDITED for s in snapshots.values())
    return interrupted or (3 if not whole else int(bool(ours)))


def told(snapshot: Snapshot) -> str:
    """One host in a line."""
    if snapshot.state is not HostState.AUDITED:
        why = snapshot.detail or snapshot.reason or ""
        return f"{snapshot.state}: {why}"
    clock = snapshot.clock_offset
    off = clock is not None and abs(clock) > CLOCK_OFF
    late = f", clock off by {clock:.0f} s" if off else ""
    return f"ok, as {snapshot.privilege}{late}"


def own_faults(inventory: Inventory, hosts: tuple[Host, ...]) -> Iterator[str]:
    """What is wrong on the auditor's own side: files that others may read or write."""
    for host in hosts:
        if host.key is not None and not host.key.is_file():
            yield f"{host.key}: no such key ({host.name})"
    keys = {host.key for host in hosts if host.key is not None}
    for key in sorted(keys):
        if _mode(key) & 0o077:
            yield f"{key}: others may read the private key; chmod 600"
    for file in (inventory.path, inventory.known_hosts, inventory.manifests):
        if _mode(file) & 0o022:
            yield f"{file}: others may write it; chmod go-w"
    if _mode(inventory.store.dir) & 0o077:
        yield f"{inventory.store.dir}: others may read the results; chmod 700"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else 0
