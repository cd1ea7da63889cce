"""A private key without passphrase can be read by other accounts."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.accounts import Entry as Account
from auditor.facts.accounts import Groups, LoginDefs, Passwd
from auditor.facts.file_tree import Entry, FileTree
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

#: Made by the package ssl-cert on each Debian host; nothing is trusted because of it.
SNAKEOIL = "ssl-cert-snakeoil.key"
#: Groups that distributions make for services that share a key.
SERVICE_GROUPS = frozenset({"ssl-cert", "ssl"})
ADMINISTRATORS = frozenset({"root", "sudo", "wheel", "admin", "adm"})


@check
def private_key_readable(
    tree: FileTree, passwd: Passwd, groups: Groups, new: LoginDefs, profile: Profile
) -> Iterator[Finding]:
    """One finding a key that somebody else can read."""
    keys = [entry for entry in tree.entries if entry.key]
    shells = profile.sets["non_interactive_shells"]
    people = [
        account
        for account in passwd.accounts
        if (account.uid or 0) >= new.first_person and account.shell not in shells
    ]
    found = [judged(key, people, groups) for key in keys if is_ours(key)]
    reported = [finding for finding in found if finding is not None]
    yield from reported
    if reported:
        return
    private = [key for key in keys if key.key in ("plain", "encrypted")]
    if not private:
        yield NA(WHOLE_HOST, "no_key", *nothing_in(tree, "private key"))
    else:
        yield PASS(WHOLE_HOST, "closed", *(Evidence(key.read) for key in private[:3]))


def is_ours(key: Entry) -> bool:
    """An unencrypted key that something may depend on."""
    return key.key == "plain" and not key.path.endswith(f"/{SNAKEOIL}")


def judged(key: Entry, people: list[Account], groups: Groups) -> Finding | None:
    """One key; None when only its owner and services read it."""
    subject, proof = Subject("key", key.path), Evidence(key.read)
    if key.open:
        return FAIL(subject, "by_all", proof, path=key.path)
    if not key.open_to_group or key.gid == 0:
        return None
    group = next((g for g in groups.groups.values() if g.gid == key.gid), None)
    if group is None or group.name in ADMINISTRATORS:
        return None
    shown = (proof, Evidence(group.read))
    for account in people:
        mine = groups.of(account)
        if group.name in mine and not mine & ADMINISTRATORS:
            return FAIL(
                subject,
                "by_group",
                *shown,
                Evidence(account.read),
                path=key.path,
                account=account.name,
                readers=Value(ValueKind.ACCOUNT, group.name),
            )
    if group.name in SERVICE_GROUPS and group.members:
        name = Value(ValueKind.ACCOUNT, group.name)
        return WARN(subject, "by_services", *shown, path=key.path, readers=name)
    return None
