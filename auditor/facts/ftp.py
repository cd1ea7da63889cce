"""FTP servers: vsftpd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, SourceText


@dataclass(frozen=True, slots=True)
class VsftpdInstance:
    """One configuration file of vsftpd; the last assignment of a key wins."""

    text: SourceText
    settings: dict[str, Read[str]]

    def effective(self, key: str, default: str) -> Read[str]:
        """The setting, or the daemon's built-in default, which no line says."""
        found = self.settings.get(key)
        if found is not None:
            return found
        return self.text.read(default, None, key=f"{key} (default)")


@dataclass(frozen=True, slots=True)
class VsftpdConfig(Fact):
    """Every configuration file of vsftpd (vsftpd.conf(5)) and its settings."""

    fragment: ClassVar[str] = r"""
keys='anonymous_enable anon_root anon_upload_enable anon_mkdir_write_enable
anon_other_write_enable anon_world_readable_only write_enable local_enable listen
listen_ipv6 listen_address listen_address6 listen_port ssl_enable
allow_anon_ssl force_local_data_ssl force_local_logins_ssl force_anon_data_ssl
force_anon_logins_ssl xferlog_enable xferlog_std_format log_ftp_protocol
dual_log_enable syslog_enable xferlog_file vsftpd_log_file chroot_local_user
userlist_enable userlist_deny userlist_file local_root user_sub_token
ftp_username guest_enable guest_username no_anon_password'
debian() { source_file /etc/vsftpd.conf lines:equals "$keys"; }
others() { source_glob '/etc/vsftpd/*.conf' lines:equals "$keys"; }
debian
others
"""

    instances: tuple[VsftpdInstance, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One instance a file; keys are exact and take no blank around the sign."""
        return cls(body.sources, tuple(_instance(text) for text in body.used()))


def _instance(text: SourceText) -> VsftpdInstance:
    settings: dict[str, Read[str]] = {}
    for line in text.lines:
        key, sign, value = line.text.lstrip(" \t").partition("=")
        if sign:
            settings[key] = text.read(value, line, key=key)
    return VsftpdInstance(text, settings)


TRUE = frozenset({"YES", "TRUE", "1"})


def is_on(setting: Read[str]) -> bool:
    """Whether vsftpd takes a value as on (parseconf.c: YES, TRUE, 1, any case)."""
    return setting.value.upper() in TRUE
