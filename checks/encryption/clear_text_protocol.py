"""Personal data cross the network in clear: FTP, HTTP, declared services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from auditor.facts.data_places import holds_data
from auditor.facts.declared import declared
from auditor.facts.ftp import FtpService, FtpServices, VsftpdConfig, is_on
from auditor.facts.nginx import NginxConfig
from auditor.facts.reach import Reach, Reached
from auditor.facts.software import Processes
from auditor.facts.superservers import Superservers
from auditor.facts.web import APPLICATIONS, Listen, Nginx, Place
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
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Service
from auditor.model.profile import Profile
from auditor.model.sources import Read, Source, ValueKind

VSFTPD = Subject("service", "vsftpd")
NGINX = Subject("service", "nginx")
TRANSFERS = Subject("service", "transfers")
# Servers of files and pages whose settings no fact reads.
OTHERS = ("apache2", "httpd", "lighttpd", "caddy", "proftpd", "pure-ftpd")


class Clear(Struct, frozen=True):
    """What goes in clear, how bad that is, and the lines that say so."""

    message: str
    grave: bool
    reads: tuple[Read[Any], ...]


@check
def clear_text_protocol(
    ftp: FtpServices,
    ftp_config: VsftpdConfig,
    nginx: Nginx,
    web_config: NginxConfig,
    processes: Processes,
    manifests: Manifests,
    host: Host,
    profile: Profile,
) -> Iterator[Finding]:
    """Each configuration of vsftpd, each server of nginx, what the client declares."""
    services = [one for one in manifests.services.entries if in_clear(one)]
    others = {one.name: one.read for one in reversed(processes.named(*OTHERS))}
    for name, read in others.items():
        detail = "no fact reads the settings of this server"
        subject = Subject("service", name)
        yield UNKNOWN(subject, Reason.NOT_COLLECTED_FOR, Evidence(read), detail=detail)
    yield from (of_declared(service) for service in services)
    yield from (of_ftp(service, ftp_config) for service in ftp.services)
    if not ftp.services and ftp.presence.there is not False:
        yield PASS(VSFTPD, "ftp_absent", without=(NginxConfig,))
    if nginx.presence.there is not False:
        yield from of_nginx(nginx, web_config, host, profile)
    elif ftp.presence.there is False and not (ftp.services or others or services):
        yield NA(TRANSFERS, "none", *ftp.presence.proof, *nginx.presence.proof)


def of_ftp(service: FtpService, config: VsftpdConfig) -> Finding:
    """One configuration of vsftpd: is TLS demanded of everybody who may enter?"""
    subject = Subject("service", service.name)
    if service.unclear is not None:
        detail = "a line or an option keeps its settings from being known"
        proof = Evidence(service.unclear)
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail=detail)
    if service.reached.reach is Reach.LOCAL:
        return PASS(
            subject, "local_only", *service.reached.proof, without=(NginxConfig,)
        )
    clear = clear_in_ftp(service)
    if clear is not None:
        return accused(subject, clear, service.reached, config.sources)
    ssl = Evidence(service.instance.effective("ssl_enable", "NO"))
    return PASS(subject, "ftp_required", ssl, without=(NginxConfig,))


def clear_in_ftp(service: FtpService) -> Clear | None:
    """What passes without TLS; None when nothing does (defaults: vsftpd.conf(5))."""
    get = service.instance.effective
    ssl, anonymous = get("ssl_enable", "NO"), service.instance.anonymous
    if not is_on(ssl):
        return Clear("ftp_clear", grave=True, reads=(ssl,))
    if anonymous.value:
        allowed = get("allow_anon_ssl", "NO")
        forced = [get("force_anon_logins_ssl", "NO"), get("force_anon_data_ssl", "NO")]
        if not is_on(allowed):
            return Clear("ftp_anonymous", grave=True, reads=(anonymous, allowed))
        if not all(map(is_on, forced)):
            return Clear("ftp_optional", grave=False, reads=(anonymous, *forced))
    if is_on(get("local_enable", "NO")):
        logins = get("force_local_logins_ssl", "YES")
        data = get("force_local_data_ssl", "YES")
        if not (is_on(logins) and is_on(data)):
            return Clear("ftp_optional", grave=False, reads=(ssl, logins, data))
    return None


def of_nginx(
    nginx: Nginx, config: NginxConfig, host: Host, profile: Profile
) -> Iterator[Finding]:
    """Each server of nginx; one of the same name and sockets is never chosen."""
    elsewhere = (VsftpdConfig, Superservers)
    servers = {server.name: server for server in reversed(nginx.servers)}
    if not servers:
        yield PASS(NGINX, "http_absent", without=elsewhere)
    for server in servers.values():
        subject, listen = Subject("server", server.name), server.in_clear
        if listen is None:
            yield PASS(subject, "http_tls", without=elsewhere)
            continue
        places = [place for place in nginx.places if place.server is server]
        clear = clear_in_places(places, listen, host, profile)
        if clear is None:
            yield PASS(subject, "http_public", Evidence(listen.read), without=elsewhere)
        elif server.to_tls is not None:
            detail = "under a condition its requests are sent to https"
            proof = Evidence(server.to_tls.read)
            yield UNKNOWN(subject, Reason.UNPARSABLE, proof, detail=detail)
        else:
            yield accused(subject, clear, nginx.reached, config.sources)


def clear_in_places(
    places: list[Place], listen: Listen, host: Host, profile: Profile
) -> Clear | None:
    """The worst that a server's places send in clear: a password, data, pages."""
    found = [clear for place in places if (clear := of_place(place, host, profile))]
    worst = max(found, key=lambda clear: clear.grave, default=None)
    if worst is None:
        return None
    return Clear(worst.message, worst.grave, (*worst.reads, listen.read))


