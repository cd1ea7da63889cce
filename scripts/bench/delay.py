"""A TCP forwarder that makes loopback as slow to answer as a line of that round trip.

`python -m scripts.bench.delay TARGET_PORT ROUND_TRIP_MS` prints the port that it
listens on. Bandwidth is not limited, slow start not modelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys


async def forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float
) -> None:
    """Hand on what is read, each piece `delay` seconds late; then close."""
    loop = asyncio.get_running_loop()

    def late(data: bytes) -> None:
        if not writer.is_closing():
            if data:
                writer.write(data)
            else:
                writer.close()

    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            loop.call_later(delay, late, data)
    loop.call_later(delay, late, b"")


async def serve(listener: socket.socket, target: int, round_trip: float) -> None:
    """Forward every connection to the target's port on loopback, for ever."""

    async def connect(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # The handshake of TCP is a round trip too, which loopback hides.
        await asyncio.sleep(round_trip)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        for side in (writer, far_writer):
            side.get_extra_info("socket").setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )
        await asyncio.gather(
            forward(reader, far_writer, round_trip / 2),
            forward(far_reader, writer, round_trip / 2),
        )

    server = await asyncio.start_server(connect, sock=listener)
    await server.serve_forever()


def main() -> None:
    """Listen on a free port, say which, forward."""
    target, milliseconds = int(sys.argv[1]), float(sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(listener, target, milliseconds / 1000))


if __name__ == "__main__":
    main()
