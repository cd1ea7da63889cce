"""Whether the auditor keeps its own rules: the part of `doctor` that stays at home."""

from __future__ import annotations

import stat
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from auditor.errors import ConfigurationError
from auditor.inventory.known_hosts import pins_of
from auditor.inventory.secrets import fetch_secret
from auditor.model.host import Host, Inventory, Store

#: A key that is older than this, in days, is to be renewed.
KEY_AGE = 366

#: Without an audit for this long, in days, somebody would like to know.
SILENCE = 45


class Remark(Struct, frozen=True):
    """What is to be done here: a fault, or advice that an audit can do without."""

    text: str
    fault: bool = True


def remarks(inventory: Inventory, hosts: Iterable[Host]) -> Iterator[Remark]:
    """Everything that is to be said of the auditor's own side."""
    chosen = tuple(hosts)
    yield from _of_keys(inventory.store, chosen)
    yield from _of_secrets(inventory)
    yield from _of_files(inventory)
    yield from _of_pins(inventory, chosen)
    yield from _of_store(inventory.store)
    yield from _of_watching(inventory)


def _of_keys(store: Store, hosts: tuple[Host, ...]) -> Iterator[Remark]:
    """Keys that log in, and the one that signs: private, young, each for one use."""
    for host in hosts:
        if host.key is not None and not host.key.is_file():
            yield Remark(f"{host.key}: no such key ({host.name})")
    keys = {host.key for host in hosts if host.key is not None}
    for key in sorted({*keys, *filter(None, [store.sign_key])}):
        if _mode(key) & 0o077 and key.suffix != ".pub":
            yield Remark(f"{key}: others may read the private key; chmod 600")
        days = _age(key)
        if days > KEY_AGE:
            yield Remark(f"{key}: {days} days old; make a new one", fault=False)
    if store.sign_key in keys:
        text = f"{store.sign_key}: logs in and signs; sign with a key of your own"
        yield Remark(text)
    if store.signers is not None and store.signers.is_file():
        yield from _of_signers(store.signers)


def _of_signers(file: Path) -> Iterator[Remark]:
    """A key of several people is a shared account (ssh-keygen(1), ALLOWED SIGNERS)."""
    people = defaultdict(set)
    for line in file.read_text("utf-8", "replace").splitlines():
        words = line.split()
        keys = [word for word in words if word.startswith("AAAA")]
        if keys and not line.startswith("#"):
            people[keys[0]].update(words[0].split(","))
    for names in people.values():
        if len(names) > 1:
            yield Remark(f"{file}: one key signs for {', '.join(sorted(names))}")


def _of_secrets(inventory: Inventory) -> Iterator[Remark]:
    """Addresses of alerts and of the heartbeat; those of hosts are fetched anyway."""
    wanted = {f"alerts.to[{n}]": one for n, one in enumerate(inventory.alerts.to)}
    if inventory.heartbeat is not None and inventory.heartbeat.url is not None:
        wanted["heartbeat.url"] = inventory.heartbeat.url
    for key, secret in wanted.items():
        try:
            fetch_secret(inventory, secret, key)
        except ConfigurationError as error:
            yield Remark(str(error))


def _of_files(inventory: Inventory) -> Iterator[Remark]:
    for file in (inventory.path, inventory.known_hosts, inventory.manifests):
        if _mode(file) & 0o022:
            yield Remark(f"{file}: others may write it; chmod go-w")


def _of_pins(inventory: Inventory, hosts: tuple[Host, ...]) -> Iterator[Remark]:
    pins = pins_of(inventory)
    unpinned = [
        host.name
        for host in hosts
        if host.transport == "ssh" and pins[host.name].problem
    ]
    if unpinned:
        names = ", ".join(unpinned)
        yield Remark(f"no host key is pinned of {names}; auditor trust add")


def _of_store(store: Store) -> Iterator[Remark]:
    """Permissions, encryption, signature, retention, and whether runs are missing."""
    from auditor.store.chain import gaps, read_chain
    from auditor.store.pruning import due

    place = store.dir
    if _mode(place) & 0o077:
        yield Remark(f"{place}: others may read the results; chmod 700")
    if not store.recipients:
        text = "snapshots are kept in clear; name [store] recipients"
        yield Remark(text, fault=False)
    elif len(store.recipients) == 1:
        text = "[store] recipients: one key only; when it is lost, so are the snapshots"
        yield Remark(text, fault=False)
    if store.sign_key is None:
        yield Remark("runs are not signed; name [store] sign_key", fault=False)
    elif store.signers is None:
        text = "nothing says who may sign; name [store] signers"
        yield Remark(text, fault=False)
    if not place.is_dir():
        return
    chain = read_chain(place)
    yield from (Remark(f"{place}: {gap}") for gap in gaps(chain))
    now = datetime.now(UTC)
    if store.keep is None:
        yield Remark("runs are kept for ever; set [store] keep", fault=False)
    elif late := due(chain, store.keep, now):
        yield Remark(f"{len(late)} runs are past [store] keep; auditor store prune")
    last = chain.last
    if last is not None and (now - last.manifest.made).days > SILENCE:
        yield Remark(f"the last audit is of {last.manifest.made:%Y-%m-%d}", fault=False)


def _of_watching(inventory: Inventory) -> Iterator[Remark]:
    """Failing 7 of the founding case is nobody's to repeat."""
    if not inventory.alerts.to:
        yield Remark("nobody is told what gets worse; name [alerts] to", fault=False)
    if inventory.heartbeat is None:
        text = "nobody notices when audits stop; set [heartbeat]"
        yield Remark(text, fault=False)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else 0


def _age(path: Path) -> int:
    """In whole days, by the time of its last change."""
    return int((time.time() - path.stat().st_mtime) // 86400) if path.is_file() else 0
