"""Alerts that are posted to us, whatever their body is."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from auditor.drill.matching import Alert
from auditor.drill.sinks import SinkTroubleError
from auditor.model.host import WebhookSink

#: A larger body is refused; an alert has some hundred bytes.
MOST = 256 << 10
#: What waits to be looked at; who floods us is told to come back.
_AT_ONCE = 500
_PATIENCE = 10


class Webhook:
    """A server for POST; what is posted is taken with 204 and never answered with."""

    period = 0.5

    def __init__(self, place: WebhookSink) -> None:
        """Listen; raises SinkTroubleError."""
        self._posted: queue.Queue[Alert] = queue.Queue(_AT_ONCE)
        posted = self._posted

        class Bound(_Handler):
            taken = posted

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in place.listen else socket.AF_INET
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Say nothing of a client that hangs up."""

        try:
            self.server = Server((place.listen, place.port), Bound)
        except OSError as error:
            where = f"{place.listen} port {place.port}"
            reason = (error.strerror or str(error)).lower()
            raise SinkTroubleError(f"can't listen on {where}: {reason}") from error

    def arrived(self) -> list[Alert]:
        """What was posted since the last look."""
        return [self._posted.get_nowait() for _ in range(self._posted.qsize())]


@contextmanager
def listening(place: WebhookSink) -> Iterator[Webhook]:
    """Listen until the block ends; raises SinkTroubleError."""
    sink = Webhook(place)
    thread = threading.Thread(target=sink.server.serve_forever, args=(0.1,))
    thread.start()
    try:
        yield sink
    finally:
        sink.server.shutdown()
        sink.server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    taken: ClassVar[queue.Queue[Alert]]
    timeout = _PATIENCE

    def do_POST(self) -> None:
        """Take a body of a stated length."""
        stated = self.headers.get("Content-Length", "")
        if not (stated.isascii() and stated.isdigit()):
            return self._answer(HTTPStatus.LENGTH_REQUIRED)
        if int(stated[:9]) > MOST or len(stated) > 9:
            return self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = self.rfile.read(int(stated))
        try:
            self.taken.put_nowait(Alert(body.decode("utf-8", "replace")))
        except queue.Full:
            return self._answer(HTTPStatus.SERVICE_UNAVAILABLE)
        return self._answer(HTTPStatus.NO_CONTENT)

    def _answer(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self.send_response_only(status)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: what comes in is not shown."""
