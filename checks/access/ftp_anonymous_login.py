"""FTP lets anyone in without a password (vsftpd)."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.ftp import VsftpdConfig, VsftpdInstance, is_on
from auditor.facts.software import Presence, Software
from auditor.model.check import check
from auditor.model.findings import FAIL, NA, PASS, WARN, Evidence, Finding, Subject

# Tried on 3.0.3-13: without the key, or with it commented out, anonymous gets in,
# although the packaged manual page prints "Default: NO".
DEFAULT = "YES"


@check
def ftp_anonymous_login(vsftpd: VsftpdConfig, software: Software) -> Iterator[Finding]:
    """Each configuration file of vsftpd is one instance."""
    presence = software.presence(["vsftpd"], ["vsftpd"], [21])
    if presence.there is False:
        yield NA(Subject("service", "vsftpd"), "no_vsftpd", *presence.proof)
        return
    for instance in vsftpd.instances:
        yield judged(instance, presence, software)
    if not vsftpd.instances:
        yield PASS(Subject("service", "vsftpd"), "no_configuration")


def judged(instance: VsftpdInstance, presence: Presence, software: Software) -> Finding:
    """One instance: open, open but not running or local only, or closed."""
    subject = Subject("service", f"vsftpd {instance.text.source.name}")
    setting = instance.effective("anonymous_enable", DEFAULT)
    proof = Evidence(setting)
    source = instance.text.source
    if not is_on(setting):
        return PASS(subject, "closed", proof, rests_on=[source])
    enabled = software.units.enabled.get("vsftpd.service")
    started = presence.running or (enabled is not None and enabled.value == "enabled")
    if not started:
        also = (*software.processes.sources, *software.units.sources)
        return WARN(subject, "not_running", proof, rests_on=[source], also=also)
    if presence.listeners and not any(one.exposed for one in presence.listeners):
        also = software.listeners.sources
        return WARN(subject, "local_only", proof, rests_on=[source], also=also)
    shown = [Evidence(one.read) for one in presence.listeners[:1]]
    return FAIL(subject, "open", proof, *shown, rests_on=[source])
