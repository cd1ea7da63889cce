"""The servers that hand out files and pages, together."""

from __future__ import annotations

from msgspec import Struct

from auditor.facts.ftp import FtpServices, VsftpdConfig
from auditor.facts.nginx import NginxConfig
from auditor.facts.samba import SambaConfig, SambaService
from auditor.facts.web import Nginx
from auditor.model.facts import derived


class FileServices(Struct, frozen=True):
    """Derived fact: vsftpd, Samba and nginx, each with its configuration."""

    ftp: FtpServices
    ftp_config: VsftpdConfig
    samba: SambaService
    samba_config: SambaConfig
    nginx: Nginx
    nginx_config: NginxConfig


@derived
def file_services(
    ftp: FtpServices,
    ftp_config: VsftpdConfig,
    samba: SambaService,
    samba_config: SambaConfig,
    nginx: Nginx,
    nginx_config: NginxConfig,
) -> FileServices:
    """All three."""
    return FileServices(ftp, ftp_config, samba, samba_config, nginx, nginx_config)
