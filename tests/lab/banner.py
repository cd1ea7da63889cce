"""Wait until an SSH server says its banner: banner.py ADDRESS [PORT]."""

from __future__ import annotations

import socket
import sys
import time

address, port = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 22
end = time.monotonic() + 20
while True:
    try:
        with socket.create_connection((address, port), timeout=5) as connection:
            if connection.recv(4) == b"SSH-":
                sys.exit(0)
            reason = "something else than SSH answers"
    except OSError as error:
        reason = str(error)
    if time.monotonic() > end:
        sys.exit(f"{address}:{port}: {reason}")
    time.sleep(0.05)
