"""Logs can be read or changed by ordinary accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.facts.log_files import LogFile, LogFiles
from auditor.model.check import check
from auditor.model.findings import FAIL, PASS, WARN, Evidence, Finding, Subject

FOLDER = Subject("directory", "/var/log")
#: Logs that tell of logins, of what was read, or of what was sent to whom.
SENSITIVE = re.compile(
    r"/var/log/(auth|secure|btmp|sudo|fail2ban|audit/|nginx/|apache2/|httpd/|lighttpd/"
    r"|vsftpd|xferlog|proftpd/|pure-?ftpd|samba/|mail|maillog|messages|syslog|user\.log"
    r"|postgresql/|mysql/|mariadb/|mongodb/|redis/)"
    r"|/[^/]*(access|acces|transfer|hl7|hprim|dicom)[^/]*$"
)
#: Open to all by design: records of logins of old, what packages were installed.
BY_DESIGN = re.compile(
    r"/var/log/(wtmp|lastlog|faillog|dpkg\.log|alternatives\.log|apt/|bootstrap\.log"
    r"|fontconfig\.log|installer/|journal/|dnf|hawkey\.log|yum\.log|README)"
)
#: Groups that may write by design.
WRITERS = frozenset({"root", "utmp", "adm", "systemd-journal"})


@check
def logs_open_to_all(logs: LogFiles) -> Iterator[Finding]:
    """Judges each log once, by the gravest of its rotated files."""
    found: dict[str, Finding] = {}
    for log in logs.files:
        finding = judged(log, logs)
        if finding is not None:
            before = found.get(log.name)
            if before is None or rank(finding) > rank(before):
                found[log.name] = finding
    yield from found.values()
    if not found:
        yield PASS(FOLDER, "closed")


def judged(log: LogFile, logs: LogFiles) -> Finding | None:
    """Writable is worse than readable; what is open by design is none."""
    subject = Subject("file", log.name)
    proof = Evidence(log.read)
    # A folder above it that is closed to others would hide it.
    also = logs.sources if log.path.count("/") > 3 else ()
    if log.mode & 0o002:
        return FAIL(subject, "writable", proof, also=also)
    if log.mode & 0o020 and log.group not in WRITERS | {log.owner}:
        return FAIL(subject, "group_writable", proof, also=also, account=log.group)
    if not log.mode & 0o004 or BY_DESIGN.match(log.path):
        return None
    if SENSITIVE.search(log.path):
        return FAIL(subject, "readable", proof, also=also)
    return WARN(subject, "other_readable", proof, also=also)


def rank(finding: Finding) -> int:
    """Graver findings are greater."""
    return ["other_readable", "readable", "group_writable", "writable"].index(
        finding.message
    )
