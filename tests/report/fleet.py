"""A fleet of laboratories with the founding case's story, large enough to look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from auditor.model.check import Sidecar, Texts
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import CheckInfo, FindingRecord, HostInfo, Run, WaivedRecord
from auditor.model.snapshot import HostState
from tests.report.runs import evidence, finding, host, run, value

#: A line a check: id, family, severity, failings of SAN-2022-009, both titles.
CHECKS = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()

MESSAGES = {
    "ACC-001": (
        "vsftpd accepts anonymous logins.",
        "vsftpd accepte les connexions anonymes.",
    ),
    "PHI-007": (
        "{files} files below {path} hold at least {nir} social security numbers.",
        "{files} fichiers sous {path} portent au moins {nir} numéros sociaux.",
    ),
    "IDN-003": (
        "The key {fingerprint} opens {account} on {count} hosts.",
        "La clé {fingerprint} ouvre {account} sur {count} serveurs.",
    ),
    "IDN-012": (
        "The account {account} takes {count} keys of different persons.",
        "Le compte {account} accepte {count} clés de personnes différentes.",
    ),
    "LOG-009": (
        "Declared by {person}, {time}: alert acknowledged in 18 minutes.",
        "Déclaré par {person}, le {time} : alerte acquittée en 18 minutes.",
    ),
}

SITES = {
    "site-35": "Laboratoire de Rennes",
    "site-29": "Laboratoire de Brest",
    "site-22": "Laboratoire de Saint-Brieuc",
    "site-56": "Laboratoire de Vannes",
}
ROLES = ("lis", "ftp", "base", "interfaces", "sauvegarde", "web", "archive")


def fleet(hosts: int = 28) -> Run:
    """A run over that many hosts and 44 checks."""
    checks = [_check(row) for row in CHECKS]
    machines = [_host(at) for at in range(hosts)]
    found = [
        one for machine in machines for one in _findings(checks, machine, machines)
    ]
    return run(checks, machines, found, groups=SITES, exit_code=3)


def texts(of: Run) -> dict[str, Sidecar]:
    """Texts of a length that real ones have."""
    return {check.id: _sidecar(check) for check in of.checks}


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
    site = list(SITES)[at % 4]
    role = ROLES[at // 4 % len(ROLES)]
    name = f"{role}-{site[-2:]}" + (f"-{at // 28}" if at >= 28 else "")
    base = {
        "group": site,
        "roles": (role,),
        "address": f"10.{site[-2:]}.0.{4 + at // 4}",
        "zone": "internet" if role in ("lis", "web") else "private",
        "clock_offset": 0.4,
    }
    if at in (7, 18):
        return host(
            name,
            **base,
            state=HostState.UNREACHABLE,
            reason=Reason.UNREACHABLE,
            detail="timed out after 10 s, port 22",
            privilege="",
        )
    if at == 13:
        return host(
            name,
            **base,
            state=HostState.UNTRUSTED,
            reason=Reason.HOST_KEY,
            detail="pinned SHA256:Vq1…, shown SHA256:e8X…",
            privilege="",
        )
    if at == 11:
        return host(
            name,
            **base,
            state=HostState.PARTIAL,
            reason=Reason.SUDO_REFUSED,
            detail="audit is not in the sudoers file",
            privilege="user",
        )
    return host(name, **base)


def _findings(
    checks: list[CheckInfo], machine: HostInfo, machines: list[HostInfo]
) -> Iterator[FindingRecord]:
    at = machines.index(machine)
    for number, check in enumerate(checks):
        if machine.state in (HostState.UNREACHABLE, HostState.UNTRUSTED):
            yield finding(
                check.id,
                machine.name,
                Verdict.UNKNOWN,
                "host:",
                severity=check.severity,
                reason=machine.reason,
                detail=machine.detail,
            )
        else:
            yield from _judged(check, machine, (at * 7 + number * 5) % 23, at)


def _judged(
    check: CheckInfo, machine: HostInfo, dice: int, at: int
) -> Iterator[FindingRecord]:
    story = STORY.get((check.id, machine.name))
    if story is not None:
        yield story
        return
    common = {"severity": check.severity}
    if check.id == "LOG-009" and at % 3 == 0:
        yield finding(
            check.id,
            machine.name,
            Verdict.ATTESTED,
            "host:",
            **common,
            message="said",
            values={
                "person": value("person", "E. Exemple, RSSI"),
                "time": value("time", "2026-09-15"),
            },
        )
    elif check.id == "LOG-009":
        yield finding(
            check.id,
            machine.name,
            Verdict.UNKNOWN,
            "host:",
            **common,
            reason=Reason.ATTESTATION_MISSING,
        )
    elif machine.state is HostState.PARTIAL and dice % 2:
        yield finding(
            check.id,
            machine.name,
            Verdict.UNKNOWN,
            "host:",
            **common,
            reason=Reason.DENIED,
            detail="/etc/shadow",
        )
    elif check.severity is not Severity.CRITICAL and dice == 3:
        yield finding(
            check.id,
            machine.name,
            Verdict.FAIL,
            f"service:{check.name}",
            **common,
            message="said",
            evidence=(evidence(f"/etc/{check.name}.conf", "setting=no", 3 + at),),
        )
    elif dice == 4:
        yield finding(
            check.id,
            machine.name,
            Verdict.WARN,
            f"service:{check.name}",
            **common,
            message="said",
            evidence=(evidence(f"/etc/{check.name}.conf", "setting=maybe", 9),),
        )
    elif dice in (5, 6):
        yield finding(check.id, machine.name, Verdict.NA, **common, message="gone")


STORY = {
    (one.check, one.host): one
    for one in (
        finding(
            "ACC-001",
            "lis-35",
            Verdict.FAIL,
            "service:vsftpd /etc/vsftpd.conf",
            message="said",
            evidence=(
                evidence("/etc/vsftpd.conf", "anonymous_enable=YES", 12),
                evidence("ss -H -lntup", "tcp *:21 vsftpd", 4),
            ),
            values={"port": value("port", "21")},
        ),
        finding(
            "PHI-007",
            "lis-35",
            Verdict.FAIL,
            "directory:/srv/mega/export_migration_2019",
            message="said",
            values={
                "files": value("count", 41),
                "nir": value("count", 12480),
                "path": value("path", "/srv/mega/export_migration_2019"),
            },
            evidence=(evidence("/srv/mega/export_migration_2019", "41 files", None),),
        ),
        finding(
            "LOG-003",
            "lis-35",
            Verdict.FAIL,
            "service:alerting",
            message="said",
            partial=True,
        ),
        finding(
            "MIG-002",
            "lis-35",
            Verdict.FAIL,
            "directory:/srv/mega/export_migration_2019",
            message="said",
            evidence=(evidence("migrations.toml", "erase_by=2020-12-31", 14),),
        ),
        *(
            finding(
                "IDN-003",
                name,
                Verdict.FAIL,
                f"key:maintenance {'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLvi'}",
                severity=Severity.HIGH,
                message="said",
                group="SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLvi",
                values={
                    "fingerprint": value(
                        "fingerprint", "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLvi"
                    ),
                    "account": value("account", "maintenance"),
                    "count": value("count", 3),
                },
                evidence=(
                    evidence(
                        "/home/maintenance/.ssh/authorized_keys",
                        "ssh-rsa SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLvi",
                        1,
                    ),
                ),
            )
            for name in ("lis-35", "lis-29", "lis-22")
        ),
        *(
            finding(
                "IDN-012",
                name,
                Verdict.FAIL,
                "account:maintenance",
                message="said",
                values={
                    "account": value("account", "maintenance"),
                    "count": value("count", 4),
                },
                evidence=(
                    evidence("/home/maintenance/.ssh/authorized_keys", "4 keys", None),
                ),
            )
            for name in ("lis-35", "ftp-29")
        ),
        finding(
            "ENC-001",
            "base-35",
            Verdict.FAIL,
            "directory:/var/lib/postgresql",
            message="said",
            evidence=(evidence("lsblk -P", "sda2 ext4 part", 3),),
        ),
        finding(
            "SSH-004",
            "web-35",
            Verdict.FAIL,
            "service:sshd",
            severity=Severity.MEDIUM,
            message="said",
            waived=WaivedRecord(
                reason="l’automate X200 ne parle aucun autre chiffrement ; remplacement"
                " commandé",
                owner="G. Exemple",
                accepted_by="F. Exemple, responsable de traitement",
                accepted_on=date(2026, 10, 1),
                until=date(2027, 1, 31),
            ),
        ),
    )
}


def _sidecar(check: CheckInfo) -> Sidecar:
    said = MESSAGES.get(check.id)
    texts = {
        "en": Texts(
            title=check.title["en"],
            why="Whoever reaches the port lists and copies the files served: on the"
            " server of decision SAN-2022-009, medical results of 491,840 people.",
            fix={
                "debian": f"Set `setting=no` in /etc/{check.name}.conf, then"
                " `systemctl restart service`.",
                "rhel": "Set it in every file of /etc/service/, then restart.",
                "alpine": "Set it, then `rc-service service restart`.",
            },
            impact="Restart: cuts running transfers.",
            effort="1 h",
            undo="Put the line back and restart the service.",
            verify="curl -m 10 ftp://HOST/ answers “Access denied” (530).",
            messages={
                "said": said[0] if said else "The setting is not as it should be.",
                "pass": "It is closed.",
                "gone": "Not there: no package, no process, no port.",
            },
        ),
        "fr": Texts(
            title=check.title["fr"],
            why="Quiconque atteint le port liste et copie les fichiers servis : sur le"
            " serveur de la décision SAN-2022-009, les résultats d’examens de"
            " 491\u202f840 personnes.",
            fix={
                "debian": f"Mettre `setting=no` dans /etc/{check.name}.conf, puis"
                " `systemctl restart service`.",
                "rhel": "Le mettre dans chaque fichier de /etc/service/, puis"
                " redémarrer.",
                "alpine": "Le mettre, puis `rc-service service restart`.",
            },
            impact="Redémarrage : coupe les transferts en cours.",
            effort="1 h",
            undo="Remettre la ligne et redémarrer le service.",
            verify="curl -m 10 ftp://SERVEUR/ répond « Access denied » (530).",
            messages={
                "said": said[1] if said else "Le réglage n’est pas comme il faudrait.",
                "pass": "C’est fermé.",
                "gone": "Absent : ni paquet, ni processus, ni port.",
            },
        ),
    }
    return Sidecar(
        id=check.id,
        severity=check.severity,
        requirements=check.requirements,
        texts=texts,
        severity_by_message={},
    )
