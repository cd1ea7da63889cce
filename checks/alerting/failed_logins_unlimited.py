"""Passwords can be tried for ever: nothing limits or notices failed logins."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.alerting import Fail2ban, RateLimits
from auditor.facts.ftp import FtpServices, VsftpdConfig, is_on
from auditor.facts.pam import Module, PamStacks
from auditor.facts.reach import reached
from auditor.facts.software import Packages, Presence, Processes, Software
from auditor.facts.ssh_servers import SshServers
from auditor.facts.sshd import SshdSettings
from auditor.facts.superservers import Superservers
from auditor.model.check import check
from auditor.model.facts import Fact
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.sources import Read, Status

SSH = Subject("service", "ssh")
FTP = Subject("service", "ftp")
#: Filters of fail2ban, by the service whose failed logins they find.
FILTERS = {
    "ssh": ("sshd", "dropbear"),
    "ftp": ("vsftpd", "proftpd", "pure-ftpd", "wuftpd"),
}
#: Other programs that watch failed logins, by the services they know untold.
WATCHERS = {
    "ssh": ("sshguard", "crowdsec", "denyhosts", "wazuh-agentd", "ossec-agentd"),
    "ftp": ("sshguard", "wazuh-agentd", "ossec-agentd"),
}
PORTS = {"ssh": ("22", "ssh"), "ftp": ("21", "ftp")}
LOCKS = frozenset({"pam_faillock", "pam_tally2", "pam_tally"})
OTHER_FTP = ("proftpd", "pure-ftpd", "wu-ftpd")
OPEN_FTP: list[type[Fact]] = [VsftpdConfig, Superservers]
GUARDS: list[type[Fact]] = [Fail2ban, PamStacks, RateLimits]
DOORS: list[type[Fact]] = [SshServers, SshdSettings, *OPEN_FTP, Packages]


@check
def failed_logins_unlimited(
    servers: SshServers,
    settings: SshdSettings,
    ftp: FtpServices,
    software: Software,
    jails: Fail2ban,
    pam: PamStacks,
    limits: RateLimits,
) -> Iterator[Finding]:
    """Judges SSH and FTP, each as far as it lets passwords be tried from elsewhere."""
    asked = Guards(jails, pam, limits, software.processes)
    door = ssh_door(servers, settings)
    ssh = software.presence(["openssh-server", "dropbear"], ["sshd", "dropbear"])
    yield asked.judged(SSH, "ssh", "sshd", door) if door else shut(SSH, ssh, OPEN_FTP)
    door = ftp_door(ftp, software)
    there = software.presence(
        ["vsftpd", "proftpd-core", "proftpd-basic", "pure-ftpd"],
        ["vsftpd", *OTHER_FTP],
        [21],
    )
    sshd: list[type[Fact]] = [SshServers, SshdSettings]
    yield asked.judged(FTP, "ftp", "vsftpd", door) if door else shut(FTP, there, sshd)


def shut(subject: Subject, there: Presence, elsewhere: list[type[Fact]]) -> Finding:
    """No password can be tried there: no such service, or it takes none."""
    if there.there is False:
        return NA(subject, "none", *there.proof)
    return PASS(subject, "no_passwords", *there.proof, without=[*GUARDS, *elsewhere])


def ssh_door(servers: SshServers, settings: SshdSettings) -> list[Read[str]]:
    """What shows that an SSH server takes passwords."""
    for instance in settings.instances:
        for variant in instance.variants:
            if variant.password is not None and variant.password_alone:
                return [variant.password]
    return [one.read for one in servers.named("dropbear") if not one.has("s")][:1]


def ftp_door(ftp: FtpServices, software: Software) -> list[Read[str]]:
    """What shows that an FTP server takes passwords of accounts from elsewhere."""
    for service in ftp.services:
        local = service.instance.effective("local_enable", "NO")
        if is_on(local) and service.reached.open:
            return [local, *(proof.read for proof in service.reached.proof)]
    other = reached(software, OTHER_FTP, [])
    return [proof.read for proof in other.proof] if other.open else []


class Guards(Struct, frozen=True):
    """Everything that may limit or notice failed logins."""

    jails: Fail2ban
    pam: PamStacks
    limits: RateLimits
    processes: Processes

    def judged(
        self, subject: Subject, kind: str, stack: str, door: list[Read[str]]
    ) -> Finding:
        """The best guard of a service that takes passwords."""
        watchers = self.processes.named(*WATCHERS[kind])
        others: list[type[Fact]]
        if jail := self._jail(kind):
            others = [*DOORS, PamStacks, RateLimits]
            return PASS(
                subject, "jail", Evidence(jail), service=jail.value, without=others
            )
        if watchers:
            one = watchers[0]
            others = [*DOORS, *GUARDS]
            proof = Evidence(one.read)
            return PASS(subject, "watched", proof, service=one.name, without=others)
        if rule := self.limits.on(*PORTS[kind]):
            others = [*DOORS, Fail2ban, PamStacks]
            return PASS(subject, "limited", Evidence(rule), without=others)
        if hidden := self._hidden():
            detail = "fail2ban runs, but its socket is not where it belongs"
            return UNKNOWN(subject, Reason.OS_NOT_COVERED, hidden, detail=detail)
        return self._unguarded(subject, stack, door)

    def _unguarded(
        self, subject: Subject, stack: str, door: list[Read[str]]
    ) -> Finding:
        also = (
            *self.jails.sources,
            *self.processes.sources,
            *self.limits.sources,
        )
        shown = [Evidence(read) for read in door]
        if lock := self._lock(stack):
            return WARN(subject, "lock_only", *shown, Evidence(lock.read), also=also)
        return FAIL(subject, "unguarded", *shown, also=(*also, *self.pam.sources))

    def _jail(self, kind: str) -> Read[str] | None:
        for name, read in self.jails.live.items():
            if self.jails.filter_of(name) in FILTERS[kind]:
                return read
        return None

    def _hidden(self) -> Evidence | None:
        states = {source.status for source in self.jails.status_source}
        for process in self.processes.processes:
            if states == {Status.ABSENT} and any(
                w.endswith("/fail2ban-server") for w in process.arguments
            ):
                return Evidence(process.read)
        return None

    def _lock(self, stack: str) -> Module | None:
        modules = self.pam.of(stack, "auth")
        return next((m for m in modules if m.name in LOCKS), None)
