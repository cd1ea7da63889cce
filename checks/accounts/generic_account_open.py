"""An account named after a function lets somebody in."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.ftp_logins import FtpDoors
from auditor.facts.logins import Login, Logins, Way
from auditor.facts.people import as_evidence, is_generic, sole_owner
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
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


@check
def generic_account_open(
    logins: Logins,
    ftp: FtpDoors,
    host: Host,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges each account of a generic name, such as labo or labo2."""
    generic = frozenset(profile.sets["generic_accounts"])
    said = False
    for login in logins.accounts:
        if not is_generic(login.name, generic):
            continue
        door = ftp.way(login)
        owner = sole_owner(manifests.owners, login.name, host.name, audit)
        if login.ways or door:
            said = True
            yield judged(login, door, owner)
        elif in_directory(login):
            said = True
            detail = "a directory keeps its password"
            subject = Subject("account", login.name)
            yield UNKNOWN(subject, Reason.NOT_COLLECTED_FOR, detail=detail)
    if not said:
        yield PASS(WHOLE_HOST, "none_open")


def in_directory(login: Login) -> bool:
    """Whether a directory may know a password that no file here tells of."""
    account = login.account
    known = account.password is not None and account.state != "none"
    return account.entry.directory and account.interactive and not known


def judged(login: Login, door: Way | None, owner: Owner | None) -> Finding:
    """An account that is open: shared, of one person, or by FTP only."""
    subject = Subject("account", login.name)
    way = login.ways[0] if login.ways else door
    assert way is not None
    proof = [Evidence(login.account.entry.read), *(Evidence(r) for r in way.reads)]
    if owner is not None:
        shown = [*proof, as_evidence(owner)]
        return WARN(subject, "one_owner", *shown, also=way.also, account=login.name)
    if not login.ways:
        return WARN(subject, "ftp_only", *proof, also=way.also, account=login.name)
    key = "by_key" if way.kind == "key" else "by_password"
    return FAIL(subject, key, *proof, also=way.also, account=login.name)
