"""'Nearest wins': from the tables as written to hosts with every key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from auditor.inventory.documents import dotted
from auditor.inventory.drafts import Draft, Written
from auditor.inventory.entries import (
    AlertsEntry,
    HeartbeatEntry,
    LimitsEntry,
    StoreEntry,
)
from auditor.model.findings import Severity
from auditor.model.host import Alerts, Heartbeat, Host, Limits, Secret, Store

_PLAIN = (
    "address",
    "port",
    "user",
    "zone",
    "transport",
    "interactive",
    "privilege",
    "privilege_by",
    "audit",
    "drill",
    "roles",
    "data_dirs",
    "outside",
)


def levels_of(draft: Draft, name: str) -> tuple[Written, ...]:
    """The tables that speak of a host, nearest first."""
    host = draft.hosts[name]
    defaults = draft.single.get("defaults")
    group = nearest([level for level in (host, defaults) if level], "group")
    found = (host, draft.groups.get(group[0]) if group else None, defaults)
    return tuple(level for level in found if level and level.entry)


def nearest(levels: Sequence[Written], key: str) -> tuple[Any, Written] | None:
    """The first value given for a key and the table that gives it."""
    for level in levels:
        value = getattr(level.entry, key, None)
        if value is not None:
            return value, level
    return None


def resolve_host(draft: Draft, name: str) -> Host:
    """Make the host from what is right in its tables."""
    levels = levels_of(draft, name)
    values = {key: found[0] for key in _PLAIN if (found := nearest(levels, key))}
    group = nearest(levels, "group")
    jump = nearest(levels, "jump")
    pins = nearest(levels, "host_key")
    host = Host(
        **{"address": name, **values},
        name=name,
        group=group[0] if group else None,
        jump=(jump[0] or None) if jump else None,
        host_keys=pins[0] if pins else (),
        password=_secret(levels, "password"),
        sudo_password=_secret(levels, "sudo_password"),
        limits=resolve_limits(levels, draft.single.get("limits")),
        **_login_key(levels),
    )
    if host.transport == "ssh":
        return host
    # Inherited from a group of ssh hosts, these mean nothing here.
    return replace(host, address=name, port=22, jump=None)


def _login_key(levels: Sequence[Written]) -> dict[str, Any]:
    """`key` and `agent` exclude each other: the nearest table with one decides."""
    for level in levels:
        if level.entry.key is not None:
            return {
                "key": level.path(level.entry.key),
                "passphrase": _secret(levels, "passphrase"),
            }
        if level.entry.agent is not None:
            return {"agent": level.path(level.entry.agent)}
    return {"passphrase": _secret(levels, "passphrase")}


def _secret(levels: Sequence[Written], key: str) -> Secret | None:
    found = nearest(levels, key)
    if found is None:
        return None
    secret, level = found
    return whole_secret(secret, level, key)


def whole_secret(secret: Secret, level: Written, *key: str | int) -> Secret:
    """A reference as others need it: its path absolute, its prompt with its place."""
    match secret.kind:
        case "file":
            return Secret("file", (str(level.path(secret.reference[0])),))
        case "prompt":
            return Secret("prompt", (dotted((*level.key, *key)),))
        case _:
            return secret


def resolve_limits(levels: Sequence[Written], run: Written | None) -> Limits:
    """The limits of a host, or those of `[limits]` when there are no levels."""
    entries = [found.entry.limits for found in levels if found.entry.limits]
    if run and run.entry:
        entries.append(run.entry)
    values: dict[str, Any] = {}
    for key in LimitsEntry.__struct_fields__:
        given = [getattr(entry, key) for entry in entries]
        nearest_first = [value for value in given if value is not None]
        if nearest_first:
            values[key] = nearest_first[0]
    return Limits(**values)


def resolve_store(draft: Draft, folder: Path) -> Store:
    """`[store]`; without it runs are kept in `runs` beside the inventory."""
    found = draft.single.get("store")
    if found is None or not found.entry:
        return Store(folder / "runs")
    entry: StoreEntry = found.entry
    return Store(
        dir=found.path(entry.dir),
        keep=entry.keep,
        recipients=entry.recipients,
        sign_key=found.path(entry.sign_key) if entry.sign_key else None,
        signers=found.path(entry.signers) if entry.signers else None,
    )


def resolve_alerts(draft: Draft) -> Alerts:
    """`[alerts]`; without it nobody is told."""
    found = draft.single.get("alerts")
    if found is None or not found.entry:
        return Alerts()
    entry: AlertsEntry = found.entry
    return Alerts(
        to=tuple(whole_secret(one, found, "to", at) for at, one in enumerate(entry.to)),
        from_severity=Severity(entry.from_severity),
        unreachable_runs=entry.unreachable_runs,
        ends_within=entry.ends_within,
        remind=entry.remind,
        language=entry.language,
    )


def resolve_heartbeat(draft: Draft) -> Heartbeat | None:
    """`[heartbeat]`; None without it."""
    found = draft.single.get("heartbeat")
    if found is None or not found.entry:
        return None
    entry: HeartbeatEntry = found.entry
    return Heartbeat(
        url=_secret([found], "url"),
        service=entry.service,
        file=found.path(entry.file) if entry.file else None,
    )
