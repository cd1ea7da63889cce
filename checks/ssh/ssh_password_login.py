"""A password alone opens a session by SSH."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from auditor.facts.pam import Module, PamStacks
from auditor.facts.reach import Reach
from auditor.facts.software import Software
from auditor.facts.ssh_reach import (
    SOFTWARE,
    dropbear_reached,
    no_ssh_server,
    sshd_reached,
)
from auditor.facts.ssh_servers import Server, SshServers
from auditor.facts.sshd import ANYBODY, Instance, SshdSettings, Variant
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
)
from auditor.model.sources import Read

#: What a PASS, which sshd's own words prove, does not need.
NEEDLESS: tuple[type, ...] = (PamStacks, *SOFTWARE)
#: PAM modules that ask for something that somebody has, beside the password.
SECOND = frozenset(
    {"pam_google_authenticator", "pam_oath", "pam_u2f", "pam_duo", "pam_yubico"}
)


@check
def ssh_password_login(
    servers: SshServers, settings: SshdSettings, pam: PamStacks, software: Software
) -> Iterator[Finding]:
    """Judges each configuration of sshd in each of its variants, and dropbear."""
    for instance in settings.instances:
        yield of_sshd(instance, pam, software)
    dropbear = servers.named("dropbear")
    if dropbear:
        yield of_dropbear(dropbear, software)
    if not settings.instances and not dropbear:
        proof = no_ssh_server(software)
        none = NA(WHOLE_HOST, "no_server", *proof)
        yield none if proof else PASS(WHOLE_HOST, "keys_only")


def of_sshd(instance: Instance, pam: PamStacks, software: Software) -> Finding:
    """The variants that take a password, root's own ones left out where others are."""
    subject = Subject("service", f"sshd {instance.config}")
    several = any(v.user == ANYBODY for v in instance.variants)
    judged = [v for v in instance.variants if v.user != "root" or not several]
    offering = [v for v in judged if v.password and v.password_alone]
    if not offering:
        needed = instance.sources
        return PASS(subject, "keys_only", rests_on=needed, without=NEEDLESS)
    factor = second_factor(offering[0], pam)
    if factor is not None:
        shown = [Evidence(offer_of(offering[0])), Evidence(factor.read)]
        if "nullok" in factor.arguments:
            return WARN(subject, "second_factor_optional", *shown, also=pam.sources)
        return PASS(subject, "second_factor", *shown, without=SOFTWARE)
    anybody = not several or any(v.user == ANYBODY for v in offering)
    found = of_offering(subject, instance, offering, software, anybody=anybody)
    return replace(found, also=(*found.also, *pam.sources))


def of_offering(
    subject: Subject,
    instance: Instance,
    offering: list[Variant],
    software: Software,
    *,
    anybody: bool,
) -> Finding:
    """A password is enough: from where, and for whom."""
    first = offering[0]
    reach = sshd_reached(software, instance)
    proof = [Evidence(offer_of(first)), *reach.proof]
    # Nothing else that is asked for besides was found in the same answer.
    also = (first.text.source, *reach.also)
    if not reach.open:
        message = "stopped" if reach.reach is Reach.STOPPED else "local_only"
        return WARN(subject, message, *proof, also=also)
    if all(variant.inner for variant in offering):
        also = (*also, *instance.sources)
        return WARN(subject, "inner_addresses", *proof, also=also)
    if not anybody:
        return FAIL(subject, "open_for", *proof, also=also, account=first.user)
    return FAIL(subject, "open", *proof, also=also)


def offer_of(variant: Variant) -> Read[str]:
    """The setting by which a password is taken."""
    return variant.password or variant.get("passwordauthentication", default="yes")


def second_factor(variant: Variant, pam: PamStacks) -> Module | None:
    """The PAM module that asks for more than a password."""
    if not variant.is_on("usepam"):
        return None
    return next((m for m in pam.of("sshd", "auth") if m.name in SECOND), None)


def of_dropbear(servers: tuple[Server, ...], software: Software) -> Finding:
    """The most open of the dropbear that run; without options it takes passwords."""
    subject = Subject("service", "dropbear")
    offering = [one for one in servers if not one.has("s") and not one.has("t")]
    if not offering:
        return PASS(subject, "keys_only", Evidence(servers[0].read))
    reach = dropbear_reached(software)
    proof = [Evidence(offering[0].read), *reach.proof]
    if not reach.open:
        return WARN(subject, "local_only", *proof, also=reach.also)
    return FAIL(subject, "open", *proof, also=reach.also)
