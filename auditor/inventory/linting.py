"""What is no error in an inventory and its manifests, but looks like a slip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditor.errors import Problem
from auditor.inventory.documents import meant
from auditor.inventory.known_hosts import pins_of
from auditor.inventory.manifests import FILES, is_draft
from auditor.model.host import Inventory
from auditor.model.manifests import Manifests, Migration, Place, matches


def doubts(inventory: Inventory, manifests: Manifests) -> Iterator[Problem]:
    """Names and patterns that mean no host, drafts, hosts that nobody pinned."""
    yield from _drafts(inventory.manifests)
    for place, key, pattern in _patterns(manifests):
        if not any(matches((pattern,), name) for name in inventory.hosts):
            near = meant(pattern, inventory.hosts)
            message = f"no host of the inventory is called '{pattern}'{near}"
            file = str(inventory.manifests / place.file)
            yield Problem(file, message, place.line, key)
    pins = pins_of(inventory)
    for host in inventory.hosts.values():
        if host.transport == "ssh" and (why := pins[host.name].problem):
            hint = f"{why}: auditor trust add {host.name}"
            yield Problem(str(inventory.path), hint, key=f"hosts.{host.name}")


def _drafts(folder: Path) -> Iterator[Problem]:
    for name in FILES:
        path = folder / name
        if path.exists() and is_draft(path):
            message = "it counts as missing until 'draft = true' is taken out"
            yield Problem(str(path), message)


def _patterns(manifests: Manifests) -> Iterator[tuple[Place, str, str]]:
    """Where, under which key, and what is written to name hosts."""
    for migration in manifests.migrations.entries:
        yield from _ends(migration)
    for service in manifests.services.entries:
        yield service.place, "service.host", service.host
    for owner in manifests.owners.entries:
        yield from ((owner.place, "owner.hosts", name) for name in owner.hosts)
    for said in manifests.attestations.entries:
        yield from ((said.place, "attestation.scope", name) for name in said.scope)
    for waiver in manifests.waivers.entries:
        yield from ((waiver.place, "waiver.hosts", name) for name in waiver.hosts)


def _ends(migration: Migration) -> Iterator[tuple[Place, str, str]]:
    for key in ("source_host", "target_host"):
        if name := getattr(migration, key):
            yield migration.place, f"migration.{key}", name
