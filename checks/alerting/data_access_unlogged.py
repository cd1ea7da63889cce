"""Nobody can tell who opened the data: services that log no access."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from auditor.facts.data_places import holds_data
from auditor.facts.file_services import FileServices
from auditor.facts.ftp import FtpService, VsftpdConfig, is_on
from auditor.facts.mysql import Mysql, MysqlConfig
from auditor.facts.nginx import Directive, NginxConfig
from auditor.facts.postgresql import (
    PostgresqlConfig,
    PostgresqlService,
    PostgresqlServices,
)
from auditor.facts.reach import Reached
from auditor.facts.samba import SambaConfig, Share
from auditor.facts.software import Presence
from auditor.facts.superservers import Superservers
from auditor.facts.web import APPLICATIONS, Place
from auditor.model.check import check
from auditor.model.facts import Fact
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
from auditor.model.host import Host
from auditor.model.profile import Profile
from auditor.model.sources import Read

CONFIGURATIONS: tuple[type[Fact], ...] = (
    VsftpdConfig,
    SambaConfig,
    NginxConfig,
    PostgresqlConfig,
    MysqlConfig,
)
LOGGING = re.compile(r"\d{1,18}")


class Kept(Enum):
    """How much of an access a log keeps."""

    NOTHING = 0
    TOO_LITTLE = 1
    TOO_MUCH = 2
    ENOUGH = 3


class Log(Struct, frozen=True):
    """What a service logs of accesses to its data, and the lines that say so."""

    subject: Subject
    message: str
    kept: Kept
    reads: tuple[Read[str], ...]
    reached: Reached
    config: Fact


@check
def data_access_unlogged(
    files: FileServices,
    postgresql_config: PostgresqlConfig,
    postgresql: PostgresqlServices,
    mysql_config: MysqlConfig,
    mysql: Mysql,
    host: Host,
    profile: Profile,
) -> Iterator[Finding]:
    """Each service that hands out data."""
    presences: dict[str, tuple[Presence, type[Fact]]] = {
        "vsftpd": (files.ftp.presence, VsftpdConfig),
        "samba": (files.samba.presence, SambaConfig),
        "nginx": (files.nginx.presence, NginxConfig),
        "postgresql": (postgresql.presence, PostgresqlConfig),
        "mysql": (mysql.presence, MysqlConfig),
    }
    logs = [
        *(of_ftp(service, files) for service in files.ftp.services),
        *of_samba(files),
        *of_nginx(files, host, profile),
        *(of_cluster(one, postgresql_config) for one in postgresql.services),
    ]
    if mysql.presence.there is not False:
        logs.append(of_mysql(mysql_config, mysql))
    for log in logs:
        yield judged(log)
    judged_kinds = {type(log.config) for log in logs}
    for name, (presence, config) in presences.items():
        if presence.there is not False and config not in judged_kinds:
            elsewhere = other_than(config)
            yield PASS(Subject("service", name), "no_data_served", without=elsewhere)
    absent = [presence for presence, _ in presences.values() if presence.there is False]
    if len(absent) == len(presences) and not logs:
        proof = [evidence for presence in absent for evidence in presence.proof]
        yield NA(Subject("service", "data"), "no_service", *proof)


def other_than(config: type[Fact]) -> tuple[type[Fact], ...]:
    """The configurations of the other services, on which a finding does not rest."""
    inetd = () if config is VsftpdConfig else (Superservers,)
    return (*(one for one in CONFIGURATIONS if one is not config), *inetd)


def judged(log: Log) -> Finding:
    """One service: does it log, where others can reach it?"""
    shown = [Evidence(read) for read in log.reads]
    also = (*log.config.sources, *log.reached.also)
    elsewhere = other_than(type(log.config))
    if log.message == "unclear":
        detail = "a line or an option keeps its settings from being known"
        return UNKNOWN(log.subject, Reason.UNPARSABLE, *shown, detail=detail)
    if log.kept is Kept.ENOUGH:
        return PASS(log.subject, log.message, *shown, without=elsewhere)
    if not log.reached.open:
        proof = log.reached.proof
        return PASS(log.subject, "not_exposed", *proof, without=elsewhere)
    shown += log.reached.proof
    if log.kept is Kept.NOTHING:
        return FAIL(log.subject, log.message, *shown, also=also)
    return WARN(log.subject, log.message, *shown, also=also)


def of_ftp(service: FtpService, files: FileServices) -> Log:
    """vsftpd logs transfers with user and source, to a file or to syslog."""
    subject, reached = Subject("service", service.name), service.reached
    if service.unclear is not None:
        reads: tuple[Read[str], ...] = (service.unclear,)
        return Log(subject, "unclear", Kept.NOTHING, reads, reached, files.ftp_config)
    keys = ("xferlog_enable", "dual_log_enable", "syslog_enable")
    settings = [service.instance.effective(key, "NO") for key in keys]
    on = next((read for read in settings if is_on(read)), None)
    if on is not None:
        return Log(subject, "logged", Kept.ENOUGH, (on,), reached, files.ftp_config)
    reads = (settings[0],)
    return Log(subject, "ftp_unlogged", Kept.NOTHING, reads, reached, files.ftp_config)


def of_samba(files: FileServices) -> Iterator[Log]:
    """Each share of files: full_audit with operations to record, or log level 2."""
    config = files.samba_config
    for share in config.shares:
        if share.is_on("printable") or share.name.lower() == "print$":
            continue
        subject, reached = Subject("share", share.name), files.samba.reached
        read = logging_line(share, config)
        if read is not None:
            yield Log(subject, "logged", Kept.ENOUGH, (read,), reached, config)
        else:
            reads = (share.header,)
            yield Log(subject, "share_unlogged", Kept.NOTHING, reads, reached, config)


def logging_line(share: Share, config: SambaConfig) -> Read[str] | None:
    """The line that has accesses to a share logged."""
    objects = share.get("vfsobjects")
    if objects is not None and "full_audit" in objects.value.split():
        operations = share.get("full_audit:success")
        if operations is not None and operations.value.lower() != "none":
            return operations
    level = config.settings.get("loglevel")
    number = LOGGING.match(level.value) if level is not None else None
    return level if number is not None and int(number[0]) > 1 else None


def of_nginx(files: FileServices, host: Host, profile: Profile) -> Iterator[Log]:
    """Each place with data, an application or a login on a socket for others."""
    config, reached = files.nginx_config, files.nginx.reached
    places = {place.name: place for place in reversed(files.nginx.places)}
    for place in places.values():
        if not place.server.exposed or not holds_personal(place, host, profile):
            continue
        subject = Subject("location", place.name)
        message, kept, line = web_log(place)
        read = line.read if line is not None else place.read
        yield Log(subject, message, kept, (read,), reached, config)


def holds_personal(place: Place, host: Host, profile: Profile) -> bool:
    """Whether personal data may be behind a place."""
    handler = place.handler
    if handler is not None:
        return handler.name in APPLICATIONS
    folder = bool(place.folder) and holds_data(place.folder, host, profile)
    return folder or place.asks is not None


def web_log(place: Place) -> tuple[str, Kept, Directive | None]:
    """What the access log of a place keeps; without a line the default is on."""
    logs = place.settings.get("access_log", ())
    on = [log for log in logs if log.args[:1] not in (("off",), ("/dev/null",))]
    if logs and not on:
        return "web_unlogged", Kept.NOTHING, logs[-1]
    named = {log.args[1] for log in on if len(log.args) > 1} - {"combined"}
    formats = {one.args[0]: one for one in place.settings.get("log_format", ())}
    for name in sorted(named & set(formats)):
        words = " ".join(formats[name].args[1:])
        if not re.search(
            r"\$(remote_addr|realip_remote_addr|http_x_forwarded_for)", words
        ):
            return "web_without_source", Kept.TOO_LITTLE, formats[name]
    return "logged", Kept.ENOUGH, on[0] if on else None


def of_cluster(service: PostgresqlService, config: PostgresqlConfig) -> Log:
    """PostgreSQL logs who connects from where, and no statement with its data."""
    cluster, reached = service.cluster, service.reached
    subject = Subject("service", f"postgresql {cluster.name}")
    connections = cluster.get("log_connections", "off")
    if connections.value.lower() in ("off", "false", "no", "0", ""):
        reads = (connections,)
        return Log(
            subject, "connections_unlogged", Kept.NOTHING, reads, reached, config
        )
    statements = cluster.get("log_statement", "none")
    if statements.value.lower() == "all":
        reads = (statements,)
        return Log(subject, "statements_logged", Kept.TOO_MUCH, reads, reached, config)
    return Log(subject, "logged", Kept.ENOUGH, (connections,), reached, config)


def of_mysql(config: MysqlConfig, mysql: Mysql) -> Log:
    """MySQL and MariaDB log connections by an audit plugin only."""
    subject, reached = Subject("service", "mysql"), mysql.reached
    audit = config.settings.get("server_audit_logging")
    if audit is not None and config.is_on("server_audit_logging"):
        return Log(subject, "logged", Kept.ENOUGH, (audit,), reached, config)
    loaded = [config.get(key, "") for key in ("plugin_load_add", "plugin_load")]
    plugin = next((read for read in loaded if "audit_log" in read.value), None)
    if plugin is not None:
        return Log(subject, "logged", Kept.ENOUGH, (plugin,), reached, config)
    if config.is_on("general_log"):
        reads = (config.settings["general_log"],)
        return Log(subject, "statements_logged", Kept.TOO_MUCH, reads, reached, config)
    reads = (config.get("server_audit_logging", "off"),)
    return Log(subject, "connections_unlogged", Kept.NOTHING, reads, reached, config)
