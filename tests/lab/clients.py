"""How tests speak to the lab's hosts: ssh of the system, and small Python scripts."""

from __future__ import annotations

import subprocess
import sys
import textwrap

from tests.lab.hosts import all_hosts
from tests.lab.pytest_lab import Lab


def address_of(host: str) -> str:
    return next(one.address for one in all_hosts() if one.name == host)


def ssh(
    lab: Lab,
    host: str,
    command: str,
    *,
    user: str = "audit",
    key: str = "audit_ed25519",
    options: tuple[str, ...] = (),
    stdin: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Log in as a person would; `key` is a file of the lab's `keys/`."""
    return lab.exec(
        [*ssh_argv(lab, host, user, key), *options, address_of(host), command],
        stdin=stdin,
    )


def ssh_argv(lab: Lab, host: str, user: str, key: str) -> list[str]:
    options = [
        "BatchMode=yes",
        "ConnectTimeout=3",
        "IdentitiesOnly=yes",
        f"HostKeyAlias={host}",
        f"IdentityFile={lab.folder / 'keys' / key}",
        "StrictHostKeyChecking=yes",
        f"User={user}",
        f"UserKnownHostsFile={lab.folder / 'known_hosts'}",
    ]
    return ["ssh", "-F", "none", *[word for o in options for word in ("-o", o)]]


def python(lab: Lab, script: str) -> str:
    """What a script prints that runs in the auditor's network."""
    done = lab.exec([sys.executable, "-c", textwrap.dedent(script)])
    assert done.returncode == 0, done.stderr
    return done.stdout


def port_open(lab: Lab, address: str, port: int) -> bool:
    said = python(
        lab,
        f"""
        import socket
        try:
            socket.create_connection(("{address}", {port}), timeout=3)
            print("open")
        except OSError:
            print("closed")
        """,
    )
    return said == "open\n"
