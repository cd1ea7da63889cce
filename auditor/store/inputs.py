"""What a run judged with, as files that `evaluate` reads again."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from auditor.inventory.profile import profile_as_toml
from auditor.inventory.signed_documents import KEPT, kept_of
from auditor.inventory.writing import inventory_as_toml
from auditor.model.host import Inventory
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
