"""A real SMTP server on loopback, and a certificate for it."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "auditor", "hunter2-of-the-mail"


@dataclass
class Mailbox:
    """What came in, and what was seen of processes while it did."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)

    def url(self, scheme: str = "mailto", query: str = "") -> str:
        """The address of apprise that leads here, its password included."""
        at = f"{USER}:{PASSWORD}@127.0.0.1:{self.port}"
        people = "from=auditor@lab.example&to=rssi@lab.example"
        return f"{scheme}://{at}?{people}{query}"

    @property
    def subjects(self) -> list[str]:
        """The subjects of the mails, in order; a header has plain spaces only."""
        return [str(mail["Subject"]).replace("\u00a0", " ") for mail in self.mails]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail, and what processes show of themselves meanwhile."""
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(parsed)
        for name in ("cmdline", "environ"):
            self.seen += shown_by_processes(name)
        return "250 OK"

    def authenticate(self, *call: Any) -> AuthResult:
        """Let in who knows the password."""
        given = call[-1]
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        known = given.password == PASSWORD.encode()
        return AuthResult(success=known)


def shown_by_processes(name: str) -> list[bytes]:
    """A file of every process that lets itself be looked at (proc(5))."""
    found = []
    for file in Path("/proc").glob(f"[0-9]*/{name}"):
        try:
            found.append(file.read_bytes())
        except OSError:  # it ended, or belongs to somebody else
            continue
    return found


@contextmanager
def mailbox(
    port: int | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Mailbox]:
    """A server that takes mail; with `tls` only after STARTTLS."""
    box = Mailbox(port or free_port())
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        authenticator=box.authenticate,
        auth_required=True,
        auth_require_tls=tls is not None,
        tls_context=tls,
        require_starttls=tls is not None,
    )
    server.start()
    try:
        yield box
    finally:
        server.stop()


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that vouches for 127.0.0.1 by itself, and a server's use of it."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file]
    argv = [*command.split(), *map(str, more)]
    subprocess.run(argv, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file, key)
    return file, tls
