"""A store whose writers are killed: nothing half, nothing lost that was told of."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest

from auditor.model.host import Store
from auditor.store.chain import gaps, read_chain
from auditor.store.index import INDEX, open_index
from auditor.store.verifying import State, verify_store
from tests.report.runs import INFO
from tests.store.runs import stored

KILLS = 200
CLIENT = INFO["client"]


#: A kill takes nothing from a disk, unlike a power cut: flushing only takes time.
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def killed() -> Iterator[tuple[Path, list[str]]]:
    """A store after 200 kills, and what its writers and their killer said."""
    room = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="killed-", dir=room) as folder:
        command = [sys.executable, "-m", "tests.store.killing", folder, str(KILLS)]
        done = subprocess.run(command, stdout=PIPE, encoding="ascii", check=True)
        yield Path(folder), done.stdout.split()


def test_kills_came_between_runs_and_in_the_middle_of_them(
    killed: tuple[Path, list[str]],
) -> None:
    cut = killed[1].count("cut")
    assert 0 < cut < KILLS
    assert set(killed[1]) > {"cut"}


def test_every_run_that_was_told_of_is_there(killed: tuple[Path, list[str]]) -> None:
    store, said = killed
    assert set(said) - {"cut"} <= {path.name for path in store.glob("2*")}


def test_no_run_is_half(killed: tuple[Path, list[str]]) -> None:
    found, wrong = verify_store(killed[0])
    assert {(State.UNSIGNED, ())} == {(one.state, one.faults) for one in found}
    assert len(list(killed[0].glob("2*"))) == len(found)
    assert () == wrong


def test_the_index_is_whole_or_not_there(killed: tuple[Path, list[str]]) -> None:
    """Of a half-written or a torn one a note would tell; it may be behind."""
    store = killed[0]
    assert (store / INDEX).is_file()
    found = open_index(store)
    assert () == found.notes
    anew = open_index(store, anew=True)
    assert (anew.runs(), anew.episodes(CLIENT)) == (
        found.runs(),
        found.episodes(CLIENT),
    )
    assert len(list(store.glob("2*"))) == len(found.runs())
    assert found.episodes(CLIENT) != ()


def test_the_next_run_goes_on_and_sweeps(killed: tuple[Path, list[str]]) -> None:
    store = killed[0]
    stored(Store(store), 99_999)
    assert [] == list(store.glob(".new-*"))
    chain = read_chain(store)
    assert [] == list(gaps(chain))
    numbers = [link.manifest.number for link in chain.links]
    assert list(range(1, len(numbers) + 1)) == numbers
