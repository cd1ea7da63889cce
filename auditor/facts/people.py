"""Whom an account or a key belongs to, as far as names and the manifest say."""

from __future__ import annotations

import re

from auditor.facts.declared import declared
from auditor.model.check import Audit
from auditor.model.findings import Evidence
from auditor.model.manifests import Owner, Owners
from auditor.model.sources import ValueKind

#: Comments that programs write by themselves.
MACHINE_MADE = re.compile(
    r"(rsa|dsa|dss|ecdsa|ed25519|eddsa)-key-\d+|imported-openssh-key|openssh-key|"
    r"no comment|(generated|key) .*|id_\w+|\d*"
)


def is_generic(name: str, generic: frozenset[str]) -> bool:
    """Whether a name is one of the set, or one of them and a number (labo2)."""
    return name in generic or re.sub(r"\d+$", "", name) in generic


def sole_owner(owners: Owners, account: str, host: str, audit: Audit) -> Owner | None:
    """The manifest's entry, when it gives the account exactly one owner today."""
    entries = [e for e in owners.of(account, host) if not e.expired_on(audit.date)]
    named = {owner for entry in entries for owner in entry.owners}
    return entries[0] if len(named) == 1 else None


def as_evidence(owner: Owner) -> Evidence:
    """The owner, where the manifest names them."""
    named = owner.owners[0]
    return Evidence(
        declared(owner.place, named, key="owner", kind=ValueKind.PERSON, shown=named)
    )


def person_in(comment: str, generic: frozenset[str]) -> str:
    """The person whom a key's comment names; "" when it names none."""
    name = comment.strip().casefold()
    machine = MACHINE_MADE.fullmatch(name)
    return "" if machine or name == "root" or is_generic(name, generic) else name