def of_place(place: Place, host: Host, profile: Profile) -> Clear | None:
    """What one location sends in clear, if anything that is personal."""
    handler = place.handler
    asks = place.asks
    if handler is not None and handler.name == "return":
        return None
    if asks is not None and asks.name != "ssl_verify_client":
        return Clear("http_login", grave=True, reads=(asks.read,))
    if handler is None and place.folder and holds_data(place.folder, host, profile):
        folder = place.last("folder")
        read = place.read if folder is None else folder.read
        return Clear("http_data", grave=True, reads=(read,))
    if handler is not None and handler.name in APPLICATIONS:
        return Clear("http_application", grave=False, reads=(handler.read,))
    return None


def in_clear(service: Service) -> bool:
    """Whether the client declares personal data that pass without TLS."""
    told = service.tls in ("none", "optional") and service.exposure != "loopback"
    return told and bool(service.personal_data)


def of_declared(service: Service) -> Finding:
    """A service whose own declaration says that it is in clear."""
    subject = Subject("declared", service.name)
    key = f"{service.name} tls"
    said = declared(service.place, service.tls, key=key, kind=ValueKind.WORD)
    if service.tls == "optional":
        return WARN(subject, "declared_optional", Evidence(said))
    if service.exposure == "peers" or service.peers:
        return WARN(subject, "declared_peers", Evidence(said))
    return FAIL(subject, "declared_clear", Evidence(said))


def accused(
    subject: Subject, clear: Clear, reached: Reached, sources: tuple[Source, ...]
) -> Finding:
    """What passes in clear, weighed by whether others can reach it."""
    shown = [Evidence(read) for read in clear.reads]
    also = (*sources, *reached.also)
    if reached.reach is Reach.STOPPED:
        return WARN(subject, "not_running", *shown, also=also)
    shown += reached.proof
    if reached.reach is Reach.LOCAL:
        return WARN(subject, "local_only", *shown, also=also)
    if clear.grave:
        return FAIL(subject, clear.message, *shown, also=also)
    return WARN(subject, clear.message, *shown, also=also)
