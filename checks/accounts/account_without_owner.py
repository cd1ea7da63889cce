"""An account is open and nobody is named as its owner."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.declared import declared
from auditor.facts.logins import Login, Logins
from auditor.facts.people import as_evidence
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Owner
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind


@check
def account_without_owner(
    logins: Logins,
    host: Host,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Holds each open account but root against owners.toml."""
    accounts = [login for login in logins.open if login.account.entry.uid != 0]
    if not accounts:
        yield NA(WHOLE_HOST, "no_account", *nothing_in(logins, "open account"))
        return
    if not manifests.owners.exists:
        detail = "no owners.toml"
        yield UNKNOWN(WHOLE_HOST, Reason.ATTESTATION_MISSING, detail=detail)
        return
    grace = int(profile.limits["review_grace_days"])
    said = False
    for login in accounts:
        entries = manifests.owners.of(login.name, host.name)
        finding = of_account(login, entries, grace, audit)
        if finding is not None:
            said = True
            yield finding
    if not said:
        yield PASS(WHOLE_HOST, "declared")


def of_account(
    login: Login, entries: tuple[Owner, ...], grace: int, audit: Audit
) -> Finding | None:
    """What the manifest lacks for one account; None when all is said."""
    name = login.name
    subject = Subject("account", name)
    way = login.ways[0]
    proof = [Evidence(login.account.entry.read), *(Evidence(r) for r in way.reads)]
    current = [entry for entry in entries if not entry.expired_on(audit.date)]
    if not entries:
        return FAIL(subject, "undeclared", *proof, also=way.also, account=name)
    proof.append(as_evidence((current or list(entries))[0]))
    if not current:
        return FAIL(subject, "departed", *proof, also=way.also, account=name)
    persons = {o for e in current if e.kind == "person" for o in e.owners}
    if len(persons) > 1:
        return FAIL(subject, "several_owners", *proof, also=way.also, account=name)
    overdue = max(current, key=lambda entry: entry.review_overdue_days(audit.date))
    days = overdue.review_overdue_days(audit.date)
    if days == 0 or overdue.review_by is None:
        return None
    proof.append(review_of(overdue))
    if days > grace:
        return FAIL(subject, "not_reviewed", *proof, also=way.also, account=name)
    return WARN(subject, "review_due", *proof, also=way.also, account=name)


def review_of(owner: Owner) -> Evidence:
    """Until when the entry should have been looked at again."""
    day = str(owner.review_by)
    kind = ValueKind.TIME
    return Evidence(declared(owner.place, day, key="review_by", kind=kind, shown=day))
