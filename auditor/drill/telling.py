"""What a drill says: in a few lines, and as the attestation that it allows."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from auditor.inventory.declarations import months_later
from auditor.inventory.signed_documents import digest_of
from auditor.inventory.writing import tables_as_toml
from auditor.model.drill import Drill, Known
from auditor.model.host import Inventory

#: For how long a test of the alert path counts, at most.
_MONTHS = 12
_MATCHED: dict[Known | None, str] = {
    "marker": "the account's name",
    "host": "the host and the auditor's address",
}
#: By language: how an instant is written, and the statement by outcome. Without spaces
#: that don't break: `toml` writes them wrongly.
_WRITTEN = {"en": "%Y-%m-%d at %H:%M %Z", "fr": "%d/%m/%Y à %H:%M (%Z)"}
_STATEMENTS = {
    ("en", "told"): "One failed login as {account} on {host} on {at}; its alert "
    "reached {sink} within {seconds} seconds",
    ("en", "untold"): "One failed login as {account} on {host} on {at}; no alert "
    "reached {sink} within {timeout} seconds",
    ("fr", "told"): "Un échec de connexion au compte {account} sur {host} le {at}. "
    "L’alerte est parvenue à {sink} en {seconds} secondes",
    ("fr", "untold"): "Un échec de connexion au compte {account} sur {host} le {at}. "
    "Aucune alerte n’est parvenue à {sink} en {timeout} secondes",
}


def said_of(drill: Drill) -> str:
    """The result in one line."""
    where = f"{drill.sink.kind} {drill.sink.place}"
    match drill.outcome:
        case "told":
            known = _MATCHED[drill.matched]
            return f"told after {drill.seconds:g} s: {where}; the alert holds {known}"
        case "untold":
            others = f"; {drill.others} others arrived" if drill.others else ""
            return f"nobody was told in {drill.timeout:g} s: {where}{others}"
        case "no_event":
            return f"nothing is proved, the login could not be made: {drill.detail}"
        case "sink_lost":
            return f"nothing is proved, the sink could not be read: {drill.detail}"
        case "interrupted":
            return "nothing is proved, interrupted before the time was over"


def attestation_of(drill: Drill, kept: Path, inventory: Inventory) -> str | None:
    """The entry for `attestations.toml`; None when nothing was proved.

    That the alert was delivered is all that it answers: whether somebody acknowledged
    it, a person knows. Raises ConfigurationError for a name that TOML can't hold.
    """
    language = inventory.engagement.language
    text = _STATEMENTS.get((language, drill.outcome))
    if text is None or drill.at is None:
        return None
    at = drill.at.astimezone(ZoneInfo(inventory.engagement.timezone))
    entry: dict[str, Any] = {
        "subject": "alert-path-test",
        "scope": [drill.host],
        "statement": text.format(
            account=drill.account,
            host=drill.host,
            at=at.strftime(_WRITTEN[language]),
            sink=drill.sink.place,
            seconds=ceil(drill.seconds or 0),
            timeout=f"{drill.timeout:g}",
        ),
        "signed_by": drill.auditor,
        "signed_on": at.date(),
        "valid_until": months_later(at.date(), _MONTHS),
        "document": os.path.relpath(kept, inventory.manifests),
        "sha256": digest_of(kept),
        "answers": {"delivered": drill.outcome == "told"},
    }
    return tables_as_toml({"attestation": [entry]}, str(kept))
