"""What the tests of drills share: a host that allows one, and who raises the alarm."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.collect.sshd import Sshd

INVENTORY = """\
[engagement]
client = "Laboratoires Exemple"
auditor = "A. Exemple"

[hosts.lis-35]
address = "{address}"
port = {port}
user = "audit"
drill = true

[hosts.closed]
address = "192.0.2.1"
user = "audit"
"""
#: sshd says so once a connection, whether it takes passwords or not.
ATTEMPT = re.compile(r"Invalid user (drill-[0-9a-f]{8}) from (\S+)")


def inventory(folder: Path, server: Sshd, alert_path: str) -> Path:
    """An inventory whose host `lis-35` is the server, pinned, and allows a drill."""
    file = folder / "inventory.toml"
    text = INVENTORY.format(address=server.address, port=server.port)
    file.write_text(text + alert_path, "utf-8")
    public = server.host_keys[0].with_name(server.host_keys[0].name + ".pub")
    (folder / "known_hosts").write_text(f"lis-35 {public.read_text()}")
    return file


@contextmanager
def watching(server: Sshd, alarm: Callable[[str, str], None]) -> Iterator[None]:
    """Somebody who reads the host's log: `alarm` gets account and address, once."""
    over = threading.Event()
    seen = len(ATTEMPT.findall(server.log()))

    def watch() -> None:
        while not over.wait(0.05):
            found = ATTEMPT.findall(server.log())[seen:]
            if found:
                alarm(*found[0])
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def settled(server: Sshd) -> str:
    """The server's log once it stops growing."""
    log = server.log()
    while True:
        time.sleep(0.3)
        if log == server.log():
            return log
        log = server.log()
