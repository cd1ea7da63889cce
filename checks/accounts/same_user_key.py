"""One key opens several accounts or servers, or several servers show one host key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.host_keys import HostKeys
from auditor.facts.key_holders import KeyHolder, KeyHolders
from auditor.model.check import Fleet, check
from auditor.model.findings import FAIL, WARN, Evidence, Finding, Subject, Value
from auditor.model.host import Host
from auditor.model.manifests import Owners
from auditor.model.sources import Source, ValueKind


@check
def same_user_key(
    keys: Fleet[KeyHolders],
    host_keys: Fleet[HostKeys],
    hosts: Fleet[Host],
    owners: Owners,
) -> Iterator[Finding]:
    """Groups user keys, then host keys, by fingerprint over the servers of a run."""
    for members in groups_of(keys, hosts).values():
        if len({(m.host.name, m.account) for m in members}) > 1:
            yield from of_group(members, owners)
    yield from clones(host_keys)


class Member(Struct, frozen=True):
    """One account of one server that a key opens."""

    host: Host
    holder: KeyHolder

    @property
    def account(self) -> str:
        """The account's name."""
        return self.holder.account


def groups_of(keys: Fleet[KeyHolders], hosts: Fleet[Host]) -> dict[str, list[Member]]:
    """Fingerprint -> members; a key twice in one file is one."""
    groups: dict[str, dict[tuple[str, str], Member]] = defaultdict(dict)
    for name, fact in keys.read.items():
        for holder in fact.holders:
            member = Member(hosts.read[name], holder)
            group = groups[holder.key.fingerprint]
            group.setdefault((name, holder.account), member)
    return {
        fingerprint: list(members.values()) for fingerprint, members in groups.items()
    }


def of_group(members: list[Member], owners: Owners) -> Iterator[Finding]:
    """What is wrong with one key that opens several accounts, on each of them."""
    fingerprint = members[0].holder.key.fingerprint
    declared = any(fingerprint in entry.keys for entry in owners.entries)
    persons = {
        owner
        for member in members
        for entry in owners.of(member.account, member.host.name)
        for owner in entry.owners
    }
    servers = {member.host.name for member in members}
    sites = {member.host.group for member in members if member.holder.root}
    for member in members:
        holder = member.holder
        free = not holder.key.options.get("from")
        also: tuple[Source, ...] = ()
        proof = [Evidence(holder.key.read)]
        if len(persons) > 1:
            make, message = FAIL, "several_owners"
        elif holder.root and len(sites) > 1 and not declared:
            make, message, also = FAIL, "root_of_several_sites", holder.also
            proof += [Evidence(read) for read in holder.root]
        elif len(servers) > 1 and free:
            make, message = WARN, "several_servers"
        elif len(servers) == 1 and not declared:
            make, message = WARN, "several_accounts"
        else:
            continue
        yield make(
            Subject("key", f"{member.account} {fingerprint}"),
            message,
            *proof,
            also=also,
            on=member.host.name,
            group=fingerprint,
            account=member.account,
            accounts=Value(ValueKind.COUNT, len(members)),
            servers=Value(ValueKind.COUNT, len(servers)),
        )


def clones(host_keys: Fleet[HostKeys]) -> Iterator[Finding]:
    """Servers with a host key of another one, each with the first such key."""
    holders: dict[str, list[str]] = defaultdict(list)
    for name, fact in host_keys.read.items():
        for fingerprint in {key.fingerprint for key in fact.keys}:
            holders[fingerprint].append(name)
    for name, fact in host_keys.read.items():
        shared = [key for key in fact.keys if len(holders[key.fingerprint]) > 1]
        if shared:
            first = min(shared, key=lambda key: key.fingerprint)
            yield FAIL(
                Subject("service", "host keys"),
                "same_host_key",
                Evidence(first.read),
                on=name,
                group=first.fingerprint,
                servers=Value(ValueKind.COUNT, len(holders[first.fingerprint])),
            )
