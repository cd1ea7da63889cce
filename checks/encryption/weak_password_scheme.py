"""Passwords are stored in a way that lets them be found again."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.accounts import LoginDefs
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

#: Schemes (crypt(5)) that a graphics card tries out in hours, and one in between.
WEAK = frozenset({"des", "bsdi", "md5"})
DATED = frozenset({"sha256", "other"})
STACKS = ("common-password", "system-auth", "password-auth", "base-password")
#: Words of pam_unix and of ENCRYPT_METHOD for new passwords, best first.
METHODS = (
    *("yescrypt", "gost_yescrypt", "bcrypt", "blowfish", "sha512"),
    *("sha256", "md5", "bigcrypt", "des"),
)
GOOD = frozenset(METHODS[:5])


@check
def weak_password_scheme(
    accounts: Accounts, pam: PamStacks, defs: LoginDefs
) -> Iterator[Finding]:
    """Judges the field of each account that is not locked or expired, then new ones.

    Accounts of applications, web servers and databases are other facts' and not read.
    """
    said = [judged for account in accounts if (judged := of_account(account))]
    said += of_new_passwords(pam, defs)
    yield from said
    if not said:
        yield PASS(WHOLE_HOST, "strong")


def of_account(account: Account) -> Finding | None:
    """The scheme of one account's field, where it is one that lets somebody in."""
    subject = Subject("account", account.name)
    if account.password is None or account.expired:
        return None
    proof, also = Evidence(account.password), account.unsure
    if account.state in WEAK and account.interactive:
        return FAIL(subject, "weak", proof, also=also, account=account.name)
    if account.state in WEAK:
        return WARN(subject, "weak_no_shell", proof, also=also)
    if account.state in DATED:
        return WARN(subject, "dated", proof, also=also)
    return None


def of_new_passwords(pam: PamStacks, defs: LoginDefs) -> Iterator[Finding]:
    """How the next password will be stored: PAM says it, else login.defs."""
    subject = Subject("setting", "new passwords")
    modules = [m for name in STACKS for m in unix_modules(pam, name)]
    words = [(method_of(module), module.read) for module in modules]
    told = [(word, read) for word, read in words if word]
    default = defs.settings.get("ENCRYPT_METHOD")
    if not told and default:
        told = [(default.value.lower(), default)]
    weak = [read for word, read in told if word not in GOOD]
    if weak:
        yield WARN(subject, "new_passwords", Evidence(weak[0]), also=pam.sources)


def unix_modules(pam: PamStacks, stack: str) -> Iterator[Module]:
    """Where the stack stores passwords itself."""
    for module in pam.stacks.get(stack, ()):
        if module.kind == "password" and module.name == "pam_unix":
            yield module


def method_of(module: Module) -> str:
    """The method that the module is told; "" when it is left to login.defs."""
    return next((word for word in METHODS if word in module.arguments), "")
