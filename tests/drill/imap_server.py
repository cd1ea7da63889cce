"""A small scripted IMAP4rev1 server (RFC 3501), with mails, moods and a TLS of its own.

The lab has a real one (Dovecot); this one also breaks, lies and refuses at will.
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_UIDS = re.compile(rb"UID SEARCH (?:UID (\d+):\*|ALL)")
_FETCH = re.compile(rb"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")


@dataclass
class Mailroom:
    """What the server has, and how it behaves.

    `mails` are (number, text); `commands` are all that was asked, without tags.
    `next_told` False: a server that does not say which number comes next.
    """

    password: str = "right"
    plain: bool = True
    next_told: bool = True
    validity: int = 7
    mails: list[tuple[int, bytes]] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    #: Drops the connection at the next command that begins so.
    breaks_at: bytes = b""
    port: int = 0

    def add(self, raw: bytes) -> None:
        """Deliver a mail."""
        self.mails.append((max((n for n, _ in self.mails), default=0) + 1, raw))


class _Session(socketserver.StreamRequestHandler):
    room: Mailroom
    context: ssl.SSLContext | None

    def setup(self) -> None:
        if self.context is not None:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.say(b"* OK ready")
        while line := self.rfile.readline(10_000):
            tag, _, command = line.rstrip().partition(b" ")
            self.room.commands.append(command)
            if self.room.breaks_at and command.startswith(self.room.breaks_at):
                self.room.breaks_at = b""
                return
            if not self.answer(tag, command):
                return

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def answer(self, tag: bytes, command: bytes) -> bool:
        word = command.split(b" ")[0]
        done = tag + b" OK done"
        if word == b"CAPABILITY":
            plain = b" AUTH=PLAIN" if self.room.plain else b""
            self.say(b"* CAPABILITY IMAP4rev1" + plain)
        elif word in (b"LOGIN", b"AUTHENTICATE"):
            done = tag + (b" OK in" if self.let_in(command) else b" NO \x1b[2J no")
        elif word == b"EXAMINE":
            done = self.examined(tag, command)
        elif found := _UIDS.match(command):
            self.say(b"* SEARCH " + self.numbers(int(found[1] or 0)))
        elif found := _FETCH.match(command):
            self.fetch(int(found[1]), int(found[2]))
        elif word == b"LOGOUT":
            self.say(b"* BYE")
        elif word != b"NOOP":
            done = tag + b" BAD what"
        self.say(done)
        return word != b"LOGOUT"

    def let_in(self, command: bytes) -> bool:
        if command.startswith(b"LOGIN"):
            return command == f'LOGIN rssi "{self.room.password}"'.encode()
        self.say(b"+ ")
        given = base64.b64decode(self.rfile.readline())
        return given == f"\0rssi\0{self.room.password}".encode()

    def examined(self, tag: bytes, command: bytes) -> bytes:
        if command not in (b'EXAMINE "INBOX"', b'EXAMINE "Alertes s&AOk-curit&AOk-"'):
            return tag + b" NO none"
        following = max((number for number, _ in self.room.mails), default=0) + 1
        self.say(b"* %d EXISTS" % len(self.room.mails))
        self.say(b"* OK [UIDVALIDITY %d]" % self.room.validity)
        if self.room.next_told:
            self.say(b"* OK [UIDNEXT %d]" % following)
        return tag + b" OK [READ-ONLY] done"

    def numbers(self, first: int) -> bytes:
        """As RFC 3501 6.4.8 has it: `*` is the last one, also where it is below."""
        all_of_it = [number for number, _ in self.room.mails]
        found = [n for n in all_of_it if n >= first] or all_of_it[-1:]
        return b" ".join(b"%d" % number for number in found)

    def fetch(self, number: int, most: int) -> None:
        raw = dict(self.room.mails)[number][:most]
        self.say(b"* 1 FETCH (UID %d BODY[]<0> {%d}" % (number, len(raw)))
        self.say(raw + b")")


@contextmanager
def imap_server(
    room: Mailroom, certificate: Path | None = None, key: Path | None = None
) -> Iterator[Mailroom]:
    """Serve the mails on loopback until the block ends; over TLS with a certificate."""
    made = None
    if certificate is not None:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(certificate, key)

    class Bound(_Session):
        context = made

    Bound.room = room

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that refuses our certificate is what a test wants."""

    with Server(("127.0.0.1", 0), Bound) as server:
        room.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield room
        finally:
            server.shutdown()
            thread.join()
