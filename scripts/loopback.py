"""An sshd of our own on loopback, for one user and one key, gone with its caller."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NAME = "this-machine"
STARTED_WITHIN = 5.0
# compiled into Debian's sshd, which as root refuses to start without it
PRIVILEGE_SEPARATION = Path("/run/sshd")

CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
AllowUsers {user}
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitEmptyPasswords no
UsePAM no
# the folder is 0700 but may lie under a directory that all may write to
StrictModes no
PidFile none
LogLevel ERROR
"""


class NoServerError(Exception):
    """Why no sshd of ours can be logged in to here, in words."""


@dataclass(frozen=True, slots=True)
class Server:
    """How to log in; the host key is pinned as `this-machine` in `known_hosts`."""

    port: int
    user: str
    key: Path
    known_hosts: Path


@contextmanager
def loopback_sshd(folder: Path) -> Iterator[Server]:
    """Run an sshd whose files lie in that private folder until the block ends.

    Raises NoServerError when this machine has none, or it does not let us in.
    """
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if sshd is None or shutil.which("ssh-keygen") is None:
        raise NoServerError("sshd is not installed")
    server = prepare(folder)
    made = make_privilege_separation()
    log = folder / "sshd.log"
    with log.open("w") as sink:
        # shutil.which may answer a relative path, and sshd wants an absolute one
        command = [*dies_with_us(), str(Path(sshd).absolute()), "-D", "-e"]
        process = subprocess.Popen(
            [*command, "-f", folder / "sshd_config"],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
    try:
        wait_for(process, server.port, log)
        log_in(server)
        yield server
    finally:
        process.terminate()
        process.wait()
        if made:
            PRIVILEGE_SEPARATION.rmdir()


def prepare(folder: Path) -> Server:
    """Write keys, configuration and pin."""
    for name in ("host_key", "user_key"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]
        subprocess.run([*make, folder / name], check=True, stdin=subprocess.DEVNULL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = getpass.getuser()
    values = {"port": port, "folder": folder, "user": user}
    (folder / "sshd_config").write_text(CONFIGURATION.format(**values))
    pin = folder / "known_hosts"
    pin.write_text(f"{NAME} {(folder / 'host_key.pub').read_text()}")
    return Server(port, user, folder / "user_key", pin)


def make_privilege_separation() -> bool:
    """Make the empty directory that sshd changes its root to; True when we made it."""
    if os.getuid() != 0 or PRIVILEGE_SEPARATION.exists():
        return False
    PRIVILEGE_SEPARATION.mkdir(mode=0o755)
    return True


def dies_with_us() -> list[str]:
    """A prefix that ends the server also when this process is killed, where there."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "TERM"]


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server accepts connections."""
    end = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = log.read_text().strip().splitlines()
    raise NoServerError(
        f"sshd does not start: {said[-1] if said else 'no reason given'}"
    )


def log_in(server: Server) -> None:
    """Try the login once: a locked account or a login shell may refuse it."""
    command = ["ssh", "-F", "none", "-T", "-i", str(server.key), "-p", str(server.port)]
    for option in (
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        "StrictHostKeyChecking=yes",
        f"HostKeyAlias={NAME}",
        f"UserKnownHostsFile={server.known_hosts}",
        "GlobalKnownHostsFile=none",
    ):
        command += ["-o", option]
    command += [f"{server.user}@127.0.0.1", "true"]
    tried = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        said = tried.stderr.strip().splitlines()
        why = said[-1] if said else f"exit code {tried.returncode}"
        raise NoServerError(f"our own sshd does not let us in: {why}")
