"""A module of the rsync daemon asks nobody for a password."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from auditor.facts.absence import nothing_in
from auditor.facts.reach import Reach
from auditor.facts.rsyncd import USUAL, Module, RsyncDaemon, RsyncdConfig
from auditor.facts.software import Listeners, Packages, Processes, Units
from auditor.facts.superservers import Superservers
from auditor.model.check import check
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
from auditor.model.sources import Source

RSYNC = Subject("service", "rsync")
# A module that asks for a password does so wherever it can be reached.
ELSEWHERE = (Packages, Listeners, Units, Superservers)
OTHERS = 0o044


@check
def rsync_module_open(
    config: RsyncdConfig,
    daemon: RsyncDaemon,
    processes: Processes,
    listeners: Listeners,
    units: Units,
    superservers: Superservers,
) -> Iterator[Finding]:
    """Each module of each file that the daemon reads."""
    if daemon.other_file is not None:
        detail = "the daemon was started with a --config whose name did not travel"
        proof = Evidence(daemon.other_file)
        yield UNKNOWN(RSYNC, Reason.UNPARSABLE, proof, detail=detail)
        return
    for module in config.modules:
        yield judged(module, config, daemon)
    if config.modules:
        return
    if daemon.reached.reach is Reach.STOPPED:
        absence = [
            evidence
            for fact in (config, processes, listeners, units, superservers)
            for evidence in nothing_in(fact, "rsync daemon")
        ]
        yield NA(RSYNC, "no_daemon", *absence)
    else:
        yield PASS(RSYNC, "no_module")


def subject_of(module: Module) -> Subject:
    """A module of the usual file by its name, others with their file."""
    usual = module.file == USUAL
    return Subject("module", module.name if usual else f"{module.file} {module.name}")


def judged(module: Module, config: RsyncdConfig, daemon: RsyncDaemon) -> Finding:
    """One module: whom does it ask for a password?"""
    subject = subject_of(module)
    users = module.get("authusers")
    if users is None or not module.words("authusers"):
        return unasked(module, config, daemon)
    secrets = module.get("secretsfile")
    file = config.secrets.get(secrets.value) if secrets is not None else None
    if file is not None and file.mode & OTHERS:
        shown = (Evidence(users), Evidence(file.read))
        return WARN(subject, "secrets_readable", *shown, also=config.sources)
    return PASS(subject, "asks", Evidence(users), without=ELSEWHERE)


def unasked(module: Module, config: RsyncdConfig, daemon: RsyncDaemon) -> Finding:
    """A module without a password: who reaches it, and to do what?"""
    subject = subject_of(module)
    reached = daemon.reached
    also: tuple[Source, ...] = (*config.sources, *reached.also)
    shown = [Evidence(module.get("authusers") or module.header)]
    unused = bool(daemon.files) and module.file not in daemon.files
    if reached.reach is Reach.STOPPED or unused:
        return WARN(subject, "not_running", *shown, also=also)
    shown += reached.proof
    if reached.reach is Reach.LOCAL:
        return WARN(subject, "local_only", *shown, also=also)
    writable = module.get("readonly")
    if module.writable and writable is not None:
        return FAIL(subject, "writable", Evidence(writable), *shown, also=also)
    allow = module.get("hostsallow")
    if allow is not None and limited(module):
        return WARN(subject, "hosts_only", Evidence(allow), *shown, also=also)
    return FAIL(subject, "open", *shown, also=also)


def limited(module: Module) -> bool:
    """Whether only named hosts get in.

    With hosts deny beside it, hosts allow only excepts from the denial: whoever is in
    neither list gets in (tried on rsync 3.5).
    """
    denied = module.words("hostsdeny")
    if denied and not any(is_everybody(pattern) for pattern in denied):
        return False
    allowed = module.words("hostsallow")
    return bool(allowed) and not any(is_wide(pattern) for pattern in allowed)


def is_everybody(pattern: str) -> bool:
    """Whether a pattern of hosts matches every address."""
    return pattern in ("*", "0.0.0.0/0", "0.0.0.0/0.0.0.0", "::/0")


def is_wide(pattern: str) -> bool:
    """Whether a pattern names more than private networks and single hosts."""
    try:
        network = ip_network(pattern, strict=False)
    except ValueError:
        return "*" in pattern and not pattern.startswith(("10.", "192.168."))
    many = network.num_addresses > 1 and network.is_global
    return many or is_everybody(pattern)
