"""Visiting hosts in tests: one call from an inventory entry to its snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditor.collect.fleet import collect_hosts
from auditor.collect.program import Program
from auditor.collect.visiting import Ask, Means
from auditor.model.host import Host, Pins, Secret
from auditor.model.snapshot import Snapshot
from tests.collect.programs import hello


def given(word: str) -> Secret:
    """A secret that `means` resolves to the word itself."""
    return Secret("env", (word,))


def means(
    *hosts: Host, pins: Mapping[str, Pins] | Pins | None = None, ask: Ask | None = None
) -> Means:
    """Means for these hosts; `pins` for all of them, or by name."""
    by_name = pins if isinstance(pins, Mapping) else {}
    same = pins if isinstance(pins, Pins) else Pins()
    return Means(
        hosts={host.name: host for host in hosts},
        secret=lambda secret: secret.reference[0],
        pins=lambda host: by_name.get(host.name, same),
        ask=ask,
    )


def visit(
    host: Host,
    *jumps: Host,
    pins: Mapping[str, Pins] | Pins | None = None,
    ask: Ask | None = None,
    program: Callable[[], Program] = hello,
) -> Snapshot:
    """The snapshot of one host, through jump hosts where it has them."""
    [snapshot] = collect_hosts(
        [host], lambda _: program(), means(host, *jumps, pins=pins, ask=ask)
    )
    return snapshot


def outcome(snapshot: Snapshot) -> tuple[str, str | None]:
    """State and reason, for comparing in one line."""
    return snapshot.state.value, snapshot.reason and snapshot.reason.value
