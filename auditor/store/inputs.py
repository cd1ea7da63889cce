"""What a run judged with, as files that `evaluate` reads again."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import toml

from auditor.inventory.drafts import inventory_files
from auditor.model.host import Inventory

SECRETS = frozenset({"passphrase", "password", "sudo_password"})
MANIFESTS = (
    "migrations.toml",
    "owners.toml",
    "services.toml",
    "attestations.toml",
    "waivers.toml",
)


def inputs_of(inventory: Inventory) -> dict[str, bytes]:
    """File name -> content: one inventory without secrets, manifests, profile."""
    tables: dict[str, Any] = {}
    for file in inventory_files(inventory.path):
        _merge(tables, tomllib.loads(file.read_text("utf-8-sig")))
    engagement = tables.setdefault("engagement", {})
    engagement["manifests"] = "."
    found = {}
    profile = Path(inventory.profile)
    if profile.is_absolute():
        engagement["profile"] = "./profile.toml"
        found["profile.toml"] = profile.read_bytes()
    for name in MANIFESTS:
        manifest = inventory.manifests / name
        if manifest.is_file():
            found[name] = manifest.read_bytes()
    found["inventory.toml"] = toml.dumps(_without_secrets(tables)).encode()
    return found


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _without_secrets(tables: dict[str, Any]) -> dict[str, Any]:
    def kept(keys: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in keys.items() if key not in SECRETS}

    cleaned = dict(tables)
    if "defaults" in tables:
        cleaned["defaults"] = kept(tables["defaults"])
    for level in ("groups", "hosts"):
        if level in tables:
            cleaned[level] = {name: kept(keys) for name, keys in tables[level].items()}
    return cleaned
