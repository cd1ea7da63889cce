"""The tables of `inventory.toml` as they are written, before 'nearest wins'."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from auditor.inventory.structure import Schema
from auditor.inventory.words import (
    HOOKS,
    AbsolutePath,
    Address,
    Count,
    Days,
    Fingerprints,
    Jump,
    Name,
    Port,
    Recipient,
    Seconds,
    Size,
    Timezone,
)
from auditor.model.host import (
    HeartbeatService,
    Language,
    Match,
    Privilege,
    PrivilegeBy,
    Secret,
    TransportName,
    Zone,
)

SeverityWord = Literal["critical", "high", "medium", "low"]


class EngagementEntry(Struct, frozen=True):
    """`[engagement]`."""

    client: str
    auditor: str | None = None
    language: Language = "en"
    timezone: Timezone | None = None
    frameworks: tuple[str, ...] | None = None
    manifests: str | None = None
    profile: str = "default"


class LimitsEntry(Struct, frozen=True):
    """`limits` of a host, a group or `[defaults]`."""

    connect: Seconds | None = None
    deadline: Seconds | None = None
    scan_budget: Seconds | None = None
    scan_bytes: Size | None = None
    answer: Size | None = None


class RunLimitsEntry(LimitsEntry, frozen=True):
    """`[limits]`: those of every host, and how many hosts at once."""

    jobs: Count | None = None


class StoreEntry(Struct, frozen=True):
    """`[store]`."""

    dir: str = "runs"
    keep: Days | None = None
    recipients: tuple[Recipient, ...] = ()
    sign_key: str | None = None
    signers: str | None = None


class AlertsEntry(Struct, frozen=True):
    """`[alerts]`."""

    to: tuple[Secret, ...] = ()
    from_severity: SeverityWord = "high"
    unreachable_runs: Count = Count(2)
    ends_within: Count = Count(30)
    remind: Count | None = None
    language: Language | None = None


class HeartbeatEntry(Struct, frozen=True):
    """`[heartbeat]`."""

    url: Secret | None = None
    service: HeartbeatService = "plain"
    file: str | None = None


class ImapEntry(Struct, frozen=True):
    """`[drill.imap]`."""

    host: Address
    user: str
    password: Secret
    port: Port | None = None
    folder: str = "INBOX"
    tls: bool = True
    ca: str | None = None


class FileEntry(Struct, frozen=True):
    """`[drill.file]`."""

    path: str


class WebhookEntry(Struct, frozen=True):
    """`[drill.webhook]`."""

    listen: Address
    port: Port


class DrillEntry(Struct, frozen=True):
    """`[drill]`: exactly one of the three sinks."""

    imap: ImapEntry | None = None
    file: FileEntry | None = None
    webhook: WebhookEntry | None = None
    match: Match = "either"
    timeout: Seconds = Seconds(900)
    seen_as: tuple[Address, ...] = ()


class SharedEntry(Struct, frozen=True):
    """The keys that a host, a group and `[defaults]` have in common."""

    address: Address | None = None
    port: Port | None = None
    user: str | None = None
    roles: tuple[Name, ...] | None = None
    zone: Zone | None = None
    data_dirs: tuple[AbsolutePath, ...] | None = None
    transport: TransportName | None = None
    jump: Jump | None = None
    outside: tuple[Address, ...] | None = None
    key: str | None = None
    passphrase: Secret | None = None
    agent: str | None = None
    password: Secret | None = None
    interactive: bool | None = None
    privilege: Privilege | None = None
    privilege_by: PrivilegeBy | None = None
    sudo_password: Secret | None = None
    host_key: Fingerprints | None = None
    audit: bool | None = None
    limits: LimitsEntry | None = None


class DefaultsEntry(SharedEntry, frozen=True):
    """`[defaults]`: any key of a host but `drill`."""

    group: Name | None = None


class HostEntry(DefaultsEntry, frozen=True):
    """`[hosts.NAME]`; `drill` is never inherited, so that nobody allows it unawares."""

    drill: bool | None = None


class GroupEntry(SharedEntry, frozen=True):
    """`[groups.NAME]`: any key of a host but its group, a title, hosts at once."""

    title: str | None = None
    limit: Count | None = None


_IN_LIMITS = "write it in the table 'limits', as in limits = {{ {} = … }}"
_SECRETS = "secrets are 'password', 'passphrase' and 'sudo_password'"

SCHEMA = Schema(
    hooks=HOOKS,
    hints={
        **{
            name: _IN_LIMITS.format(name)
            for name in ("connect", "deadline", "scan_budget", "scan_bytes", "answer")
        },
        "drill": "a drill is allowed host by host: drill = true below [hosts.NAME]",
        "hostname": "did you mean 'address'?",
        "ip": "did you mean 'address'?",
        "identity_file": "did you mean 'key'?",
        "private_key": "did you mean 'key'?",
        "proxy_jump": "did you mean 'jump'?",
        "bastion": "did you mean 'jump'?",
        "sudo": "did you mean 'privilege'?",
        "secret": _SECRETS,
        "pass": _SECRETS,
    },
)
