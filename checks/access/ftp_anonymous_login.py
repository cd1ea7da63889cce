"""FTP lets anyone in without a password (vsftpd)."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.ftp import FtpService, FtpServices
from auditor.facts.reach import Reach
from auditor.facts.software import Listeners, Packages, Units
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


@check
def ftp_anonymous_login(
    vsftpd: FtpServices, superservers: Superservers
) -> Iterator[Finding]:
    """Each configuration file of vsftpd is one instance."""
    subject = Subject("service", "vsftpd")
    if not vsftpd.services and vsftpd.presence.there is False:
        absence = (*vsftpd.presence.proof, *nothing_in(superservers, "vsftpd"))
        yield NA(subject, "no_vsftpd", *absence)
        return
    for service in vsftpd.services:
        yield judged(service)
    if not vsftpd.services:
        yield PASS(subject, "no_configuration")


def judged(service: FtpService) -> Finding:
    """One instance: unclear, closed, or open."""
    subject = Subject("service", service.name)
    instance = service.instance
    if instance.broken is not None:
        detail = "vsftpd does not start with this line: what runs was told otherwise"
        proof = Evidence(instance.broken)
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail=detail)
    if service.options is not None:
        detail = "options of the command line stand above the file and are not read"
        proof = Evidence(service.options)
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail=detail)
    if instance.listed is not None:
        detail = "a list of users decides who may enter, anonymous ones too"
        proof = Evidence(instance.listed)
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail=detail)
    admitted = instance.anonymous
    if admitted.value:
        return opened(service, subject, Evidence(admitted))
    elsewhere = (Packages, Listeners, Units)
    file = [service.source]
    return PASS(subject, "closed", Evidence(admitted), rests_on=file, without=elsewhere)


def opened(service: FtpService, subject: Subject, proof: Evidence) -> Finding:
    """An instance that admits anonymous users: to whom?"""
    reached, file = service.reached, [service.source]
    # A later line of the same file would win.
    also = (*file, *reached.also)
    if reached.reach is Reach.STOPPED:
        return WARN(subject, "not_running", proof, rests_on=file, also=also)
    shown = (proof, *reached.proof)
    if reached.reach is Reach.LOCAL:
        return WARN(subject, "local_only", *shown, rests_on=file, also=also)
    if not service.file:
        return FAIL(subject, "open_without_file", *shown, also=also)
    return FAIL(subject, "open", *shown, rests_on=file, also=also)
