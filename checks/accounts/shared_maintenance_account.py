"""Remote maintenance comes in by an account that is shared and never closes."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.accounts import Passwd
from auditor.facts.ftp_logins import FtpDoors
from auditor.facts.logins import Login, Logins, Way
from auditor.facts.people import as_evidence, is_generic, person_in, sole_owner
from auditor.facts.software import Process, Processes
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Owner
from auditor.model.profile import Profile

#: Names that vendors give to the account of their support.
VENDOR = frozenset(
    {"telemaintenance", "maintenance", "support", "hotline", "megabus", "vendor"}
)
#: Programs that let somebody outside work here without a login of this server.
TOOLS = frozenset(
    {
        "anydesk",
        "teamviewerd",
        "rustdesk",
        "repeater",
        "frpc",
        "ngrok",
    }
)


@check
def shared_maintenance_account(
    logins: Logins,
    ftp: FtpDoors,
    passwd: Passwd,
    processes: Processes,
    host: Host,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges accounts of vendors by their name, and tools of remote support."""
    accounts = [a for a in logins.accounts if is_generic(a.name, VENDOR)]
    generic = frozenset(profile.sets["generic_accounts"])
    for login in accounts:
        owner = sole_owner(manifests.owners, login.name, host.name, audit)
        yield of_account(login, ftp.way(login), owner, generic)
    tools = {tool.name: tool for tool in processes.processes if is_tool(tool)}
    for tool in tools.values():
        yield of_tool(tool, manifests)
    if not accounts and not tools:
        proof = (
            *nothing_in(passwd, "vendor account"),
            *nothing_in(processes, "remote support"),
        )
        yield NA(WHOLE_HOST, "no_vendor", *proof)


def of_account(
    login: Login, door: Way | None, owner: Owner | None, generic: frozenset[str]
) -> Finding:
    """One account: closed, for a time, of one person, or of everybody for ever."""
    account = login.account
    name = account.name
    subject = Subject("account", name)
    ways = [*login.ways, *([door] if door else [])]
    if not ways:
        return PASS(subject, "closed", account=name)
    also = [source for way in ways for source in way.also]
    proof = [Evidence(account.entry.read)]
    proof += [Evidence(read) for way in ways for read in way.reads]
    persons = {person_in(key.whose, generic) for key in login.keys} - {""}
    # A password has no owner of its own: whoever knows it comes in.
    told = any(way.kind != "key" for way in ways)
    shared = owner is None and (told or len(persons) != 1)
    limit = account.field.expires if account.field else None
    if limit is not None:
        proof.append(Evidence(limit))
        if shared:
            return WARN(subject, "shared_for_a_time", *proof, also=also, account=name)
        return PASS(subject, "named_for_a_time", *proof, account=name)
    if owner is not None:
        proof.append(as_evidence(owner))
    if shared:
        return FAIL(subject, "shared_for_ever", *proof, also=also, account=name)
    return WARN(subject, "one_person_for_ever", *proof, also=also, account=name)


def is_tool(process: Process) -> bool:
    """Whether it is such a program, or an SSH client that opens a way back (-R)."""
    if process.name in ("ssh", "autossh"):
        return any(word.startswith("-R") for word in process.arguments)
    return process.name in TOOLS


def of_tool(process: Process, manifests: Manifests) -> Finding:
    """One program: declared as a service, or not."""
    subject = Subject("service", process.name)
    proof = Evidence(process.read)
    services = manifests.services.entries
    if any(service.process == process.name for service in services):
        return PASS(subject, "declared_tool", proof, service=process.name)
    return FAIL(subject, "undeclared_tool", proof, service=process.name)
