"""FTP servers: vsftpd."""

from __future__ import annotations

from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.reach import Reach, Reached, reached
from auditor.facts.software import Presence, Process, Processes, Software
from auditor.facts.superservers import Superservers
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Read, Source, SourceText, whole_number

TRUE = frozenset({"YES", "TRUE", "1"})
FALSE = frozenset({"NO", "FALSE", "0"})
#: Of the keys that are read, those that are no switches.
TEXTS = frozenset(
    {
        "anon_root",
        "ftp_username",
        "guest_username",
        "listen_address",
        "listen_address6",
        "listen_port",
        "local_root",
        "user_sub_token",
        "userlist_file",
        "vsftpd_log_file",
        "xferlog_file",
    }
)


class VsftpdInstance(Struct, frozen=True):
    """One configuration file of vsftpd; the last assignment of a key wins.

    `broken` is the first line that keeps the daemon from starting (a blank around the
    sign, no sign, no truth value): what runs then was started with another file.
    """

    text: SourceText
    settings: dict[str, Read[str]]
    broken: Read[str] | None = None

    def effective(self, key: str, default: str) -> Read[str]:
        """The setting, or the daemon's built-in default, which no line says."""
        found = self.settings.get(key)
        if found is not None:
            return found
        return self.text.read(default, None, key=f"{key} (default)")

    @property
    def anonymous(self) -> Read[bool]:
        """Whether anonymous users are let in, as far as `listed` leaves it open.

        Without a line they are. A list of those who alone may enter is read only with
        local_enable, else it is empty (tried on 3.0.3-13).
        """
        setting = self.effective("anonymous_enable", "YES")
        deny = self._allow_list
        if is_on(setting) and deny is not None and not self._local:
            return deny.with_value(False)
        return setting.with_value(is_on(setting))

    @property
    def listed(self) -> Read[str] | None:
        """The line by which a list of users decides about anonymous ones too."""
        setting = self.effective("anonymous_enable", "YES")
        return self._allow_list if is_on(setting) and self._local else None

    @property
    def _allow_list(self) -> Read[str] | None:
        deny = self.effective("userlist_deny", "YES")
        on = is_on(self.effective("userlist_enable", "NO"))
        return deny if on and not is_on(deny) else None

    @property
    def _local(self) -> bool:
        return is_on(self.effective("local_enable", "NO"))

    @property
    def port(self) -> int:
        """Where it listens."""
        port = whole_number(self.effective("listen_port", "21").value)
        return 21 if port is None else port


class VsftpdConfig(Fact, frozen=True):
    """Every configuration file of vsftpd (vsftpd.conf(5)) and its settings.

    Files are where distributions put them and where a process or inetd names one.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (Processes, Superservers)
    fragment: ClassVar[str] = r"""
