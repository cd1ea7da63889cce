"""How far a service can be reached now, and what shows it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from auditor.facts.software import Listener, Software
from auditor.facts.superservers import SUPERSERVERS, Superservers
from auditor.model.findings import Evidence
from auditor.model.sources import Read, Source


class Reach(StrEnum):
    """`STARTED`: it runs or is enabled, but no socket of it was seen."""

    EXPOSED = "exposed"
    STARTED = "started"
    LOCAL = "local_only"
    STOPPED = "not_running"


class Reached(Struct, frozen=True):
    """The answer, its proof, and the sources that could still contradict it."""

    reach: Reach
    proof: tuple[Evidence, ...]
    also: tuple[Source, ...]

    @property
    def open(self) -> bool:
        """Whether others than this host can, or after a start could, reach it."""
        return self.reach in (Reach.EXPOSED, Reach.STARTED)


def reached(
    software: Software,
    processes: Iterable[str],
    ports: Iterable[int],
    *,
    units: Iterable[str] = (),
    superservers: Superservers | None = None,
) -> Reached:
    """Look for sockets of the processes on the ports (on any, when none is given).

    A socket whose owner is not shown counts on those ports, and one of a superserver
    when an entry of its own, or a unit, says that it starts this service.
    """
    names, numbers = tuple(processes), frozenset(ports)
    runs = [one.read for one in software.processes.named(*names)]
    enabled = [*_served(superservers, names), *_enabled(software, units)]
    sockets = [
        one
        for one in software.listeners.listeners
        if one.protocol == "tcp" and (not numbers or one.port in numbers)
        if _is_of(one, names, owned=bool(enabled), hidden=bool(numbers))
    ]
    exposed = [one for one in sockets if one.exposed]
    listeners = software.listeners.sources
    if exposed:
        starter = enabled[:1] if exposed[0].process in SUPERSERVERS else []
        return Reached(Reach.EXPOSED, _evidence([exposed[0].read, *starter]), ())
    if sockets:
        return Reached(Reach.LOCAL, _evidence([sockets[0].read]), listeners)
    started = [*runs, *_enabled(software, units)]
    if started:
        return Reached(Reach.STARTED, _evidence(started[:1]), listeners)
    # That it does not run accuses only what is surely installed.
    installed = (*software.packages.sources, *software.processes.sources)
    elsewhere = (*installed, *software.units.sources)
    others = () if superservers is None else superservers.sources
    return Reached(Reach.STOPPED, (), (*listeners, *elsewhere, *others))


def _is_of(one: Listener, names: tuple[str, ...], *, owned: bool, hidden: bool) -> bool:
    if one.process in SUPERSERVERS:
        return owned
    return one.process in names or (hidden and not one.process)


def _served(
    superservers: Superservers | None, names: tuple[str, ...]
) -> list[Read[str]]:
    if superservers is None:
        return []
    return [one.read for name in names for one in superservers.starting(name)]


def _enabled(software: Software, units: Iterable[str]) -> list[Read[str]]:
    found = []
    for unit in units:
        active = software.units.active.get(unit)
        state = software.units.enabled.get(unit)
        if active is not None and active.value == "active":
            found.append(active)
        elif state is not None and state.value == "enabled":
            found.append(state)
    return found


def _evidence(reads: Iterable[Read[str]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(read) for read in reads)
