"""What the founding case would have shown, as findings on some hosts of the fleet."""

from __future__ import annotations

from datetime import date

from auditor.model.findings import Severity, Verdict
from auditor.model.run import FindingRecord, WaivedRecord
from tests.report.runs import evidence, finding, value

EXPORT = "/srv/mega/export_migration_2019"
KEY = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLvi"
KEYS = "/home/maintenance/.ssh/authorized_keys"

WAIVED = WaivedRecord(
    reason="l’automate X200 ne parle aucun autre chiffrement ; remplacement commandé",
    owner="G. Exemple",
    accepted_by="F. Exemple, responsable de traitement",
    accepted_on=date(2026, 10, 1),
    until=date(2027, 1, 31),
)


def story() -> dict[tuple[str, str], FindingRecord]:
    """The findings by check and host."""
    found = (
        *_open_export(),
        *(_same_key(name) for name in ("lis-35", "lis-29", "lis-22")),
        *(_shared(name) for name in ("lis-35", "ftp-29")),
        *_others(),
    )
    return {(one.check, one.host): one for one in found}


def _fail(
    check: str,
    name: str,
    subject: str,
    *read: tuple[str, str, int | None],
    **more: object,
) -> FindingRecord:
    lines = tuple(evidence(*one) for one in read)
    return finding(
        check, name, Verdict.FAIL, subject, message="said", evidence=lines, **more
    )


def _open_export() -> tuple[FindingRecord, ...]:
    counts = {
        "files": value("count", 41),
        "nir": value("count", 12480),
        "path": value("path", EXPORT),
    }
    return (
        _fail(
            "ACC-001",
            "lis-35",
            "service:vsftpd /etc/vsftpd.conf",
            ("/etc/vsftpd.conf", "anonymous_enable=YES", 12),
            ("ss -H -lntup", "tcp *:21 vsftpd", 4),
            values={"port": value("port", "21")},
        ),
        _fail(
            "PHI-007",
            "lis-35",
            f"directory:{EXPORT}",
            (EXPORT, "41 files", None),
            values=counts,
        ),
    )


def _same_key(name: str) -> FindingRecord:
    return _fail(
        "IDN-003",
        name,
        f"key:maintenance {KEY}",
        (KEYS, f"ssh-rsa {KEY}", 1),
        severity=Severity.HIGH,
        group=KEY,
        values={
            "fingerprint": value("fingerprint", KEY),
            "account": value("account", "maintenance"),
            "count": value("count", 3),
        },
    )


def _shared(name: str) -> FindingRecord:
    values = {"account": value("account", "maintenance"), "count": value("count", 4)}
    return _fail(
        "IDN-012", name, "account:maintenance", (KEYS, "4 keys", None), values=values
    )


def _others() -> tuple[FindingRecord, ...]:
    data = "/var/lib/postgresql"
    return (
        _fail("LOG-003", "lis-35", "service:alerting", partial=True),
        _fail(
            "MIG-002",
            "lis-35",
            f"directory:{EXPORT}",
            ("migrations.toml", "erase_by=2020-12-31", 14),
        ),
        _fail(
            "ENC-001", "base-35", f"directory:{data}", ("lsblk -P", "sda2 ext4 part", 3)
        ),
        _fail(
            "SSH-004",
            "web-35",
            "service:sshd",
            severity=Severity.MEDIUM,
            waived=WAIVED,
        ),
    )
