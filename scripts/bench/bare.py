"""`python -m scripts.bench.bare USER@ADDRESS PORT KEY KNOWN_HOSTS`: run `true` there.

The least that a client on fabric and paramiko does: the floor below ours.
"""

from __future__ import annotations

import socket
import sys

import fabric  # type: ignore[import-untyped]
import paramiko


def main() -> int:
    """Log in with that key alone, run it, and return its exit status."""
    login, port, key, known_hosts = sys.argv[1:]
    user, _, address = login.partition("@")
    sock = socket.create_connection((address, int(port)))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = fabric.Connection(
        address,
        user=user,
        port=int(port),
        config=fabric.Config(overrides={"load_ssh_configs": False}, lazy=True),
        connect_kwargs={
            "sock": sock,
            "pkey": paramiko.Ed25519Key.from_private_key_file(key),
            "allow_agent": False,
            "look_for_keys": False,
        },
    )
    keys = paramiko.HostKeys(known_hosts)
    (pinned,) = keys[next(iter(keys))].values()
    connection.client.get_host_keys().add(f"[{address}]:{port}", "ssh-ed25519", pinned)
    connection.client.set_missing_host_key_policy(paramiko.RejectPolicy())
    connection.open()
    channel = connection.transport.open_session()
    channel.exec_command("true")
    status: int = channel.recv_exit_status()
    connection.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
