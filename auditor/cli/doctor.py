"""`doctor`: would a run work, and does the auditor keep its own rules?"""

from __future__ import annotations

import platform
from importlib.metadata import version

import typer

from auditor import __version__
from auditor.cli.collecting import collect_into
from auditor.cli.own_rules import remarks
from auditor.cli.request import How, Options
from auditor.cli.scope import read_scope
from auditor.model.snapshot import HostState, Snapshot

#: Those that meet the hosts and keep what they say.
LIBRARIES = ("paramiko", "cryptography", "pyrage")

#: A host whose clock is further off than this, in seconds, gets a word.
CLOCK_OFF = 60


def examine(options: Options, how: How) -> int:
    """Try each host and look at our own files; the exit code."""
    scope, hosts = read_scope(options)
    typer.echo(f"auditor  {versions()}")
    ours = list(remarks(scope.inventory, hosts))
    for remark in ours:
        typer.echo(f"auditor  {'' if remark.fault else 'advice: '}{remark.text}")
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
    return interrupted or (3 if not whole else int(any(one.fault for one in ours)))


def versions() -> str:
    """What an audit is made with: for the minutes, and to see what is out of date."""
    libraries = (f"{name} {version(name)}" for name in LIBRARIES)
    python = platform.python_version()
    return ", ".join([f"auditor {__version__}", f"Python {python}", *libraries])


def told(snapshot: Snapshot) -> str:
    """One host in a line."""
    if snapshot.state is not HostState.AUDITED:
        why = snapshot.detail or snapshot.reason or ""
        return f"{snapshot.state}: {why}"
    clock = snapshot.clock_offset
    off = clock is not None and abs(clock) > CLOCK_OFF
    late = f", clock off by {clock:.0f} s" if off else ""
    return f"ok, as {snapshot.privilege}{late}"
