"""An account opens without a password, or its hash lies where all can read it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.accounts import CLOSED
from auditor.facts.pam import Module, PamStacks
from auditor.facts.passwords import Account, Accounts
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

STACKS = (
    "common-auth",
    "system-auth",
    "password-auth",
    "base-auth",
    "login",
    "su",
    "sshd",
)


@check
def empty_password(accounts: Accounts, pam: PamStacks) -> Iterator[Finding]:
    """Judges each account's field, then what PAM would do with an empty one."""
    said = [judged for account in accounts if (judged := of_account(account))]
    yield from said
    nullok = next(nullok_modules(pam), None)
    if not said and nullok:
        proof, also = Evidence(nullok.read), accounts.sources
        yield WARN(Subject("service", "pam"), "nullok", proof, also=also)
    elif not said:
        yield PASS(WHOLE_HOST, "none")


def of_account(account: Account) -> Finding | None:
    """What is wrong with one account's field; an expired account lets nobody in."""
    subject = Subject("account", account.name)
    here = account.entry.password
    if here.value not in CLOSED and here.value != "empty":
        proof = Evidence(here)
        return FAIL(subject, "hash_in_passwd", proof, account=account.name)
    if account.password is None or account.state != "empty" or account.expired:
        return None
    proof = Evidence(account.password)
    if account.interactive:
        also = account.unsure
        return FAIL(subject, "empty", proof, also=also, account=account.name)
    return WARN(subject, "empty_no_shell", proof, also=account.unsure)


def nullok_modules(pam: PamStacks) -> Iterator[Module]:
    """The modules that take an empty password."""
    for stack in STACKS:
        for module in pam.stacks.get(stack, ()):
            wanted = module.kind == "auth" and module.name == "pam_unix"
            if wanted and {"nullok", "nullok_secure"} & set(module.arguments):
                yield module
