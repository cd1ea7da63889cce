"""sshd takes empty passwords, trusts other hosts, or lets users change its ways."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.host_trust import HostTrust
from auditor.facts.software import Software
from auditor.facts.ssh_reach import SOFTWARE, no_ssh_server
from auditor.facts.ssh_servers import SshServers
from auditor.facts.sshd import Instance, SshdSettings
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


@check
def ssh_unsafe_trust(
    servers: SshServers, settings: SshdSettings, trust: HostTrust, software: Software
) -> Iterator[Finding]:
    """Judges each configuration of sshd in each of its variants.

    dropbear knows neither of these settings but one for empty passwords.
    """
    for instance in settings.instances:
        said = list(of_sshd(instance, trust))
        yield from said
        if not said:
            subject = Subject("service", f"sshd {instance.config}")
            needed = instance.sources
            yield PASS(subject, "safe", rests_on=needed, without=(HostTrust, *SOFTWARE))
    dropbear = servers.named("dropbear")
    blank = [server.read for server in dropbear if server.has("B")]
    if blank:
        subject = Subject("setting", "empty passwords dropbear")
        yield FAIL(subject, "empty_passwords", Evidence(blank[0]))
    elif not settings.instances:
        proof = () if dropbear else no_ssh_server(software)
        none = NA(WHOLE_HOST, "no_server", *proof)
        yield none if proof else PASS(WHOLE_HOST, "safe")


def of_sshd(instance: Instance, trust: HostTrust) -> Iterator[Finding]:
    """One finding for each setting that some variant leaves unsafe."""
    empty = setting(instance, "permitemptypasswords", {"no"}, "no")
    if empty:
        subject = subject_of("permitemptypasswords", instance)
        yield FAIL(subject, "empty_passwords", Evidence(empty))
    based = setting(instance, "hostbasedauthentication", {"no"}, "no")
    if based:
        subject = subject_of("hostbasedauthentication", instance)
        proof = Evidence(based)
        if trust.entries:
            entry = Evidence(trust.entries[0])
            yield FAIL(subject, "trusted_hosts", proof, entry)
        else:
            yield WARN(subject, "host_trust", proof, also=trust.sources)
    rhosts = setting(instance, "ignorerhosts", {"yes", "shosts-only"}, "yes")
    if rhosts:
        yield WARN(subject_of("ignorerhosts", instance), "rhosts", Evidence(rhosts))
    environment = setting(instance, "permituserenvironment", {"no"}, "no")
    if environment:
        subject = subject_of("permituserenvironment", instance)
        yield WARN(subject, "environment", Evidence(environment))


def setting(
    instance: Instance, name: str, safe: set[str], default: str
) -> Read[str] | None:
    """The setting in the first variant where it is not safe."""
    reads = (variant.get(name, default=default) for variant in instance.variants)
    return next((read for read in reads if read.value not in safe), None)


def subject_of(name: str, instance: Instance) -> Subject:
    """The setting of one configuration."""
    return Subject("setting", f"{name} {instance.config}")
