"""The inventory as the rest of the program sees it: resolved, without secrets.

Every key of `inventory.toml` has been looked up nearest first (host, group,
defaults, built-in) before a `Host` is made, so nobody else needs to know about
groups and defaults. Secrets stand here by reference only.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Literal

from msgspec import Struct

from auditor.model.findings import Severity

SecretKind = Literal["env", "file", "command", "prompt"]
Zone = Literal["internet", "private"]
TransportName = Literal["ssh", "local", "answer"]
Privilege = Literal["preferred", "required", "never"]
PrivilegeBy = Literal["sudo", "doas"]
HeartbeatService = Literal["plain", "healthchecks", "uptime-kuma"]
Language = Literal["en", "fr"]
#: By what an alert counts as that of a drill.
Match = Literal["either", "marker", "host"]

MIB = 1 << 20
GIB = 1 << 30


class Secret(Struct, frozen=True):
    """Where a secret is found, never the secret.

    `reference` is, by kind: the variable's name (`env`), the absolute path
    (`file`), the argv (`command`), the dotted key that asks (`prompt`: one
    written in `[defaults]` is asked once for all hosts, one of a host for that
    host). Two equal `Secret`s are one reference. It is left out of `repr`, in
    case somebody wrote the secret itself in its place.
    """

    kind: SecretKind
    reference: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Secret(kind={self.kind!r})"


class Limits(Struct, frozen=True):
    """What one host may cost: seconds and bytes."""

    connect: float = 10
    deadline: float = 120
    scan_budget: float = 60
    scan_bytes: int = 2 * GIB
    answer: int = 8 * MIB


class Engagement(Struct, frozen=True):
    """Who is audited by whom; `frameworks` is None for all that are shipped."""

    client: str
    auditor: str
    language: Language = "en"
    timezone: str = "Europe/Paris"
    frameworks: tuple[str, ...] | None = None


class Group(Struct, frozen=True):
    """A laboratory; `limit` is how many of its hosts are audited at once."""

    name: str
    title: str = ""
    limit: int | None = None


class Host(Struct, frozen=True):
    """One host of the inventory with every key resolved.

    `jump` is the inventory name of the host in between; `host_keys` are the
    pins `SHA256:…` written in the inventory, which stand above `known_hosts`.
    `audit` is False for a host that only serves as a jump; `drill` is True where its
    owner allows `auditor drill` one failed login.
    """

    name: str
    address: str
    port: int = 22
    user: str | None = None
    group: str | None = None
    roles: tuple[str, ...] = ()
    zone: Zone = "private"
    data_dirs: tuple[str, ...] = ()
    transport: TransportName = "ssh"
    jump: str | None = None
    outside: tuple[str, ...] = ()
    key: Path | None = None
    passphrase: Secret | None = None
    agent: Path | None = None
    password: Secret | None = None
    interactive: bool = False
    privilege: Privilege = "preferred"
    privilege_by: PrivilegeBy = "sudo"
    sudo_password: Secret | None = None
    host_keys: tuple[str, ...] = ()
    audit: bool = True
    drill: bool = False
    limits: Limits = Limits()


class Store(Struct, frozen=True):
    """Where runs are kept, for whom, and who vouches for them.

    `keep` is in days, None for ever; `recipients` are keys of age or SSH that snapshots
    are encrypted for; `sign_key` signs; `signers` lists who may (ssh-keygen(1)).
    """

    dir: Path
    keep: int | None = None
    recipients: tuple[str, ...] = ()
    sign_key: Path | None = None
    signers: Path | None = None


class Alerts(Struct, frozen=True):
    """Who is told what got worse, and from where on.

    Each of `to` gives an address of apprise, with whatever password stands in it.
    `unreachable_runs` counts runs in a row, `ends_within` and `remind` are days; what
    is still open is told once, or again after `remind` days. `language` is None for
    the engagement's.
    """

    to: tuple[Secret, ...] = ()
    from_severity: Severity = Severity.HIGH
    unreachable_runs: int = 2
    ends_within: int = 30
    remind: int | None = None
    language: Language | None = None


class Heartbeat(Struct, frozen=True):
    """Where a scheduled run says that it happened; at least one of `url` and `file`.

    `service` is how the receiver of `url` is told of a failure.
    """

    url: Secret | None = None
    service: HeartbeatService = "plain"
    file: Path | None = None


class ImapSink(Struct, frozen=True):
    """A mailbox that alerts reach; `ca` is a file of the client's own authorities."""

    host: str
    port: int
    user: str
    password: Secret
    folder: str
    tls: bool
    ca: Path | None


