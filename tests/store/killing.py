"""Writers of one store, each killed at some instant: `python -m tests.store.killing`.

A process of its own, with a single thread, so that its forks are whole; the imports are
paid once. Prints the name of every run that a writer said it had stored, and `cut` for
every kill in the middle of one.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

from auditor.model.host import Store
from auditor.store.index import open_index
from tests.store.runs import stored

#: A writer lives at most for as long as this many runs take.
LONGEST = 2


def write_until_killed(store: Store, said: int, first: int) -> None:
    """Store one run after the other, tell of each once it is stored, and index it."""
    for number in count(first):
        os.write(said, f"{stored(store, number).name}\n".encode())
        open_index(store.dir)


def main(folder: Path, kills: int) -> None:
    """Start a writer, kill it, start the next."""
    store, chance = Store(folder), random.Random(kills)
    begun = time.monotonic()
    stored(store)
    open_index(store.dir)
    longest = LONGEST * (time.monotonic() - begun)
    for kill in range(kills):
        writer = os.fork()
        if writer == 0:
            write_until_killed(store, sys.stdout.fileno(), kill * 100)
        time.sleep(chance.uniform(0, longest))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        if any(folder.glob(".new-*")):
            os.write(sys.stdout.fileno(), b"cut\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
