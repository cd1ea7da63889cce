"""A fleet of laboratories with the founding case's story, large enough to look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import structs

from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import CheckInfo, FindingRecord, HostInfo, Run
from auditor.model.snapshot import HostState
from tests.report.fleet_story import story
from tests.report.runs import evidence, finding, host, run, value

#: A line a check: id, family, severity, failings of SAN-2022-009, both titles.
CHECKS = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()

SITES = {
    "site-35": "Laboratoire de Rennes",
    "site-29": "Laboratoire de Brest",
    "site-22": "Laboratoire de Saint-Brieuc",
    "site-56": "Laboratoire de Vannes",
}
ROLES = ("lis", "ftp", "base", "interfaces", "sauvegarde", "web", "archive")

#: Hosts by their number that were not read whole: state, reason, detail.
UNSEEN = {
    7: (HostState.UNREACHABLE, Reason.UNREACHABLE, "timed out after 10 s, port 22"),
    18: (HostState.UNREACHABLE, Reason.UNREACHABLE, "timed out after 10 s, port 22"),
    13: (HostState.UNTRUSTED, Reason.HOST_KEY, "pinned SHA256:Vq1…, shown SHA256:e8X…"),
    11: (HostState.PARTIAL, Reason.SUDO_REFUSED, "audit is not in the sudoers file"),
}


def fleet(hosts: int = 28, size: int = len(CHECKS)) -> Run:
    """A run over that many hosts and checks; beyond 44, checks of the same titles."""
    checks = [_check(_renumbered(at)) for at in range(size)]
    machines = [_host(at) for at in range(hosts)]
    told = story()
    found = [
        one
        for at, machine in enumerate(machines)
        for number, check in enumerate(checks)
        for one in _findings(check, machine, at, (at * 7 + number * 5) % 23, told)
    ]
    return run(checks, machines, found, groups=SITES, exit_code=3)


def _renumbered(at: int) -> str:
    """The row of the check at that place: ACC-001, later ACC-101, ACC-201."""
    again, place = divmod(at, len(CHECKS))
    row = CHECKS[place]
    return f"{row[:4]}{again}{row[5:]}"


def before(later: Run, days: int = 93) -> Run:
    """An audit of the fleet, days earlier: some gaps are not there, others are.

    Under the same rules and of the same hosts, so that the scores compare.
    """
    found = []
    for number, one in enumerate(later.findings):
        if one.verdict is Verdict.PASS and number % 29 == 0:
            found.append(structs.replace(one, verdict=Verdict.FAIL, message="said"))
        elif one.verdict is not Verdict.PASS and (
            one.verdict is not Verdict.FAIL or number % 3
        ):
            found.append(one)
    at = later.run.started - timedelta(days=days)
    groups = dict(later.groups)
    return run(later.checks, later.hosts, found, groups, started=at, exit_code=3)


def _check(row: str) -> CheckInfo:
    number, family, severity, failings, en, fr = row.split("|")
    mapped = tuple(f"cnil-san-2022-009:{n}" for n in failings.split())
    return CheckInfo(
        id=number,
        name=number.lower(),
        family=family,
        severity=Severity(severity),
        title={"en": en, "fr": fr},
        requirements=(
            *mapped,
            "gdpr:Art. 5(1)(f)",
            "gdpr:Art. 32(1)(b)",
            "cnil-guide-2024:Fiche 4",
            "anssi-bp028-2.0:R62",
            "cis-debian12-1.1.0:2.1.6",
            "iso27001-2022:A.8.5",
        ),
    )


def _host(at: int) -> HostInfo:
    site, role = list(SITES)[at % 4], ROLES[at // 4 % len(ROLES)]
    state, reason, detail = UNSEEN.get(at, (HostState.AUDITED, None, None))
    privilege = {HostState.AUDITED: "root", HostState.PARTIAL: "user"}.get(state, "")
    return host(
        f"{role}-{site[-2:]}" + (f"-{at // 28}" if at >= 28 else ""),
        group=site,
        roles=(role,),
        address=f"10.{site[-2:]}.0.{4 + at // 4}",
        zone="internet" if role in ("lis", "web") else "private",
        clock_offset=0.4,
        state=state,
        reason=reason,
        detail=detail,
        privilege=privilege,
    )


def _findings(
    check: CheckInfo,
    machine: HostInfo,
    at: int,
    dice: int,
    told: dict[tuple[str, str], FindingRecord],
) -> Iterator[FindingRecord]:
    """Nothing where the check passes."""
    if not machine.privilege:
        yield _unknown(check, machine, machine.reason, machine.detail)
    elif (check.id, machine.name) in told:
        yield told[check.id, machine.name]
    elif check.id == "LOG-009":
        yield (
            _declared(check, machine)
            if at % 3 == 0
            else _unknown(check, machine, Reason.ATTESTATION_MISSING, None)
        )
    elif machine.state is HostState.PARTIAL and dice % 2:
        yield _unknown(check, machine, Reason.DENIED, "/etc/shadow")
    elif dice == 3 and check.severity is not Severity.CRITICAL:
        yield _open(check, machine, Verdict.FAIL, 3 + at)
    elif dice == 4:
        yield _open(check, machine, Verdict.WARN, 9)
    elif dice in (5, 6):
        yield _about(check, machine, Verdict.NA, message="gone")


def _about(
    check: CheckInfo,
    machine: HostInfo,
    verdict: Verdict,
    subject: str = "host:",
    **more: Any,
) -> FindingRecord:
    return finding(
        check.id, machine.name, verdict, subject, severity=check.severity, **more
    )


def _unknown(
    check: CheckInfo, machine: HostInfo, reason: Reason | None, detail: str | None
) -> FindingRecord:
    return _about(check, machine, Verdict.UNKNOWN, reason=reason, detail=detail)


def _declared(check: CheckInfo, machine: HostInfo) -> FindingRecord:
    values = {
        "person": value("person", "E. Exemple, RSSI"),
        "time": value("time", "2026-09-15"),
    }
    return _about(check, machine, Verdict.ATTESTED, message="said", values=values)


def _open(
    check: CheckInfo, machine: HostInfo, verdict: Verdict, line: int
) -> FindingRecord:
    read = evidence(f"/etc/{check.name}.conf", "setting=no", line)
    return _about(
        check,
        machine,
        verdict,
        f"service:{check.name}",
        message="said",
        evidence=(read,),
    )
