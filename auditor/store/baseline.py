"""The stored run that a new one is compared with."""

from __future__ import annotations

from pathlib import Path

import msgspec

from auditor.model.run import Run
from auditor.store.chain import Link, read_chain


class _Info(msgspec.Struct):
    client: str


class _Check(msgspec.Struct):
    id: str


class _Host(msgspec.Struct):
    name: str


class _Scope(msgspec.Struct):
    """Of a run file only what it was about: the rest is skipped, not decoded."""

    run: _Info
    checks: tuple[_Check, ...]
    hosts: tuple[_Host, ...]

    @property
    def pairs(self) -> tuple[set[str], set[str]]:
        return {one.id for one in self.checks}, {one.name for one in self.hosts}


def run_before(store: Path, run: Run) -> Link | None:
    """The last stored run of the client that covers this one's hosts and checks.

    Where none does, the last of those that share most. Runs that judged old snapshots
    again are no audits, erased ones and those that can't be read tell nothing.
    """
    checks = {one.id for one in run.checks}
    hosts = {one.name for one in run.hosts}
    best: tuple[int, Link] | None = None
    for link in reversed(read_chain(store).links):
        scope = None if link.erased or link.manifest.again else _scope(link)
        if scope is None or scope.run.client != run.run.client:
            continue
        theirs, other_hosts = scope.pairs
        shared = len(checks & theirs) * len(hosts & other_hosts)
        if checks <= theirs and hosts <= other_hosts:
            return link
        if shared > (best[0] if best else 0):
            best = shared, link
    return best[1] if best else None


def link_of(store: Path, name: str) -> Link | None:
    """A stored run by its name; None when it is not there or was erased."""
    links = read_chain(store).links
    return next((o for o in links if o.folder.name == name and not o.erased), None)


def _scope(link: Link) -> _Scope | None:
    try:
        data = (link.folder / "run.json").read_bytes()
        return msgspec.json.decode(data, type=_Scope)
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return None
