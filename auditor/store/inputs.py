"""What a run judged with, as files that `evaluate` reads again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec.structs import replace

from auditor.inventory.profile import profile_as_toml
from auditor.inventory.signed_documents import KEPT, kept_of
from auditor.inventory.writing import inventory_as_toml
from auditor.model.host import Host, Inventory, Limits
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile

MANIFESTS = (
    "migrations.toml",
    "owners.toml",
    "services.toml",
    "attestations.toml",
    "waivers.toml",
)


def inputs_of(
    inventory: Inventory, profile: Profile, manifests: Manifests
) -> dict[str, bytes]:
    """File name -> content: one inventory without secrets, manifests, profile.

    The profile is always kept, so that a later version of the tool judges an old run
    by the values of its day; of the documents that were signed, what they were found
    to be. Raises ConfigurationError for what can't be written.
    """
    kept = replace(inventory, manifests=Path(), profile="./profile.toml")
    found = {
        "inventory.toml": inventory_as_toml(kept).encode(),
        "profile.toml": profile_as_toml(profile).encode(),
    }
    for name in MANIFESTS:
        manifest = inventory.manifests / name
        if manifest.is_file():
            found[name] = manifest.read_bytes()
    if documents := kept_of(manifests):
        found[KEPT] = documents
    return found


def inputs_sha256(
    inventory: Inventory, profile: Profile, manifests: Manifests
) -> dict[str, str]:
    """File of `inputs/` -> digest of what in it a verdict may depend on.

    The manifests byte by byte; of the inventory the hosts and the time zone, for where
    runs are kept and how one logs in is no matter of a verdict.
    """
    hosts = [msgspec.to_builtins(_seen_by_checks(h)) for h in inventory.hosts.values()]
    told = msgspec.json.encode([inventory.engagement.timezone, hosts])
    found = {
        "inventory.toml": hashlib.sha256(told).hexdigest(),
        "profile.toml": profile.sha256,
    }
    for name in MANIFESTS:
        manifest = inventory.manifests / name
        if manifest.is_file():
            found[name] = hashlib.sha256(manifest.read_bytes()).hexdigest()
    if documents := kept_of(manifests):
        found[KEPT] = hashlib.sha256(documents).hexdigest()
    return found


def _seen_by_checks(host: Host) -> Host:
    return replace(
        host,
        key=None,
        agent=None,
        passphrase=None,
        password=None,
        sudo_password=None,
        limits=Limits(),
    )
