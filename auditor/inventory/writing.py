"""Tables into TOML text, each read back before anybody relies on it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import toml
from msgspec.structs import asdict

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import dotted
from auditor.model.host import Host, Inventory, Limits, Store

_SECRETS = ("passphrase", "password", "sudo_password")


def tables_as_toml(tables: Mapping[str, Any], file: str) -> str:
    """The text of some tables.

    `toml` writes some texts wrongly (control characters, a backslash before an
    x): what does not read back to the same is refused, by the name of its key.
    Raises ConfigurationError about `file`.
    """
    written = _dumped(tables)
    if written is not None:
        return written
    problems = [
        Problem(file, "this text can't be written as TOML: change it", key=dotted(key))
        for key, value in _leaves(tables, ())
        if _dumped({"value": value}) is None
    ]
    raise ConfigurationError(problems or [Problem(file, "can't be written as TOML")])


def _dumped(tables: Mapping[str, Any]) -> str | None:
    """The text when it reads back to the same; toml itself fails on some values."""
    try:
        written = toml.dumps(tables)
        return written if tomllib.loads(written) == tables else None
    except (IndexError, ValueError):
        return None


def _leaves(
    value: object, key: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*key, name))
    else:
        yield key, value


def inventory_as_toml(inventory: Inventory) -> str:
    """The resolved inventory without any reference to a secret.

    It reads back to the same hosts, groups and engagement, secrets left out, so a
    run can keep what it was made with; paths are absolute. `[heartbeat]` is left out
    as well: it says nothing of how a host is read or judged.
    """
    engagement = {
        **_given(asdict(inventory.engagement)),
        "manifests": str(inventory.manifests),
        "profile": inventory.profile,
    }
    groups = {
        name: _given({"title": group.title or None, "limit": group.limit})
        for name, group in inventory.groups.items()
    }
    tables: dict[str, Any] = {
        "engagement": engagement,
        "limits": {"jobs": inventory.jobs, **asdict(inventory.limits)},
        "store": _store(inventory.store),
        "groups": groups,
        "hosts": {
            host.name: host_table(host, inventory.limits)
            for host in inventory.hosts.values()
        },
    }
    return tables_as_toml(_plain(tables), str(inventory.path))


def _store(store: Store) -> dict[str, Any]:
    keep = {} if store.keep is None else {"keep": f"{store.keep} days"}
    return {**_given(asdict(store)), **keep}


def host_table(host: Host, limits: Limits) -> dict[str, Any]:
    """The keys of a host that differ from what is built in, secrets left out."""
    usual = Host(host.name, host.name, limits=limits)
    table: dict[str, Any] = {}
    for name in Host.__struct_fields__:
        value = getattr(host, name)
        if name == "name" or name in _SECRETS or value == getattr(usual, name):
            continue
        table["host_key" if name == "host_keys" else name] = value
    if "limits" in table:
        table["limits"] = asdict(host.limits)
    return table


def _given(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None}


def _plain(value: Any) -> Any:
    """Tuples as lists and paths as text, as TOML has them."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case tuple():
            return [_plain(inner) for inner in value]
        case bool() | int() | float() | str():
            return value
        case _:
            return str(value)
