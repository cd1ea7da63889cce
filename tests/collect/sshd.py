"""A real sshd of the test's own, on loopback, as whoever runs the test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from auditor.model.host import Host, Limits, Pins

_PLACES = "/usr/sbin:/usr/local/sbin:/sbin:/usr/bin"


def require_sshd() -> str:
    """The path of sshd; without it the test is skipped, in CI it fails."""
    found = shutil.which("sshd", path=_PLACES)
    if found is None:
        message = "sshd is not installed (apt-get install openssh-server)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def me() -> str:
    """The account that the tests run as, the only one that such an sshd lets in."""
    return pwd.getpwuid(os.getuid()).pw_name


@dataclass(frozen=True)
class Sshd:
    """A running daemon, where it listens, and what it wrote."""

    address: str
    port: int
    folder: Path
    host_keys: tuple[Path, ...]
    process: subprocess.Popen[bytes]

    @property
    def pins(self) -> Pins:
        """Its own host keys."""
        public = [key.with_name(key.name + ".pub") for key in self.host_keys]
        words = [path.read_text().split() for path in public]
        return Pins(keys=frozenset((kind, blob) for kind, blob, *_ in words))

    @property
    def key(self) -> Path:
        """A private key that it lets in."""
        return self.folder / "user_key"

    def log(self) -> str:
        """What it logged so far."""
        return (self.folder / "sshd.log").read_text(errors="replace")

    def count(self, text: str) -> int:
        """In how many lines of its log the text stands."""
        return sum(text in line for line in self.log().splitlines())

    def host(self, name: str = "lis", **keys: Any) -> Host:
        """An inventory entry that reaches it with the key that it lets in."""
        entry = Host(
            name,
            self.address,
            self.port,
            me(),
            key=self.key,
            limits=Limits(connect=5, deadline=20, scan_budget=0),
        )
        return replace(entry, **keys)


def keygen(path: Path, *options: str, passphrase: str = "") -> Path:
    """Make a key pair; `options` as of ssh-keygen."""
    command = ["ssh-keygen", "-q", "-N", passphrase, "-f", str(path), *options]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def free_port(address: str = "127.0.0.1") -> int:
    """A port on which nothing listens now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as sock:
        sock.bind((address, 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def sshd(
    folder: Path,
    *options: str,
    address: str = "127.0.0.1",
    port: int = 0,
    host_key_types: tuple[str, ...] = ("ed25519",),
) -> Iterator[Sshd]:
    """Run sshd in `folder`; `options` are lines of its configuration."""
    program = require_sshd()
    folder.mkdir(parents=True, exist_ok=True)
    host_keys = tuple(_host_key(folder, kind) for kind in host_key_types)
    if not (folder / "user_key").exists():
        keygen(folder / "user_key", "-t", "ed25519")
        shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    port = port or free_port(address)
    config = folder / "sshd_config"
    config.write_text(_config(folder, host_keys, address, port, options))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-D", "-e", "-f", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    running = Sshd(address, port, folder, host_keys, process)
    try:
        _wait_until_listening(running)
        yield running
    finally:
        process.terminate()
        process.wait(10)


def _host_key(folder: Path, kind: str) -> Path:
    path = folder / f"host_{kind}"
    return path if path.exists() else keygen(path, "-t", kind)


def _config(
    folder: Path,
    host_keys: tuple[Path, ...],
    address: str,
    port: int,
    options: tuple[str, ...],
) -> str:
    # The first value of a keyword wins: the test's own options come first.
    lines = [
        *options,
        *(f"HostKey {path}" for path in host_keys),
        f"ListenAddress {address}",
        f"Port {port}",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        "PidFile none",
        "UsePAM no",
        "StrictModes no",
        "PermitRootLogin yes",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "LogLevel VERBOSE",
    ]
    return "\n".join(lines) + "\n"


def _wait_until_listening(running: Sshd) -> None:
    for _ in range(100):
        if running.process.poll() is not None:
            pytest.fail(f"sshd did not start: {running.log()}")
        if "Server listening" in running.log():
            return
        time.sleep(0.05)
    pytest.fail(f"sshd does not listen: {running.log()}")
