"""SSH servers that mean harm, each a function of one misbehaviour.

Those of `BEFORE_LOGIN` speak on the bare socket. Those of `AFTER_LOGIN` are paramiko's
server with one part replaced: they let anybody in and misbehave then.
"""

# ruff: noqa: ARG001, ARG002 - paramiko says what its callbacks are given

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paramiko
from paramiko.common import (
    AUTH_SUCCESSFUL,
    OPEN_SUCCEEDED,
    cMSG_CHANNEL_DATA,
    cMSG_CHANNEL_EXTENDED_DATA,
    cMSG_CHANNEL_OPEN,
    cMSG_GLOBAL_REQUEST,
    cMSG_IGNORE,
)
from paramiko.message import Message

_FOREVER = 30.0
_BLOCK = b"A" * 30000


def mute(sock: socket.socket) -> None:
    time.sleep(_FOREVER)


def endless_banner(sock: socket.socket) -> None:
    while True:
        sock.sendall(_BLOCK)


def dripping_banner(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"S")
        time.sleep(0.1)


def http(sock: socket.socket) -> None:
    sock.sendall(b"HTTP/1.1 400 Bad\r\nServer: \x1b]0;owned\x07\r\n\r\n")


def four_gib_packet(sock: socket.socket) -> None:
    sock.sendall(b"SSH-2.0-large\r\n" + struct.pack(">I", 0xFFFFFFF4))
    while True:
        sock.sendall(_BLOCK)


def closed_after_banner(sock: socket.socket) -> None:
    sock.sendall(b"SSH-2.0-short\r\n")


class Porter(paramiko.ServerInterface):
    """Lets everybody in; `exec` is answered by the misbehaviour."""

    def __init__(self) -> None:
        self.command = b""
        self.ready = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_exec_request(
        self, channel: paramiko.Channel, command: bytes
    ) -> bool:
        self.command = command
        self.ready.set()
        return True

    def go(self) -> bytes:
        """The word that the client waits for; its token is the line's last but one."""
        return b"GO-root-" + self.command.split()[-2] + b"\n"


class SilentLogin(Porter):
    def check_auth_password(self, username: str, password: str) -> int:
        time.sleep(_FOREVER)
        return AUTH_SUCCESSFUL


class SilentChannel(Porter):
    def check_channel_request(self, kind: str, chanid: int) -> int:
        time.sleep(_FOREVER)
        return OPEN_SUCCEEDED


class SilentExec(Porter):
    def check_channel_exec_request(
        self, channel: paramiko.Channel, command: bytes
    ) -> bool:
        time.sleep(_FOREVER)
        return True


Misbehaviour = Callable[[paramiko.Transport, Porter, paramiko.Channel], None]


def quiet(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    time.sleep(_FOREVER)


def ignore_flood(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    _flood(transport, lambda message: message.add_byte(cMSG_IGNORE))


def global_request_flood(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    _flood(transport, lambda message: message.add_byte(cMSG_GLOBAL_REQUEST))


def stdout_flood(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()

    def head(message: Message) -> None:
        message.add_byte(cMSG_CHANNEL_DATA)
        message.add_int(channel.remote_chanid)

    _flood(transport, head)


def stderr_flood(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()

    def head(message: Message) -> None:
        message.add_byte(cMSG_CHANNEL_EXTENDED_DATA)
        message.add_int(channel.remote_chanid)
        message.add_int(1)

    _flood(transport, head)


def answer_flood(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()
    channel.sendall(porter.go())
    stdout_flood(transport, porter, channel)


def garbage(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    nonce = _nonce_of_the_program(porter, channel)
    channel.sendall(os.urandom(200_000) + b"\n@" + nonce + b" FACT ../../x 1 9e9 -\n")
    channel.close()


def doubled(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    nonce = _nonce_of_the_program(porter, channel)
    channel.sendall((b"@" + nonce + b" FACT Hello 1 2 -\nhi\n") * 2)
    time.sleep(_FOREVER)


def stall(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    nonce = _nonce_of_the_program(porter, channel)
    channel.sendall(b"@" + nonce + b" FACT Hello 1 2 -\nhi\n@" + nonce + b" FACT Who 1")
    time.sleep(_FOREVER)


def drip(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()
    channel.sendall(porter.go())
    while True:
        channel.sendall(b"x")
        time.sleep(0.1)


def takes_no_input(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()
    channel.sendall(porter.go())
    time.sleep(_FOREVER)


def rekey_storm(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()
    for _ in range(200):
        transport._send_kex_init()  # type: ignore[attr-defined]
    time.sleep(_FOREVER)


def many_channels(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()
    for number in range(3000):
        message = Message()
        message.add_byte(cMSG_CHANNEL_OPEN)
        message.add_string("x11" if number % 2 else "forwarded-tcpip")
        for value in (number, 1 << 20, 1 << 15):
            message.add_int(value)
        message.add_string("localhost")
        message.add_int(22)
        message.add_string("localhost")
        message.add_int(22)
        transport._send_message(message)  # type: ignore[attr-defined]
    time.sleep(_FOREVER)


def disconnects(
    transport: paramiko.Transport, porter: Porter, channel: paramiko.Channel
) -> None:
    porter.ready.wait()
    transport.close()


def _flood(transport: paramiko.Transport, head: Callable[[Message], object]) -> None:
    while transport.is_active():
        message = Message()
        head(message)
        message.add_string(_BLOCK)
        message.add_boolean(False)
        transport._send_message(message)  # type: ignore[attr-defined]


def _nonce_of_the_program(porter: Porter, channel: paramiko.Channel) -> bytes:
    """Say the go word, read the program, find the nonce in it."""
    porter.ready.wait()
    channel.sendall(porter.go())
    program = b""
    while not program.endswith(b"exit\n"):
        program += channel.recv(65536)
    return program.split(b"N=")[1].split()[0]


@contextmanager
def bare_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port on which every connection is talked to so."""

    def serve(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            talk(sock)

    with _listening(serve) as port:
        yield port


@contextmanager
def ssh_server(
    key: paramiko.PKey,
    talk: Misbehaviour,
    porter: type[Porter] = Porter,
    window: int = 1 << 21,
) -> Iterator[int]:
    """A port with an SSH server that lets everybody in and then misbehaves."""

    def serve(sock: socket.socket) -> None:
        transport = paramiko.Transport(sock)
        transport.default_window_size = window
        transport.add_server_key(key)
        server = porter()
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=server)
            channel = transport.accept(_FOREVER)
            if channel is not None:
                talk(transport, server, channel)

    with _listening(serve) as port:
        yield port


@contextmanager
def _listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(sock,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
