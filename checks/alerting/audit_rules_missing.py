"""The kernel's audit does not record who touches accounts and data."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.auditd import AuditRule, AuditRules
from auditor.facts.software import Software
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.host import Host
from auditor.model.sources import Read

SUBJECT = Subject("service", "audit daemon")
IDENTITY = ("/etc/passwd", "/etc/shadow", "/etc/sudoers")
#: Programs that read the kernel's audit in auditd's stead.
OTHERS = ("go-audit", "auditbeat", "kunai", "tetragon")


@check
def audit_rules_missing(
    rules: AuditRules, software: Software, host: Host
) -> Iterator[Finding]:
    """Judges the rules in force; rules that only lie on disk record nothing."""
    presence = software.presence(["auditd", "audit"], ["auditd"])
    others = software.processes.named(*OTHERS)
    runs = software.processes.named("auditd")
    also = (*rules.in_force, *software.processes.sources)
    off = switched_off(rules)
    if others and not runs:
        detail = "the rules of another audit program are not read"
        proof = Evidence(others[0].read)
        yield UNKNOWN(SUBJECT, Reason.OS_NOT_COVERED, proof, detail=detail)
    elif off is not None:
        yield off
    elif presence.there is False:
        yield FAIL(SUBJECT, "absent", *presence.proof)
    elif not runs:
        # Inside a PID namespace the kernel answers nobody: then that is not known.
        yield FAIL(SUBJECT, "not_running", *presence.proof, also=also)
    else:
        yield in_force(rules, host, runs[0].read)


def switched_off(rules: AuditRules) -> Finding | None:
    """That the kernel itself says that nothing is recorded, whatever runs."""
    enabled = rules.state.get("enabled")
    if enabled is not None and enabled.value == 0:
        return FAIL(SUBJECT, "disabled", Evidence(enabled))
    never = next((rule for rule in rules.live if rule.never), None)
    return None if never is None else FAIL(SUBJECT, "never", Evidence(never.read))


def in_force(rules: AuditRules, host: Host, daemon: Read[str]) -> Finding:
    """What the kernel follows now."""
    shown = Evidence(daemon)
    if not rules.live:
        return FAIL(SUBJECT, "no_rules", shown, also=rules.in_force)
    unwatched = [path for path in IDENTITY if not watched(rules.live, path)]
    if len(unwatched) == len(IDENTITY):
        return FAIL(SUBJECT, "identity", shown, also=rules.in_force, path=unwatched[0])
    data = [path for path in host.data_dirs if not watched(rules.live, path)]
    if data and len(data) == len(host.data_dirs):
        return FAIL(SUBJECT, "data", shown, also=rules.in_force, path=data[0])
    return complete(rules, shown)


def complete(rules: AuditRules, shown: Evidence) -> Finding:
    """Rules of both kinds are in force: do they last, and was nothing lost?"""
    enabled = rules.state.get("enabled")
    lost = rules.state.get("lost")
    if lost is not None and lost.value > 0:
        return WARN(SUBJECT, "lost", Evidence(lost), count=lost.value)
    live = {rule.path.rstrip("/") for rule in rules.live}
    unloaded = [r for r in rules.disk if r.path and r.path.rstrip("/") not in live]
    if unloaded:
        proof = Evidence(unloaded[0].read)
        return WARN(SUBJECT, "not_loaded", proof, also=rules.in_force)
    if enabled is None or enabled.value != 2:
        proofs = [Evidence(enabled)] if enabled is not None else []
        return WARN(SUBJECT, "mutable", *proofs, also=rules.in_force)
    return PASS(SUBJECT, "complete", shown, Evidence(enabled))


def watched(rules: tuple[AuditRule, ...], path: str) -> bool:
    """Whether a rule watches the path, or a file or folder in it."""
    return any(rule.watches(path) or inside(rule, path) for rule in rules)


def inside(rule: AuditRule, folder: str) -> bool:
    """Whether a rule watches a part of the folder."""
    return rule.path.startswith(folder.rstrip("/") + "/")
