"""Nothing turns a security event into a message to somebody."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.alerting import AlertSettings, Fail2ban, delivered_test
from auditor.facts.attested import (
    Unattested,
    attestation_of,
    attested_on,
    contradicted_by,
)
from auditor.facts.mail import Mail
from auditor.facts.software import Software
from auditor.model.check import Audit, check
from auditor.model.facts import Fact
from auditor.model.findings import (
    FAIL,
    PASS,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
    Verdict,
)
from auditor.model.manifests import Attestation, Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Read, Source

SUBJECT = Subject("service", "alerting")
#: What must run, or be installed to run by cron, for the settings to count.
PROCESSES = {"wazuh": ("wazuh-maild", "ossec-maild"), "monit": ("monit",)}
#: Watchers that keep what they see on the host, or see no security event.
SILENT = frozenset({"node_exporter", "collectd", "netdata", "munin-node", "monit"})


class Told(Struct, frozen=True):
    """A component in use and whom it writes to; `by_sendmail`: through the host."""

    component: str
    recipient: Read[str]
    proof: Read[str]
    digest: bool
    by_sendmail: bool


@check
def nobody_alerted(
    jails: Fail2ban,
    settings: AlertSettings,
    software: Software,
    mail: Mail,
    manifests: Manifests,
    audit: Audit,
    profile: Profile,
) -> Iterator[Finding]:
    """Looks for the component that tells somebody elsewhere soonest."""
    siem = attested_on("siem", manifests, audit, SUBJECT)
    if siem.verdict is Verdict.ATTESTED:
        yield siem
        return
    notices = [*banned(jails), *configured(settings, software)]
    leaving = [one for one in notices if mail.leaves(one.recipient.value)]
    sent = [one for one in leaving if mail.mailer.usable or not one.by_sendmail]
    agents = [
        process.read
        for process in software.processes.named(*profile.sets["monitoring_processes"])
        if process.name not in SILENT
    ]
    if sent:
        yield judged(min(sent, key=lambda one: one.digest), manifests, audit)
    elif agents:
        yield attested_on("siem", manifests, audit, SUBJECT, Evidence(agents[0]))
    else:
        finding = unsent(leaving, notices, jails, settings, mail)
        claim = attestation_of("alert-path-test", manifests, audit.date)
        if isinstance(claim, Attestation) and (claim.answers or {}).get("delivered"):
            also = all_sources(jails, settings, software, mail)
            finding = contradicted_by(claim, finding, also)
        yield finding


def all_sources(
    jails: Fail2ban, settings: AlertSettings, software: Software, mail: Mail
) -> Iterator[Source]:
    """What a finding that nothing is there rests on."""
    facts: list[Fact] = [jails, settings, mail.aliases, mail.mailer]
    facts += [software.packages, software.processes, software.listeners, software.units]
    return (source for fact in facts for source in fact.sources)


def unsent(
    leaving: list[Told],
    notices: list[Told],
    jails: Fail2ban,
    settings: AlertSettings,
    mail: Mail,
) -> Finding:
    """Why no message leaves the host."""
    if leaving:
        also = (*mail.mailer.program_sources, *jails.sources, *settings.sources)
        return FAIL(SUBJECT, "no_mailer", Evidence(leaving[0].recipient), also=also)
    if notices:
        also = (*mail.aliases.sources, *mail.mailer.sources)
        each = {one.recipient.value: one.recipient for one in notices}
        return FAIL(
            SUBJECT,
            "local_only",
            *map(Evidence, each.values()),
            also=(*also, *jails.sources, *settings.sources),
        )
    return FAIL(SUBJECT, "none")


def banned(jails: Fail2ban) -> Iterator[Told]:
    """What the jails that run send."""
    for name, live in jails.live.items():
        for recipient in jails.recipients(name):
            yield Told("fail2ban", recipient, live, digest=False, by_sendmail=True)


def configured(settings: AlertSettings, software: Software) -> Iterator[Told]:
    """What other components send, if they run."""
    for notice in settings.notices:
        name, who, digest = notice.component, notice.recipient, notice.digest
        if digest and name in software.packages.versions:
            package = software.packages.versions[name]
            yield Told(name, who, package, digest=True, by_sendmail=True)
        for process in software.processes.named(*PROCESSES.get(name, ()))[:1]:
            yield Told(name, who, process.read, digest=False, by_sendmail=False)


def judged(told: Told, manifests: Manifests, audit: Audit) -> Finding:
    """A message that leaves the host: at once or daily, tried or not."""
    shown = (Evidence(told.proof), Evidence(told.recipient))
    if told.digest:
        return WARN(SUBJECT, "digest", *shown, service=told.component)
    test = delivered_test(manifests, audit)
    if test is None:
        entry = attestation_of("alert-path-test", manifests, audit.date)
        missing = Unattested(Reason.ATTESTATION_MISSING)
        why = entry if isinstance(entry, Unattested) else missing
        return why.of(SUBJECT, *shown)
    return PASS(SUBJECT, "told", *shown, Evidence(test), service=told.component)
