"""What is to be run regularly, and what would keep it from running unattended."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from auditor.inventory.drafts import inventory_files
from auditor.model.host import Host, Inventory, Secret, jumps_of

#: What a service with ProtectHome= and PrivateTmp= does not see.
HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))

_STATE = Path("/var/lib")


class Plan(Struct, frozen=True):
    """A scheduled audit.

    `name` is that of the units or of the cron file; `program` is auditor itself;
    `hosts` are those that it connects to or reads, without their jumps; `options` are
    those of `auditor run`; `outputs` the files that it writes beside its store;
    `minutes` is how long it may take.
    """

    name: str
    user: str
    program: Path
    inventory: Inventory
    hosts: tuple[Host, ...]
    options: tuple[str, ...] = ()
    store: Path = Path()
    outputs: tuple[Path, ...] = ()
    minutes: int = 120

    @property
    def file(self) -> Path:
        """The inventory, from wherever it is looked at."""
        return self.inventory.path.absolute()

    @property
    def state(self) -> str | None:
        """The folder below /var/lib that holds the store; None when it lies elsewhere.

        systemd makes such a one for the user (StateDirectory=).
        """
        if not self.store.is_relative_to(_STATE) or self.store == _STATE:
            return None
        return self.store.relative_to(_STATE).parts[0]

    @property
    def written(self) -> tuple[Path, ...]:
        """The folders that it writes to, and that must be there, without `state`."""
        kept = _STATE / self.state if self.state else None
        beat = self.inventory.heartbeat
        files = [*self.outputs, *filter(None, [beat.file if beat else None])]
        found = sorted({self.store, *(file.parent for file in files)})
        covered = [*found, *filter(None, [kept])]
        return tuple(
            one
            for one in found
            if not any(one.is_relative_to(o) for o in covered if o != one)
            and one != kept
        )

    @property
    def logged_in_to(self) -> tuple[Host, ...]:
        """Its hosts that are reached over SSH, and their jumps, each once."""
        reached = [host for host in self.hosts if host.transport == "ssh"]
        jumps = [jump for host in reached for jump in jumps_of(self.inventory, host)]
        return tuple({host.name: host for host in [*jumps, *reached]}.values())

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """Keys and secrets in files, each once."""
        keys = [host.key for host in self.logged_in_to]
        keys.append(self.inventory.store.sign_key)
        referred = (
            Path(secret.reference[0])
            for _, secret in references(self)
            if secret.kind == "file"
        )
        return tuple(sorted({*filter(None, keys), *referred}))


def references(plan: Plan) -> Iterator[tuple[str, Secret]]:
    """Every secret that it needs, with the key of the inventory that refers to it."""
    tables = {
        "hosts": {host.name: host for host in plan.logged_in_to},
        "heartbeat": plan.inventory.heartbeat,
        "alerts": plan.inventory.alerts,
    }
    yield from _references(tables, "")


def _references(value: object, key: str) -> Iterator[tuple[str, Secret]]:
    match value:
        case Secret():
            yield key, value
        case Struct():
            yield from _references(asdict(value), key)
        case Mapping():
            for name, inner in value.items():
                yield from _references(inner, f"{key}.{name}" if key else name)
        case tuple():
            for inner in value:
                yield from _references(inner, key)
        case _:
            pass


def obstacles(plan: Plan) -> Iterator[str]:
    """Why nobody would find a result in the morning, whoever runs it."""
    for key, secret in references(plan):
        if secret.kind == "prompt":
            yield f"{key} is asked for, and nobody is there: use file or command"
        elif secret.kind == "env":
            yield f"{key} is a variable of yours, which nobody sets there: use file"
    for host in plan.hosts:
        if host.transport == "answer":
            leave_out = f"-- -l '!{host.name}'"
            yield f"hosts.{host.name}: nobody brings its answer: {leave_out}"
    for host in plan.logged_in_to:
        if host.interactive:
            yield f"hosts.{host.name} asks for a code, and nobody is there"
        if host.agent is not None:
            yield f"hosts.{host.name}.agent: no agent runs there: use key"
    sign_key = plan.inventory.store.sign_key
    if sign_key is not None and sign_key.suffix == ".pub":
        yield f"store.sign_key {sign_key}: no agent runs there: name the key itself"
    yield from (f"{p}: no such file" for p in plan.secret_files if not p.is_file())
    yield from _of_user(plan)


def hidden_from_service(plan: Plan) -> Iterator[str]:
    """What a sandboxed service would not see as it is."""
    for host in plan.hosts:
        if host.transport == "local":
            yield (
                f"hosts.{host.name}: a sandbox shows this machine otherwise than it is:"
                " audit it over SSH, or by cron"
            )
    paths = {plan.program, plan.program.resolve(), plan.file}
    python = Path(sys.executable)
    if plan.program.parent == python.parent:
        paths.add(python.resolve())
    paths |= {*plan.written, *plan.secret_files, plan.inventory.manifests}
    for path in sorted(paths):
        if any(path.is_relative_to(folder) for folder in HIDDEN):
            yield f"{path}: the service sees no home and no /tmp: use /etc, /opt, /var"
    for folder in plan.written:
        if not folder.is_dir():
            yield f"{folder}: no such folder: install -d -o {plan.user} {folder}"


def not_owned(plan: Plan) -> Iterator[str]:
    """The secret files that cron's user could not use: nobody loads them for it."""
    uid = _uid(plan.user)
    for path in plan.secret_files:
        if uid is not None and path.is_file() and path.stat().st_uid != uid:
            yield f"{path}: not {plan.user}'s own: chown {plan.user} {path}"


def _of_user(plan: Plan) -> Iterator[str]:
    uid = _uid(plan.user)
    if uid is None:
        add = "useradd --system --create-home --home-dir /var/lib/auditor"
        yield f"no user {plan.user}: {add} {plan.user}"
        return
    manifests = plan.inventory.manifests.glob("*.toml")
    pins = [plan.inventory.known_hosts] if plan.inventory.known_hosts.exists() else []
    for file in sorted({*inventory_files(plan.file), *manifests, *pins}):
        if not _may_read(file, uid, plan.user):
            group = pwd.getpwnam(plan.user).pw_gid
            yield f"{file}: {plan.user} can't read it: chgrp {group}, chmod 640"


def _uid(user: str) -> int | None:
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return None


def _may_read(file: Path, uid: int, user: str) -> bool:
    """By the modes of the file alone; folders and access lists are not looked at."""
    found = file.stat()
    if uid in (0, found.st_uid):
        return uid == 0 or bool(found.st_mode & 0o400)
    groups = os.getgrouplist(user, pwd.getpwnam(user).pw_gid)
    return bool(found.st_mode & (0o040 if found.st_gid in groups else 0o004))
