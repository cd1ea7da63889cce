"""Another account than root has UID 0."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.accounts import CLOSED, Entry, Passwd
from auditor.facts.authorized_keys import AuthorizedKeys
from auditor.facts.logins import password_of
from auditor.facts.shadow import Shadow
from auditor.model.check import Audit, check
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
def second_root_account(
    passwd: Passwd, shadow: Shadow, keys: AuthorizedKeys, audit: Audit
) -> Iterator[Finding]:
    """Judges each account of UID 0 that is not called root."""
    others = [e for e in passwd.accounts if e.uid == 0 and e.name != "root"]
    for entry in others:
        yield judged(entry, shadow, keys, audit)
    if not others:
        yield PASS(WHOLE_HOST, "only_root", without=(Shadow, AuthorizedKeys))


def judged(entry: Entry, shadow: Shadow, keys: AuthorizedKeys, audit: Audit) -> Finding:
    """One such account: it lets somebody in, it may, or it is closed."""
    subject = Subject("account", entry.name)
    proof = Evidence(entry.read)
    password = password_of(entry, shadow)
    field = shadow.fields.get(entry.name)
    if field and field.expires and field.expired_on(audit.date):
        return WARN(subject, "expired", proof, Evidence(field.expires))
    own = keys.of(entry.name)
    if own:
        return FAIL(subject, "key", proof, Evidence(own[0].read), account=entry.name)
    if password is None:
        return FAIL(subject, "unknown_state", proof, account=entry.name)
    if password.value not in CLOSED:
        shown = Evidence(password)
        return FAIL(subject, "password", proof, shown, account=entry.name)
    also = keys.sources
    return WARN(subject, "locked", proof, Evidence(password), also=also)
