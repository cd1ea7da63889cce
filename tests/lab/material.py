"""What a lab gives its hosts and its auditor: keys, secrets, inventory, manifests."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.lab import records
from tests.lab.hosts import Host
from tests.lab.paths import LAB, MANIFESTS
from tests.lab.state import Run

# People of the story whose keys lie on hosts; the private halves stay with the lab.
PERSONS = {
    "martin": "martin@poste12",
    "dubois": "dubois@portable",
    "petit": "petit@accueil",
    "mega": "mega@editeur",
    "leroy": "leroy@poste3",
    "leroy-chez-elle": "leroy@maison",
    "moreau": "moreau@poste4",
    "robot": "robot@sauvegarde",
}
AUDIT_KEY = "audit_ed25519"
# From where the auditor comes: the lab's own networks, jump hosts included.
AUDITORS = "10.20.0.0/16,10.38.0.0/24,127.0.0.1"


def make_keys(run: Run, hosts: Iterable[Host]) -> None:
    """One key for the auditor, one for each person, one for each SSH server."""
    keys = run.folder / "keys"
    keys.mkdir()
    make_key(keys / AUDIT_KEY, "audit@cabinet")
    for person, comment in PERSONS.items():
        make_key(keys / person, comment)
    for host in hosts:
        make_key(keys / f"host-{host.name}", host.name)
        if not host.pinned:
            make_key(keys / f"former-{host.name}", host.name)


def make_key(path: Path, comment: str) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f"]
    subprocess.run([*command, str(path)], check=True, stdin=subprocess.DEVNULL)


def make_secrets(run: Run, hosts: Iterable[Host]) -> None:
    """The sudo passwords that hosts ask for, as NAME=value lines, for our eyes."""
    names = sorted({name for host in hosts for name in host.secrets})
    path = run.folder / "environment"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={secrets.token_urlsafe(12)}\n" for name in names))


def environment(run: Run) -> dict[str, str]:
    """What `lab exec` adds to the environment: the inventory's secrets."""
    lines = (run.folder / "environment").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def make_gift(run: Run, host: Host, folder: Path, variables: dict[str, str]) -> None:
    """Fill the folder that a host finds as /run/lab while it boots."""
    folder.mkdir(parents=True)
    shutil.copy(LAB / "sh" / "first.sh", folder)
    shutil.copy(host.folder / "setup.sh", folder)
    if (host.folder / "files").is_dir():
        shutil.copytree(host.folder / "files", folder / "files")
    keys = run.folder / "keys"
    shutil.copy(keys / f"host-{host.name}", folder / "host_key")
    shutil.copy(keys / f"host-{host.name}.pub", folder / "host_key.pub")
    shutil.copy(keys / f"{AUDIT_KEY}.pub", folder / "audit_key")
    (folder / "keys").mkdir()
    for person in PERSONS:
        shutil.copy(keys / f"{person}.pub", folder / "keys" / person)
    if host.records:
        records.write_all(folder / "records")
    known = environment(run)
    wanted = {name: known[name] for name in host.secrets}
    pairs = {
        "LAB_NAME": host.name,
        # Hosts with the same one would pass for one host with several names.
        "LAB_MACHINE_ID": hashlib.sha256(f"{run.id} {host.name}".encode()).hexdigest()[
            :32
        ],
        "LAB_AUDITORS": AUDITORS,
        "LAB_SSHD_LOG": host.sshd_log,
        **variables,
        **wanted,
    }
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in pairs.items()]
    (folder / "env").write_text("".join(lines))


def shared_field() -> str:
    """A password field that was once copied from one host to another."""
    done = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"],
        input=secrets.token_urlsafe(9),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def write_inventory(run: Run, hosts: Iterable[Host]) -> None:
    """inventory.toml, known_hosts and manifests, side by side in the run's folder."""
    hosts = tuple(hosts)
    head = (LAB / "inventory.toml").read_text()
    head = head.replace("{key}", str(run.folder / "keys" / AUDIT_KEY))
    run.inventory.write_text(head + "".join(host_table(host) for host in hosts))
    pins = [pin(run, host) for host in hosts]
    (run.folder / "known_hosts").write_text("".join(pins))
    for path in MANIFESTS.glob("*.toml"):
        (run.folder / path.name).write_text(fill_in(run, path.read_text()))


def host_table(host: Host) -> str:
    keys: dict[str, Any] = {"address": host.address, **host.inventory}
    lines = [f"{key} = {toml_value(value)}\n" for key, value in keys.items()]
    return f"\n[hosts.{host.name}]\n{''.join(lines)}"


def toml_value(value: Any) -> str:
    """A TOML value for what an inventory holds: words, lists, and secrets by name."""
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}"
    return json.dumps(value, ensure_ascii=False)


def pin(run: Run, host: Host) -> str:
    file = f"host-{host.name}.pub" if host.pinned else f"former-{host.name}.pub"
    kind, blob, *_ = (run.folder / "keys" / file).read_text().split()
    return f"{host.name} {kind} {blob}\n"


def fill_in(run: Run, text: str) -> str:
    """Replace {{today-40}} by a date and {{key:NAME}} by a key's fingerprint."""
    today = dt.datetime.now().astimezone().date()

    def date(found: re.Match[str]) -> str:
        return (today + dt.timedelta(days=int(found[1]))).isoformat()

    def key(found: re.Match[str]) -> str:
        return fingerprint(run.folder / "keys" / f"{found[1]}.pub")

    text = re.sub(r"\{\{today([+-]\d+)\}\}", date, text)
    return re.sub(r"\{\{key:([a-z0-9_-]+)\}\}", key, text)


def fingerprint(path: Path) -> str:
    """SHA-256 fingerprint as OpenSSH prints it."""
    blob = base64.b64decode(path.read_text().split()[1])
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"