class FileSink(Struct, frozen=True):
    """A file that grows with each alert (a log, an mbox), or a maildir."""

    path: Path


class WebhookSink(Struct, frozen=True):
    """Where this machine listens for an alert that is posted to it."""

    listen: str
    port: int


class AlertPath(Struct, frozen=True):
    """`[drill]`: where the client's alerts arrive, and which is that of a drill.

    `timeout` is in seconds; `seen_as` are the addresses that hosts see the auditor
    under, empty for that of the connection.
    """

    sink: ImapSink | FileSink | WebhookSink
    match: Match = "either"
    timeout: float = 900
    seen_as: tuple[str, ...] = ()


class Inventory(Struct, frozen=True):
    """Everything that one `-i` gives; `hosts` in the order of the files.

    `folder` is where `known_hosts` lies: the inventory itself when it is a
    folder, else the folder of the file. `profile` is a shipped name or the
    absolute path of a file. `jobs` counts hosts audited at once.
    """

    path: Path
    folder: Path
    engagement: Engagement
    limits: Limits
    jobs: int
    store: Store
    groups: dict[str, Group]
    hosts: dict[str, Host]
    manifests: Path
    profile: str
    alerts: Alerts = Alerts()
    heartbeat: Heartbeat | None = None
    alert_path: AlertPath | None = None

    @property
    def known_hosts(self) -> Path:
        """The pins of this inventory; the file may not exist yet."""
        return self.folder / "known_hosts"


def jumps_of(inventory: Inventory, host: Host) -> tuple[Host, ...]:
    """The hosts in between, the one next to this host first."""
    found: list[Host] = []
    while host.jump is not None:
        host = inventory.hosts[host.jump]
        found.append(host)
    return tuple(found)


class Pins(Struct, frozen=True):
    """The host keys that one host may show.

    `keys` are (type, base64) from `known_hosts`; `fingerprints` are the `host_key`
    of the inventory, which then stand alone. `revoked` blobs are refused whatever
    else says yes. `ca_only`: known_hosts has an authority for the host and no plain
    key; host certificates are not offered in the key exchange that we use, so that
    proves nothing. `source` says where the pins stand.
    """

    keys: frozenset[tuple[str, str]] = frozenset()
    fingerprints: frozenset[str] = frozenset()
    revoked: frozenset[str] = frozenset()
    ca_only: bool = False
    source: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """The key types to ask for; empty when only fingerprints are known."""
        return tuple(sorted({kind for kind, _ in self.keys}))

    @property
    def problem(self) -> str:
        """Why there is nothing to compare with; empty when something is pinned."""
        if self.keys or self.fingerprints:
            return ""
        if self.ca_only:
            return "only a certificate authority is known, which can't be checked here"
        return "no host key is pinned under this name"

    def accepts(self, key_type: str, base64: str) -> bool:
        """Whether a key, given by its type and base64 blob, is one of the pins."""
        if base64 in self.revoked:
            return False
        pinned = (key_type, base64) in self.keys
        return pinned or fingerprint_of(base64) in self.fingerprints


def fingerprint_of(blob: str) -> str:
    """`SHA256:…` of a base64 key blob, as `ssh-keygen -l` prints it (RFC 4253 6.6)."""
    digest = hashlib.sha256(b64decode(blob)).digest()
    return "SHA256:" + b64encode(digest).decode().rstrip("=")
