"""Collecting as the commands do it: programs, secrets, progress, signals."""

from __future__ import annotations

import getpass
import secrets
import signal
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.request import How
from auditor.collect.program import Program, assemble
from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import meant
from auditor.model.facts import Fact
from auditor.model.host import Host, Inventory
from auditor.model.scope import Scope
from auditor.model.snapshot import Snapshot

if TYPE_CHECKING:
    from auditor.collect.visiting import Ask, Means


def collect_into(
    keep: Callable[[Snapshot], object],
    scope: Scope,
    hosts: tuple[Host, ...],
    how: How,
    facts: Iterable[type[Fact]] | None = None,
) -> int:
    """Give every host's snapshot to `keep` as it comes.

    `facts` are those that the chosen checks ask for, unless given. Returns the exit
    code of an interruption (130 by the user, 3 by SIGTERM), else 0. Raises
    ConfigurationError before anything connects.
    """
    from auditor.cli.progress import CollectingProgress
    from auditor.collect.fleet import collect_hosts
    from auditor.collect.stopping import stop_on_signals

    _known(how.answers, hosts)
    progress = CollectingProgress(len(hosts), how.color, plain=how.plain)
    ask = None if how.no_input else progress.ask
    means = means_of(scope.inventory, hosts, how, ask)
    with stop_on_signals() as stop, progress:
        for snapshot in collect_hosts(
            hosts,
            programs_of(scope, facts_of(scope) if facts is None else facts),
            means,
            groups=scope.inventory.groups,
            jobs=how.jobs or scope.inventory.jobs,
            stop=stop,
            on_event=progress.show,
        ):
            keep(snapshot)
    if stop.signal is None:
        return 0
    return 130 if stop.signal == signal.SIGINT else 3


def means_of(
    inventory: Inventory, hosts: Iterable[Host], how: How, ask: Ask | None = None
) -> Means:
    """What connecting to the hosts takes; raises ConfigurationError.

    Each secret is fetched once, before anything connects.
    """
    from auditor.collect.visiting import Means
    from auditor.inventory.known_hosts import pins_of
    from auditor.inventory.secrets import resolve_secrets

    resolved = resolve_secrets(
        inventory,
        [host for host in hosts if host.name not in how.answers],
        no_input=how.no_input,
        ask=lambda what: getpass.getpass(f"{what}: "),
    )
    pins = pins_of(inventory)
    return Means(
        hosts=inventory.hosts,
        secret=resolved.value,
        pins=lambda host: pins[host.name],
        answers=how.answers,
        ask=ask,
    )


def facts_of(scope: Scope) -> frozenset[type[Fact]]:
    """The facts that the chosen checks ask for."""
    return frozenset().union(*(check.facts for check in scope.checks))


def programs_of(scope: Scope, facts: Iterable[type[Fact]]) -> Callable[[Host], Program]:
    """The program of a host; the run's digest key lives in here and nowhere else."""
    wanted = frozenset(facts)
    digest_key = secrets.token_hex(32)

    def program(host: Host) -> Program:
        manifests = scope.manifests.for_host(host.name)
        return assemble(wanted, host, manifests, scope.profile, digest_key=digest_key)

    return program


def program_by_hand(scope: Scope, name: str) -> str:
    """What `collect --print-program` shows: no digest key, so no digests."""
    host = scope.inventory.hosts.get(name)
    if host is None:
        raise _unknown(f"--print-program {name}", name, scope.inventory.hosts)
    manifests = scope.manifests.for_host(host.name)
    return assemble(facts_of(scope), host, manifests, scope.profile).text


def _known(answers: Mapping[str, Path], hosts: tuple[Host, ...]) -> None:
    chosen = {host.name: host for host in hosts}
    for name in answers:
        if name not in chosen:
            raise _unknown(f"--answer {name}=…", name, chosen)


def _unknown(where: str, name: str, hosts: Mapping[str, Host]) -> ConfigurationError:
    message = f"no such host among the chosen{meant(name, list(hosts))}"
    return ConfigurationError([Problem(where, message)])
