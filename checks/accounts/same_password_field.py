"""One password field opens several accounts or servers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.people import is_generic
from auditor.facts.shadow import Digest, PasswordDigests
from auditor.model.check import Fleet, check
from auditor.model.findings import FAIL, WARN, Evidence, Finding, Subject, Value
from auditor.model.host import Host
from auditor.model.manifests import Owners
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind


@check
def same_password_field(
    digests: Fleet[PasswordDigests],
    hosts: Fleet[Host],
    owners: Owners,
    profile: Profile,
) -> Iterator[Finding]:
    """Groups equal fields: same salt and same hash, so one was copied from the other.

    Digests under different keys are never compared. Different fields do not prove
    different passwords.
    """
    generic = frozenset(profile.sets["generic_accounts"])
    groups = groups_of(digests, hosts)
    for number, members in enumerate(groups, start=1):
        for member in members:
            yield judged(member, members, owners, generic, f"password {number}")


class Member(Struct, frozen=True):
    """One account of one server with that field."""

    host: Host
    digest: Digest


def groups_of(
    digests: Fleet[PasswordDigests], hosts: Fleet[Host]
) -> list[list[Member]]:
    """The groups of more than one account; twins of root on one server are one."""
    groups: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for name, fact in digests.read.items():
        for digest in fact.digests:
            value = (digests.digest_keys[name], digest.read.value)
            groups[value].append(Member(hosts.read[name], digest))
    return [members for members in groups.values() if len(persons_of(members)) > 1]


def persons_of(members: list[Member]) -> set[tuple[str, str]]:
    """(server, account) of each; whatever has UID 0 on a server is root there."""
    return {
        (m.host.name, "root" if m.digest.uid == 0 else m.digest.account)
        for m in members
    }


def judged(
    member: Member,
    members: list[Member],
    owners: Owners,
    generic: frozenset[str],
    group: str,
) -> Finding:
    """What is said of one account: the gravest that holds for it."""
    host, account = member.host, member.digest.account
    here = [m for m in members if m.host.name == host.name]
    sites = {m.host.group for m in members}
    if len(persons_of(here)) > 1:
        make, message = FAIL, "several_accounts"
    elif len(sites) > 1:
        make, message = FAIL, "several_sites"
    elif is_one_person(members, owners, generic):
        make, message = WARN, "one_person"
    else:
        make, message = FAIL, "several_servers"
    servers = {m.host.name for m in members}
    return make(
        Subject("account", account),
        message,
        Evidence(member.digest.read),
        on=host.name,
        group=group,
        account=account,
        accounts=Value(ValueKind.COUNT, len(members)),
        servers=Value(ValueKind.COUNT, len(servers)),
    )


def is_one_person(
    members: list[Member], owners: Owners, generic: frozenset[str]
) -> bool:
    """Whether the accounts are one person's: declared, or of one personal name."""
    declared = [
        {o for entry in owners.of(m.digest.account, m.host.name) for o in entry.owners}
        for m in members
    ]
    if all(declared):
        return len(set().union(*declared)) == 1
    names = {m.digest.account for m in members}
    personal = not any(name == "root" or is_generic(name, generic) for name in names)
    return len(names) == 1 and personal
