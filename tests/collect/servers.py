# ruff: noqa: ARG002 - paramiko says what its callbacks are given
"""SSH servers made of paramiko, for what an unprivileged sshd can't do.

Passwords need shadow and PAM, hence root; and two networks with the same addresses
need two machines. These servers check a password of their own, ask questions, forward
to where the test says, and keep all that was offered to them.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
)
from paramiko.server import InteractiveQuery

from auditor.model.host import Host, Limits, Pins

Address = tuple[str, int]


@dataclass
class Doors:
    """What opens the server, and what was tried.

    `methods` are those it names, in order all of them needed when `all_needed`;
    `questions` are asked by keyboard-interactive, `answers` open it.
    """

    methods: tuple[str, ...] = ("password",)
    all_needed: bool = False
    password: str = "right"
    questions: tuple[tuple[str, bool], ...] = (("Password: ", False),)
    answers: tuple[str, ...] = ("right",)
    forward: Mapping[Address, Address] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    connections: int = 0
    transports: list[paramiko.Transport] = field(default_factory=list)


class _Porter(paramiko.ServerInterface):
    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.passed: list[str] = []
        self.commands: dict[int, bytes] = {}
        self.targets: dict[int, Address] = {}
        self.told = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        left = [m for m in self.doors.methods if m not in self.passed]
        return ",".join(left[:1] if self.doors.all_needed else left)

    def _result(self, method: str, right: bool) -> int:
        self.doors.offered.append(method)
        if method not in self.doors.methods or not right:
            return AUTH_FAILED
        self.passed.append(method)
        if self.doors.all_needed and len(self.passed) < len(self.doors.methods):
            return AUTH_PARTIALLY_SUCCESSFUL
        return AUTH_SUCCESSFUL

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._result("publickey", right=True)

    def check_auth_password(self, username: str, password: str) -> int:
        return self._result("password", password == self.doors.password)

    def check_auth_interactive(
        self, username: str, submethods: str
    ) -> InteractiveQuery | int:
        if "keyboard-interactive" not in self.doors.methods:
            return AUTH_FAILED
        return InteractiveQuery("", "", *self.doors.questions)

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        return self._result(
            "keyboard-interactive", tuple(responses) == self.doors.answers
        )

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: Address, destination: Address
    ) -> int:
        if destination not in self.doors.forward:
            return OPEN_FAILED_CONNECT_FAILED
        self.targets[chanid] = self.doors.forward[destination]
        return OPEN_SUCCEEDED

    def check_channel_exec_request(
        self, channel: paramiko.Channel, command: bytes
    ) -> bool:
        self.commands[channel.get_id()] = command
        self.told.set()
        return True


@dataclass
class FakeServer:
    """A running server: where it listens, its key, and what was offered to it."""

    port: int
    key: paramiko.PKey
    doors: Doors

    @property
    def pins(self) -> Pins:
        return Pins(keys=frozenset({(self.key.get_name(), self.key.get_base64())}))

    def host(self, name: str = "lis", **keys: object) -> Host:
        """An inventory entry that reaches it."""
        limits = Limits(connect=5, deadline=20, scan_budget=0)
        entry = {"port": self.port, "user": "audit", "limits": limits, **keys}
        return Host(name, "127.0.0.1", **entry)  # type: ignore[arg-type]


@contextmanager
def fake_server(doors: Doors | None = None) -> Iterator[FakeServer]:
    """Serve SSH on a free port of loopback until the block ends."""
    key = paramiko.ECDSAKey.generate()
    doors = doors or Doors()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = FakeServer(listener.getsockname()[1], key, doors)
        threading.Thread(target=_accept, args=(listener, running), daemon=True).start()
        yield running


def _accept(listener: socket.socket, running: FakeServer) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        running.doors.connections += 1
        threading.Thread(target=_serve, args=(sock, running), daemon=True).start()


def _serve(sock: socket.socket, running: FakeServer) -> None:
    transport = paramiko.Transport(sock)
    transport.add_server_key(running.key)
    running.doors.transports.append(transport)
    porter = _Porter(running.doors)
    with contextlib.suppress(paramiko.SSHException, EOFError):
        transport.start_server(server=porter)
    while transport.is_active():
        channel = transport.accept(0.2)
        if channel is None:
            continue
        number = channel.get_id()
        if number in porter.targets:
            work = partial(_forward, channel, porter.targets[number])
        else:
            porter.told.wait(5)
            work = partial(_run, channel, porter.commands.get(number, b""))
        threading.Thread(target=work, daemon=True).start()


def _run(channel: paramiko.Channel, command: bytes) -> None:
    child = subprocess.Popen(
        ["/bin/sh", "-c", command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    assert child.stdin
    assert child.stdout
    assert child.stderr
    pumps = [
        threading.Thread(target=_pump, args=(child.stdout.read, channel.sendall)),
        threading.Thread(
            target=_pump, args=(child.stderr.read, channel.sendall_stderr)
        ),
    ]
    for pump in pumps:
        pump.start()
    _pump(channel.recv, child.stdin.write)
    with contextlib.suppress(OSError):
        child.stdin.close()
    for pump in pumps:
        pump.join()
    with contextlib.suppress(OSError, EOFError):
        channel.send_exit_status(child.wait())
        channel.close()


def _forward(channel: paramiko.Channel, target: Address) -> None:
    with socket.create_connection(target) as sock:
        out = threading.Thread(target=_pump, args=(sock.recv, channel.sendall))
        out.start()
        _pump(channel.recv, sock.sendall)
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        out.join()
    channel.close()


def _pump(read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
    with contextlib.suppress(OSError, EOFError, ValueError):
        while data := read(65536):
            write(data)
