"""Another account than root has UID 0."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.authorized_keys import AuthorizedKeys
from auditor.facts.passwords import Account, Accounts
from auditor.facts.shadow import Shadow
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
)


@check
def second_root_account(accounts: Accounts, keys: AuthorizedKeys) -> Iterator[Finding]:
    """Judges each account of UID 0 that is not called root."""
    others = [a for a in accounts if a.entry.uid == 0 and a.name != "root"]
    for account in others:
        yield judged(account, keys)
    if not others:
        yield PASS(WHOLE_HOST, "only_root", without=(Shadow, AuthorizedKeys))


def judged(account: Account, keys: AuthorizedKeys) -> Finding:
    """One such account: it lets somebody in, it may, or it is closed."""
    name = account.name
    subject = Subject("account", name)
    proof = Evidence(account.entry.read)
    if account.expired and account.field and account.field.expires:
        return WARN(subject, "expired", proof, Evidence(account.field.expires))
    own = keys.of(name)
    if own:
        return FAIL(subject, "key", proof, Evidence(own[0].read), account=name)
    if account.password is None:
        return FAIL(subject, "unknown_state", proof, account=name)
    shown = Evidence(account.password)
    if account.has_password:
        return FAIL(subject, "password", proof, shown, account=name)
    return WARN(subject, "locked", proof, shown, also=keys.sources)
