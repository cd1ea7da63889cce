"""A database takes connections from the network without encryption."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.mysql import Mysql, MysqlConfig
from auditor.facts.postgresql import (
    PostgresqlConfig,
    PostgresqlService,
    PostgresqlServices,
    Rule,
)
from auditor.facts.reach import Reach, Reached
from auditor.facts.software import Processes
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
from auditor.model.sources import Source

DATABASES = Subject("service", "databases")
POSTGRESQL = Subject("service", "postgresql")
MYSQL = Subject("service", "mysql")
# Databases whose settings no fact reads.
OTHERS = ("mongod", "sqlservr", "tnslsnr", "firebird", "fbserver", "db2sysc")


@check
def database_unencrypted(
    postgresql_config: PostgresqlConfig,
    postgresql: PostgresqlServices,
    mysql_config: MysqlConfig,
    mysql: Mysql,
    processes: Processes,
) -> Iterator[Finding]:
    """Each cluster of PostgreSQL, MySQL or MariaDB, and databases not known here."""
    others = processes.named(*OTHERS)
    for name in dict.fromkeys(one.name for one in others):
        proof = next(one.read for one in others if one.name == name)
        detail = "no fact reads the settings of this database"
        subject = Subject("service", name)
        yield UNKNOWN(subject, Reason.NOT_COLLECTED_FOR, Evidence(proof), detail=detail)
    for service in postgresql.services:
        yield of_cluster(service, postgresql_config)
    if not postgresql.services and postgresql.presence.there is not False:
        yield PASS(POSTGRESQL, "no_cluster", without=(MysqlConfig,))
    if mysql.presence.there is not False:
        yield of_mysql(mysql_config, mysql)
    elif postgresql.presence.there is False and not postgresql.services and not others:
        proofs = (*postgresql.presence.proof, *mysql.presence.proof)
        yield NA(DATABASES, "no_database", *proofs)


def of_cluster(service: PostgresqlService, config: PostgresqlConfig) -> Finding:
    """A cluster of PostgreSQL: `ssl`, then what pg_hba.conf takes in clear."""
    cluster, reached = service.cluster, service.reached
    subject = Subject("service", f"postgresql {cluster.name}")
    if reached.reach is Reach.LOCAL:
        return PASS(subject, "local_only", *reached.proof, without=(MysqlConfig,))
    ssl = Evidence(cluster.get("ssl", "off"))
    if not cluster.is_on("ssl"):
        return accused(subject, "no_tls", [ssl], reached, config.sources)
    clear = next(
        (rule for rule in cluster.effective if takes_clear(rule, service)), None
    )
    if clear is not None:
        shown = [ssl, Evidence(clear.read)]
        return accused(subject, "optional", shown, reached, config.sources)
    return PASS(subject, "required", ssl, without=(MysqlConfig,))


def takes_clear(rule: Rule, service: PostgresqlService) -> bool:
    """Whether a network client without TLS gets in by this rule."""
    if not rule.in_clear or rule.method == "reject" or rule.loopback:
        return False
    rules = service.cluster.rules
    earlier = rules[: rules.index(rule)]
    return not any(rule.clear_refused_by(other) for other in earlier)


def of_mysql(config: MysqlConfig, mysql: Mysql) -> Finding:
    """MySQL or MariaDB: whether TLS is demanded, offered, or not there."""
    reached = mysql.reached
    if config.is_on("skip_networking"):
        off = Evidence(config.settings["skip_networking"])
        return PASS(MYSQL, "local_only", off, without=(PostgresqlConfig,))
    if reached.reach is Reach.LOCAL:
        return PASS(MYSQL, "local_only", *reached.proof, without=(PostgresqlConfig,))
    demanded = config.get("require_secure_transport", "off")
    if config.is_on("require_secure_transport"):
        return PASS(MYSQL, "required", Evidence(demanded), without=(PostgresqlConfig,))
    if offers_tls(config, mysql):
        shown = [Evidence(demanded)]
        return accused(MYSQL, "optional", shown, reached, config.sources)
    cert = Evidence(config.get("ssl_cert", "none"))
    return accused(MYSQL, "no_tls", [cert], reached, config.sources)


def offers_tls(config: MysqlConfig, mysql: Mysql) -> bool:
    """Whether the server has a certificate, given or made by itself."""
    refused = config.settings.get("ssl")
    if config.is_on("skip_ssl") or (refused is not None and not config.is_on("ssl")):
        return False
    given = config.get("ssl_cert", "").value and config.get("ssl_key", "").value
    return bool(given) or mysql.tls_by_default is not None


def accused(
    subject: Subject,
    message: str,
    shown: list[Evidence],
    reached: Reached,
    sources: tuple[Source, ...],
) -> Finding:
    """Without TLS a FAIL, with optional TLS a WARN, where others can reach it."""
    also = (*sources, *reached.also)
    if reached.reach is Reach.STOPPED:
        return WARN(subject, "not_running", *shown, also=also)
    if message == "optional":
        return WARN(subject, message, *shown, *reached.proof, also=also)
    return FAIL(subject, message, *shown, *reached.proof, also=also)
