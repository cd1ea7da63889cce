"""A server that accepts TCP connections and never says a word."""

from __future__ import annotations

import socket
import sys

server = socket.create_server(("", int(sys.argv[1])))
held = []
while True:
    held.append(server.accept()[0])
