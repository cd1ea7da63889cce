"""root can log in by SSH."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.accounts import Passwd
from auditor.facts.logins import root_rule
from auditor.facts.passwords import Accounts
from auditor.facts.reach import Reach
from auditor.facts.shadow import Shadow
from auditor.facts.software import Software
from auditor.facts.ssh_reach import (
    SOFTWARE,
    dropbear_reached,
    no_ssh_server,
    sshd_reached,
)
from auditor.facts.ssh_servers import Server, SshServers
from auditor.facts.sshd import Instance, SshdSettings, Variant
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
)
from auditor.model.sources import Read

#: What a PASS, which sshd's own words prove, does not need.
NEEDLESS: tuple[type, ...] = (Passwd, Shadow, *SOFTWARE)


@check
def ssh_root_login(
    servers: SshServers, settings: SshdSettings, accounts: Accounts, software: Software
) -> Iterator[Finding]:
    """Judges each configuration of sshd in each of its variants, and dropbear."""
    for instance in settings.instances:
        yield of_sshd(instance, accounts, software)
    dropbear = servers.named("dropbear")
    if dropbear:
        yield of_dropbear(dropbear, accounts, software)
    if not settings.instances and not dropbear:
        proof = no_ssh_server(software)
        none = NA(WHOLE_HOST, "no_server", *proof)
        yield none if proof else PASS(WHOLE_HOST, "closed")


def of_sshd(instance: Instance, accounts: Accounts, software: Software) -> Finding:
    """The worst variant of one configuration."""
    subject = Subject("service", f"sshd {instance.config}")
    variants = instance.of("root")
    let = [v for v in variants if root_rule(v) in ("yes", "prohibit-password")]
    if not let:
        needed = instance.sources
        return PASS(subject, "closed", rests_on=needed, without=NEEDLESS)
    yes = [v for v in let if root_rule(v) == "yes" and v.password and v.password_alone]
    if not yes:
        return WARN(subject, "keys_only", Evidence(rule_of(let[0])))
    everywhere = len(yes) == len(variants)
    return with_password(subject, instance, yes[0], accounts, software, everywhere)


def with_password(
    subject: Subject,
    instance: Instance,
    variant: Variant,
    accounts: Accounts,
    software: Software,
    everywhere: bool,
) -> Finding:
    """sshd would take a password of root: whether there is one, and from where."""
    proof = [Evidence(rule_of(variant))]
    proof += [Evidence(variant.password)] if variant.password else []
    root = accounts.named("root")
    if root is None or root.password is None:
        return WARN(subject, "no_password", *proof, also=accounts.sources)
    proof += [Evidence(root.entry.read), Evidence(root.password)]
    if not root.has_password or root.expired:
        return WARN(subject, "no_password", *proof)
    reach = sshd_reached(software, instance)
    proof += reach.proof
    # Nothing else that is asked for besides was found in the same answer.
    also = (variant.text.source, *reach.also)
    if not reach.open:
        message = "stopped" if reach.reach is Reach.STOPPED else "local_only"
        return WARN(subject, message, *proof, also=also)
    if everywhere:
        return FAIL(subject, "open", *proof, also=also)
    where = variant.address
    return FAIL(subject, "open_from", *proof, also=also, address=where)


def rule_of(variant: Variant) -> Read[str]:
    """PermitRootLogin as sshd printed it."""
    return variant.get("permitrootlogin", default="prohibit-password")


def of_dropbear(
    servers: tuple[Server, ...], accounts: Accounts, software: Software
) -> Finding:
    """The most open of the dropbear that run; without options it lets root in."""
    subject = Subject("service", "dropbear")
    let = [server for server in servers if not server.has("w")]
    if not let:
        return PASS(subject, "closed", Evidence(servers[0].read))
    yes = [one for one in let if not one.has("g") and not one.has("s")]
    if not yes:
        return WARN(subject, "keys_only", Evidence(let[0].read))
    proof = [Evidence(yes[0].read)]
    root = accounts.named("root")
    if root is None or root.password is None:
        return WARN(subject, "no_password", *proof, also=accounts.sources)
    proof += [Evidence(root.entry.read), Evidence(root.password)]
    if not root.has_password:
        return WARN(subject, "no_password", *proof)
    reach = dropbear_reached(software)
    if not reach.open:
        return WARN(subject, "local_only", *proof, *reach.proof, also=reach.also)
    return FAIL(subject, "open", *proof, *reach.proof, also=reach.also)
