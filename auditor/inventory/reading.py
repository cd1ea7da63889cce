"""`inventory.toml`, a file or a folder of them, into an `Inventory`."""

from __future__ import annotations

import getpass
import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.alert_path import problems_of_alert_path, resolve_alert_path
from auditor.inventory.checking import (
    is_path,
    problems_of_hosts,
    problems_of_tables,
)
from auditor.inventory.drafts import Draft, Written, read_drafts
from auditor.inventory.entries import EngagementEntry
from auditor.inventory.resolving import (
    resolve_alerts,
    resolve_heartbeat,
    resolve_host,
    resolve_limits,
    resolve_store,
)
from auditor.model.host import Engagement, Group, Inventory


def read_inventory(path: Path) -> Inventory:
    """Read and resolve an inventory.

    Raises ConfigurationError with every mistake of every file, in the order of
    files and lines. Nothing outside the files is looked at but the folders and the
    profile that they name.
    """
    problems: list[Problem] = []
    draft = read_drafts(path, problems)
    problems += problems_of_tables(draft)
    problems += problems_of_alert_path(draft)
    hosts = {
        name: resolve_host(draft, name)
        for name, found in draft.hosts.items()
        if found.entry is not None
    }
    problems += problems_of_hosts(draft, hosts)
    if problems:
        raise ConfigurationError(_in_order(problems, draft.files))
    folder = path.absolute() if path.is_dir() else path.absolute().parent
    engagement = draft.single["engagement"]
    limits = draft.single.get("limits")
    return Inventory(
        path=path,
        folder=folder,
        engagement=_engagement(engagement.entry),
        limits=resolve_limits((), limits),
        jobs=(limits.entry.jobs if limits else None) or 50,
        store=resolve_store(draft, folder),
        groups=_groups(draft),
        hosts=hosts,
        manifests=engagement.path(engagement.entry.manifests or "."),
        profile=_profile(engagement),
        alerts=resolve_alerts(draft),
        heartbeat=resolve_heartbeat(draft),
        alert_path=resolve_alert_path(draft),
    )


def _in_order(problems: Iterable[Problem], files: list[str]) -> list[Problem]:
    return sorted(
        dict.fromkeys(problems),
        key=lambda problem: (files.index(problem.file), problem.line or 0),
    )


def _engagement(entry: EngagementEntry) -> Engagement:
    return Engagement(
        client=entry.client,
        auditor=entry.auditor or _user_name(),
        language=entry.language,
        timezone=entry.timezone or "Europe/Paris",
        frameworks=entry.frameworks,
    )


def _user_name() -> str:
    """The full name of who runs this, else the login name."""
    try:
        full = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
    except KeyError:
        full = ""
    return full or getpass.getuser()


def _profile(engagement: Written) -> str:
    name: str = engagement.entry.profile
    return str(engagement.path(name)) if is_path(name) else name


def _groups(draft: Draft) -> dict[str, Group]:
    return {
        name: Group(name, found.entry.title or "", found.entry.limit)
        for name, found in draft.groups.items()
        if found.entry is not None
    }
