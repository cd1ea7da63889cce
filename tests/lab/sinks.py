"""Where alerts and heartbeats of a lab's audit arrive: `python -m tests.lab.sinks DIR`.

A real SMTP server and a real HTTP server on the loopback of the network that they are
started in. Every message is a file of its own: `mail/N` as it came, what is posted to
`/beat` or `/alert` as `beat/N`, `alert/N`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SMTP_PORT, HTTP_PORT = 2525, 8025
POSTED = ("beat", "alert")


class Mail:
    """Keeps what is mailed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a message (RFC 5321)."""
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)
        keep(self.folder, self.numbers, content)
        return "250 kept"


def keep(folder: Path, numbers: Iterator[int], data: bytes) -> None:
    """Write the next file whole."""
    file = folder / f"{next(numbers):03}"
    file.with_suffix(".new").write_bytes(data)
    file.with_suffix(".new").rename(file)


def http_server(folder: Path) -> ThreadingHTTPServer:
    """A server that keeps what is posted."""
    numbers = {name: count(1) for name in POSTED}

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            name = self.path.strip("/")
            keep(folder / name, numbers[name], self.rfile.read(length))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", HTTP_PORT), Sink)


def main(folder: Path) -> None:
    """Serve until killed; `ready` is there when both listen."""
    for name in ("mail", *POSTED):
        (folder / name).mkdir(parents=True)
    Controller(Mail(folder / "mail"), hostname="127.0.0.1", port=SMTP_PORT).start()
    server = http_server(folder)
    threading.Thread(target=server.serve_forever).start()
    (folder / "ready").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
