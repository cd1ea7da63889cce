"""sshd does not record who logs in, or records too much."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.software import Listeners, Packages, Software, Units
from auditor.facts.ssh_servers import Server, SshServers
from auditor.facts.sshd import ANYBODY, Instance, SshdSettings, Variant
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.sources import Read

#: Tried on 9.2: sshd prints SILENT for QUIET, and DEBUG for DEBUG1.
SILENT = frozenset({"SILENT", "QUIET", "FATAL", "ERROR"})
DAEMONS = ("rsyslogd", "systemd-journald", "syslogd", "syslog-ng", "metalog")
#: Whether a program listens does not matter for what it writes.
NEEDLESS = (Packages, Listeners, Units)


@check
def sshd_logging_too_low(
    servers: SshServers, settings: SshdSettings, software: Software
) -> Iterator[Finding]:
    """Judges each configuration of sshd: its levels, then who takes the messages in.

    The line of the audit's own login is not looked for: no fact reads logs.
    """
    for instance in settings.instances:
        yield silent(instance, servers) or taken(instance, servers, software)
    if not settings.instances:
        sshd = software.presence(["openssh-server"], ["sshd"])
        proof = (*sshd.proof, *nothing_in(settings, "sshd"))
        yield NA(WHOLE_HOST, "no_sshd", *proof)


def silent(instance: Instance, servers: SshServers) -> Finding | None:
    """Logins that leave no line: of an instance, or of some of its variants."""
    subject = subject_of(instance)
    also = servers.sources
    # Tried on 9.2: with -q no LogLevel of a file counts.
    quiet = [one for one in started(instance, servers) if one.has("q")]
    if quiet:
        return FAIL(subject, "quiet_option", Evidence(quiet[0].read))
    found = [v for v in instance.variants if level(v).value in SILENT]
    if not found:
        return None
    first = found[0]
    proof = Evidence(level(first))
    if len(found) == len(instance.variants):
        value = level(first).value
        return FAIL(subject, "silent", proof, also=also, setting=value)
    told = any(v.user == ANYBODY for v in instance.variants)
    if told and all(v.user != ANYBODY for v in found):
        return FAIL(subject, "silent_for", proof, also=also, account=first.user)
    return FAIL(subject, "silent_from", proof, also=also, address=first.address)


def taken(instance: Instance, servers: SshServers, software: Software) -> Finding:
    """Logins are told of: to whom, and with what?"""
    subject = subject_of(instance)
    also = (*servers.sources, *software.processes.sources)
    levels = [Evidence(level(variant)) for variant in instance.variants[:1]]
    own = started(instance, servers)
    writers = [one.read for one in own if one.has("E")]
    writers += [one.read for one in software.processes.named(*DAEMONS)]
    if not writers:
        stderr = [Evidence(one.read) for one in own if one.has("e")]
        if stderr:
            detail = "what takes the standard error of sshd is not known"
            return UNKNOWN(subject, Reason.OS_NOT_COVERED, *stderr, detail=detail)
        return FAIL(subject, "unheard", *levels, also=also)
    debug = [v for v in instance.variants if level(v).value.startswith("DEBUG")]
    if debug:
        read = level(debug[0])
        return WARN(subject, "debug", Evidence(read), also=also, setting=read.value)
    blind = [v for v in instance.variants if level(v).value == "INFO" and no_keys(v)]
    if blind:
        shown = (level(blind[0]), blind[0].get("pubkeyauthentication", default="yes"))
        return WARN(subject, "passwords_only", *map(Evidence, shown), also=also)
    proof = (*levels, Evidence(writers[0]))
    needed = instance.sources
    return PASS(subject, "recorded", *proof, rests_on=needed, without=NEEDLESS)


def started(instance: Instance, servers: SshServers) -> list[Server]:
    """The sshd that run with the configuration of this instance."""
    return [
        one
        for one in servers.named("sshd")
        if dict(one.options).get("f", "/etc/ssh/sshd_config") == instance.config
    ]


def level(variant: Variant) -> Read[str]:
    """LogLevel as sshd printed it."""
    return variant.get("loglevel", default="INFO")


def no_keys(variant: Variant) -> bool:
    """Whether a password lets in and a key does not."""
    keys = variant.is_on("pubkeyauthentication", default="yes")
    return bool(variant.password) and not keys


def subject_of(instance: Instance) -> Subject:
    """One configuration of sshd."""
    return Subject("service", f"sshd {instance.config}")
