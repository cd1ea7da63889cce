"""`--limit`: which hosts of an inventory are meant."""

from __future__ import annotations

from fnmatch import fnmatchcase

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import meant
from auditor.model.host import Host, Inventory


def select_hosts(inventory: Inventory, limit: str | None) -> tuple[Host, ...]:
    """The hosts to audit, in the order of the inventory.

    `limit` is comma-separated and read left to right: a host, group, role or shell
    pattern of them adds, `!term` takes away; when the first term takes away, all
    hosts are there at first. Case does not count. None means all hosts. Hosts with
    `audit = false` are never chosen. Raises ConfigurationError for a term that
    names nothing (a slip would drop hosts silently) and when no host is left.
    """
    terms = [""] if limit is None else [term.strip() for term in limit.split(",")]
    candidates = [host for host in inventory.hosts.values() if host.audit]
    every = {host.name for host in candidates}
    chosen = every if limit is None or terms[0].startswith("!") else set()
    problems: list[Problem] = []
    for term in terms if limit is not None else ():
        named = {host.name for host in candidates if _names(host, _bare(term))}
        if not named and (problem := _problem(inventory, _bare(term))):
            problems.append(problem)
        chosen = chosen - named if term.startswith("!") else chosen | named
    if problems:
        raise ConfigurationError(problems)
    if not chosen:
        what = "no host is left" if limit else "no host of the inventory is audited"
        raise ConfigurationError(
            [Problem("--limit" if limit else str(inventory.path), what)]
        )
    return tuple(host for host in candidates if host.name in chosen)


def _bare(term: str) -> str:
    return term.removeprefix("!").strip().casefold()


def _names(host: Host, term: str) -> bool:
    words = (host.name, host.group or "", *host.roles)
    return any(word and fnmatchcase(word.casefold(), term) for word in words)


def _problem(inventory: Inventory, term: str) -> Problem | None:
    """What is wrong with a term that names no host to audit; None for nothing."""
    if not term:
        return Problem("--limit", "an empty term between the commas")
    for host in inventory.hosts.values():
        if host.name.casefold() == term and not host.audit:
            message = f"'{host.name}' is a jump host only (audit = false)"
            return Problem("--limit", message)
    known = [*inventory.hosts, *inventory.groups]
    known += [role for host in inventory.hosts.values() for role in host.roles]
    if term in {word.casefold() for word in known}:
        return None
    hint = meant(term, known)
    return Problem("--limit", f"'{term}' names no host, group or role{hint}")
