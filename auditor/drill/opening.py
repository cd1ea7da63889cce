"""A sink of the inventory, opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from auditor.drill.sinks import Sink
from auditor.model.drill import Place
from auditor.model.host import AlertPath, FileSink, ImapSink, Secret


@contextmanager
def opened(path: AlertPath, secret: Callable[[Secret], str]) -> Iterator[Sink]:
    """The sink, watched from now on; raises SinkTroubleError when it can't be read."""
    sink = path.sink
    if isinstance(sink, FileSink):
        from auditor.drill.sinks.file import file_sink

        yield file_sink(sink.path)
    elif isinstance(sink, ImapSink):
        from auditor.drill.sinks.imap import mailbox

        with mailbox(sink, secret(sink.password)) as watched:
            yield watched
    else:
        from auditor.drill.sinks.webhook import listening

        with listening(sink) as server:
            yield server


def place_of(path: AlertPath) -> Place:
    """What to call the sink, in words of no language."""
    sink = path.sink
    if isinstance(sink, FileSink):
        return Place("file", str(sink.path))
    if isinstance(sink, ImapSink):
        where = _socket(sink.host, sink.port)
        return Place("imap", f"{sink.user} ({where}, {sink.folder})")
    return Place("webhook", _socket(sink.listen, sink.port))


def _socket(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