keys='anonymous_enable anon_root anon_upload_enable anon_mkdir_write_enable
anon_other_write_enable anon_world_readable_only write_enable local_enable listen
listen_ipv6 listen_address listen_address6 listen_port ssl_enable
allow_anon_ssl force_local_data_ssl force_local_logins_ssl force_anon_data_ssl
force_anon_logins_ssl xferlog_enable xferlog_std_format log_ftp_protocol
dual_log_enable syslog_enable xferlog_file vsftpd_log_file chroot_local_user
userlist_enable userlist_deny userlist_file local_root user_sub_token
ftp_username guest_enable guest_username no_anon_password'
named() { # paths among the arguments of vsftpd; body lines are PID USER ARGV0 WORD...
  {
    body_of Processes | awk -F '\t' '$4 ~ /(^|\/)vsftpd$/'
    body_of Superservers | awk -F '\t' '$7 ~ /\/vsftpd$/ || $8 ~ /\/vsftpd$/'
  } | awk -F '\t' '{
    for (i = 5; i <= NF; i++) {
      plain = $i ~ /^\/[A-Za-z0-9_.\/-]+$/ && $i !~ /\/(vsftpd|tcpd)$/
      if (plain && !seen[$i]++) print $i
    }
  }'
}
source_file /etc/vsftpd.conf lines:equals "$keys"
source_glob '/etc/vsftpd/*.conf' lines:equals "$keys"
named | while IFS= read -r config; do
  case $config in
    /etc/vsftpd.conf | /etc/vsftpd/*.conf) ;;
    *) source_file "$config" lines:equals "$keys" ;;
  esac
done
"""

    default: SourceText
    instances: tuple[VsftpdInstance, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One instance a file; keys are exact and take no blank around the sign."""
        instances = tuple(_instance(text) for text in body.used())
        return cls(body.sources, body.texts[0], instances)


def _instance(text: SourceText) -> VsftpdInstance:
    settings: dict[str, Read[str]] = {}
    broken = None
    for line in text.lines:
        key, sign, value = line.text.lstrip(" \t").partition("=")
        if value == " _" and key.endswith(" "):
            continue  # an undeclared key, as the reducer writes it
        settings[key] = text.read(value, line, key=key)
        if broken is None and not _understood(key, sign, value):
            broken = settings[key]
    return VsftpdInstance(text, settings, broken)


def _understood(key: str, sign: str, value: str) -> bool:
    if not sign or key != key.strip() or key != key.lower() or "-" in key:
        return False
    return key in TEXTS or value.upper() in TRUE | FALSE


def is_on(setting: Read[str]) -> bool:
    """Whether vsftpd takes a value as on (parseconf.c: YES, TRUE, 1, any case)."""
    return setting.value.upper() in TRUE


class FtpService(Struct, frozen=True):
    """One configuration of vsftpd and how far what runs with it can be reached.

    `options` are command-line options, which stand above the file and are not read.
    """

    name: str
    instance: VsftpdInstance
    reached: Reached
    options: Read[str] | None

    @property
    def unclear(self) -> Read[str] | None:
        """The line or option for which its settings can't be told."""
        return self.instance.broken or self.options

    @property
    def file(self) -> bool:
        """Whether there is a file: without one the built-in defaults apply."""
        return self.name != "vsftpd"

    @property
    def source(self) -> Source:
        """The configuration file, or the place where there is none."""
        return self.instance.text.source


class FtpServices(Struct, frozen=True):
    """Derived fact: vsftpd's presence and its configurations.

    A running vsftpd without any file is one more, with the built-in defaults.
    """

    presence: Presence
    services: tuple[FtpService, ...]


DEFAULT_FILES = frozenset({"/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf"})
UNITS = ("vsftpd.service", "vsftpd.socket")


@derived
def ftp_services(
    config: VsftpdConfig, software: Software, superservers: Superservers
) -> FtpServices:
    """Match configurations with processes; a file that none uses is stopped."""
    presence = software.presence(["vsftpd"], ["vsftpd"], [21])
    processes = software.processes.named("vsftpd")
    options = next((p.read for p in processes if _has_options(p)), None)
    found = []
    for instance in config.instances:
        name = instance.text.source.name
        units = [
            *UNITS,
            f"vsftpd@{name.rpartition('/')[2].removesuffix('.conf')}.service",
        ]
        reach = reached(
            software,
            ["vsftpd"],
            [instance.port],
            units=units,
            superservers=superservers,
        )
        if not _uses(name, processes, superservers):
            also = (*software.processes.sources, *superservers.sources)
            reach = Reached(Reach.STOPPED, (), also)
        found.append(FtpService(f"vsftpd {name}", instance, reach, options))
    if not found:
        reach = reached(
            software, ["vsftpd"], [21], units=UNITS[1:], superservers=superservers
        )
        if reach.reach is not Reach.STOPPED:
            default = VsftpdInstance(config.default, {})
            found.append(FtpService("vsftpd", default, reach, options))
    return FtpServices(presence, tuple(found))


def _has_options(process: Process) -> bool:
    return any(word.startswith("-o") for word in process.arguments)


def _uses(
    file: str, processes: tuple[Process, ...], superservers: Superservers
) -> bool:
    """Whether a vsftpd that runs, or would be started, reads that file.

    Without any process it is the start scripts that name one: all files count.
    """
    started = [p.arguments for p in processes]
    started += [one.arguments for one in superservers.starting("vsftpd")]
    if not started:
        return True
    for words in started:
        named = [word for word in words if word.startswith("/")]
        if file in named or (not named and file in DEFAULT_FILES):
            return True
    return False
