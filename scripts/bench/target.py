"""The host that is measured: an sshd on loopback, near and behind slow lines."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.loopback import (
    NAME,
    NoServerError,
    Server,
    dies_with_us,
    make_privilege_separation,
    prepare,
    wait_for,
)

INVENTORY = """\
[engagement]
client = "Benchmark"

[hosts.{name}]
address = "127.0.0.1"
port = {port}
user = "{user}"
key = "{key}"
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the host: its inventory, and the same for plain ssh.

    `ssh` is as a person types it. `quick_ssh` has the key exchange that paramiko takes:
    OpenSSH's own default costs 60 to 100 ms of CPU more, and changes with its version.
    `bare` is a client of fabric and paramiko that runs `true`, the least that any
    program on them can take.
    """

    round_trip_ms: int
    inventory: Path
    ssh: tuple[str, ...]
    quick_ssh: tuple[str, ...]
    bare: tuple[str, ...]


@contextmanager
def ways(
    folder: Path, python: Path, round_trips_ms: tuple[int, ...]
) -> Iterator[dict[int, Way]]:
    """The host by each round trip; 0 is loopback itself. Raises NoServerError.

    `python` is the one to run the bare client with.
    """
    with ExitStack() as stack:
        server = stack.enter_context(_sshd(folder))
        found = {}
        for milliseconds in round_trips_ms:
            port = server.port
            if milliseconds:
                port = stack.enter_context(_slow_line(server.port, milliseconds))
            way = _way(folder, server, port, milliseconds, python)
            found[milliseconds] = way
        yield found


@contextmanager
def _sshd(folder: Path) -> Iterator[Server]:
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None:
        raise NoServerError("sshd is not installed")
    server = prepare(folder)
    # bash reads ~/.bashrc at every exec under sshd: a home of its own, without one.
    (folder / "home").mkdir()
    with (folder / "sshd_config").open("a") as config:
        config.write(f"SetEnv HOME={folder}/home\nMaxStartups 100\n")
    make_privilege_separation()
    log = folder / "sshd.log"
    with log.open("w") as sink:
        process = subprocess.Popen(
            [*dies_with_us(), program, "-D", "-e", "-f", folder / "sshd_config"],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
    try:
        wait_for(process, server.port, log)
        yield server
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _slow_line(port: int, milliseconds: int) -> Iterator[int]:
    argv = [sys.executable, "-m", "scripts.bench.delay", str(port), str(milliseconds)]
    process = subprocess.Popen(
        [*dies_with_us(), *argv], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _way(
    folder: Path, server: Server, port: int, milliseconds: int, python: Path
) -> Way:
    place = folder / f"way-{milliseconds}"
    place.mkdir()
    inventory = place / "inventory.toml"
    inventory.write_text(
        INVENTORY.format(name=NAME, port=port, user=server.user, key=server.key)
    )
    shutil.copy(server.known_hosts, place / "known_hosts")
    options = (
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        f"HostKeyAlias={NAME}",
        f"UserKnownHostsFile={server.known_hosts}",
        "GlobalKnownHostsFile=none",
    )
    ssh = ["ssh", "-F", "none", "-T", "-i", str(server.key), "-p", str(port)]
    for option in options:
        ssh += ["-o", option]
    login = f"{server.user}@127.0.0.1"
    quick = ("-o", "KexAlgorithms=curve25519-sha256")
    bare = (str(python), str(Path(__file__).with_name("bare.py")), login, str(port))
    return Way(
        milliseconds,
        inventory,
        ssh=(*ssh, login),
        quick_ssh=(*ssh, *quick, login),
        bare=(*bare, str(server.key), str(server.known_hosts)),
    )
