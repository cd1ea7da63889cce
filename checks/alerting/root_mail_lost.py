"""Mail to root, by which a host complains, reaches nobody."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from auditor.facts.alerting import delivered_test
from auditor.facts.mail import Mail, RootMailboxes
from auditor.facts.software import Presence, Software
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    Evidence,
    Finding,
    Subject,
)
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Read

SUBJECT = Subject("service", "mail to root")
#: What mails to root unless told otherwise.
PACKAGES = (
    "cron",
    "cronie",
    "anacron",
    "logwatch",
    "logcheck",
    "mdadm",
    "smartmontools",
    "unattended-upgrades",
)
PROCESSES = ("cron", "crond", "smartd", "mdadm", "fail2ban-server")


@check
def root_mail_lost(
    mail: Mail,
    boxes: RootMailboxes,
    software: Software,
    manifests: Manifests,
    audit: Audit,
    profile: Profile,
) -> Iterator[Finding]:
    """Follows a message to root from the program that sends it to its reader."""
    users = software.presence(PACKAGES, PROCESSES)
    if users.there is False:
        yield NA(SUBJECT, "unused", *users.proof)
        return
    finding = followed(mail, boxes, users, manifests, audit, profile)
    # A mail that lies there shows that something writes to root; else that may be
    # what was not seen.
    sure = users.there or finding.message == "unread"
    doubt = () if sure else tuple(e.read.source for e in users.proof)
    yield replace(finding, also=(*finding.also, *doubt))


def followed(
    mail: Mail,
    boxes: RootMailboxes,
    users: Presence,
    manifests: Manifests,
    audit: Audit,
    profile: Profile,
) -> Finding:
    """Where a message to root ends."""
    if mail.mailer.usable is None:
        shown = users.proof if users.there else ()
        also = mail.mailer.program_sources
        return FAIL(SUBJECT, "no_mailer", *shown, also=also)
    alias = mail.outside("root")
    if alias is None:
        return kept_here(mail, boxes, audit, profile)
    return sent_away(mail, alias, manifests, audit)


def kept_here(
    mail: Mail, boxes: RootMailboxes, audit: Audit, profile: Profile
) -> Finding:
    """Root's mail stays on the host: unread for long, or not yet."""
    also = (*mail.aliases.sources, *mail.mailer.program_sources)
    limit = profile.limits["mail_unread_days"] * 86400
    now = audit.instant.timestamp()
    for box in boxes.boxes:
        if box.size > 0 and now - box.changed > limit:
            return FAIL(SUBJECT, "unread", Evidence(box.read), also=also)
    aliases = mail.aliases.entries.get("root", ())
    shown = [Evidence(read) for read in aliases]
    return WARN(SUBJECT, "local", *shown, also=also)


def sent_away(
    mail: Mail, alias: Read[str], manifests: Manifests, audit: Audit
) -> Finding:
    """Root's mail goes elsewhere: seen to arrive, or not."""
    shown = Evidence(alias)
    if mail.aliases.stale is not None:
        return WARN(SUBJECT, "stale", shown, Evidence(mail.aliases.stale))
    if mail.mailer.sent is not None:
        return PASS(SUBJECT, "delivered", shown, Evidence(mail.mailer.sent))
    test = delivered_test(manifests, audit)
    if test is not None:
        return PASS(SUBJECT, "delivered", shown, Evidence(test))
    return WARN(SUBJECT, "not_seen", shown, also=mail.mailer.sources)
