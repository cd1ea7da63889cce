"""PostgreSQL believes network clients without proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from auditor.facts.postgresql import (
    PostgresqlConfig,
    PostgresqlService,
    PostgresqlServices,
    Rule,
)
from auditor.facts.reach import Reach
from auditor.facts.software import Listeners, Packages, Units
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

POSTGRESQL = Subject("service", "postgresql")
# Rules that ask for proof do so wherever the server can be reached.
ELSEWHERE = (Packages, Listeners, Units)


class Fault(NamedTuple):
    """What is wrong with a rule, and whether it is grave where it can be reached."""

    message: str
    grave: bool


@check
def postgresql_trust(
    config: PostgresqlConfig, postgresql: PostgresqlServices
) -> Iterator[Finding]:
    """Each rule of pg_hba.conf that believes too easily, cluster by cluster."""
    if postgresql.presence.there is False:
        yield NA(POSTGRESQL, "no_postgresql", *postgresql.presence.proof)
        return
    for service in postgresql.services:
        yield from of_cluster(service, config)
    if postgresql.services:
        return
    if postgresql.presence.running:
        proof = postgresql.presence.proof
        detail = "it runs with files that are not in a usual place"
        yield UNKNOWN(POSTGRESQL, Reason.UNPARSABLE, *proof, detail=detail)
    else:
        yield PASS(POSTGRESQL, "no_cluster")


def of_cluster(
    service: PostgresqlService, config: PostgresqlConfig
) -> Iterator[Finding]:
    """The faulty rules of a cluster; when there is none, the cluster passes."""
    faulty = False
    for rule in service.cluster.effective:
        fault = fault_of(rule)
        if fault is not None:
            faulty = True
            yield judged(rule, fault, service, config)
    if not faulty:
        subject = Subject("service", f"postgresql {service.cluster.name}")
        yield PASS(subject, "proof_asked", without=ELSEWHERE)


def fault_of(rule: Rule) -> Fault | None:
    """What is wrong with a rule."""
    near = rule.kind == "local" or rule.loopback
    if rule.method == "trust":
        return trusting(rule, near=near)
    if rule.method == "password" and rule.in_clear and not near:
        return Fault("password_in_clear", grave=True)
    if rule.method == "md5":
        return Fault("md5", grave=False)
    if rule.method == "scram-sha-256" and rule.everywhere:
        return Fault("from_anywhere", grave=False)
    return None


def trusting(rule: Rule, *, near: bool) -> Fault:
    """How bad it is that a rule asks for no proof."""
    if near:
        return Fault("trust_local", grave=False)
    if "clientcert" in rule.options:
        return Fault("trust_with_certificate", grave=False)
    return Fault("trust_network", grave=True)


def judged(
    rule: Rule, fault: Fault, service: PostgresqlService, config: PostgresqlConfig
) -> Finding:
    """One faulty rule, weighed by who can reach the server."""
    words = [rule.kind, ",".join(sorted(rule.databases)), ",".join(sorted(rule.users))]
    name = " ".join([service.cluster.name, *words, rule.address]).rstrip()
    subject, shown = Subject("rule", name), Evidence(rule.read)
    if not fault.grave:
        return WARN(subject, fault.message, shown, also=config.sources)
    reached = service.reached
    also = (*config.sources, *reached.also)
    if reached.reach is Reach.STOPPED:
        return WARN(subject, "not_running", shown, also=also)
    if reached.reach is Reach.LOCAL:
        return WARN(subject, "local_only", shown, *reached.proof, also=also)
    return FAIL(subject, fault.message, shown, *reached.proof, also=also)
