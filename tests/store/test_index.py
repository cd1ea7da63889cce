"""The index of a store: from the runs alone, whatever became of its file."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.errors import SnapshotError
from auditor.model.host import Store
from auditor.model.run import Level
from auditor.store.index import INDEX, Index, open_index
from auditor.store.pruning import prune
from tests.report.runs import STARTED
from tests.report.small import fails
from tests.store.histories import an_audit, keep

CLIENT = "Groupe de laboratoires Exemple"
FTP, LOG = fails("ACC-001@a", "LOG-003@a")


def told(index: Index) -> tuple[object, ...]:
    """All that an index knows."""
    return index.runs(), index.episodes(CLIENT), index.visits(CLIENT, "a")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three runs: the first finding is mended, the second comes and stays."""
    folder = tmp_path / "runs"
    keep(folder, an_audit(0, FTP))
    keep(folder, an_audit(30, FTP, LOG))
    keep(folder, an_audit(60, LOG))
    return folder


def test_it_knows_runs_hosts_and_episodes(store: Path) -> None:
    index = open_index(store)
    assert [1, 2, 3] == [line.number for line in index.runs(CLIENT)]
    assert [1, 2, 1] == [visit.fail for visit in index.visits(CLIENT, "a")]
    (open_,) = index.episodes(CLIENT, open_=True)
    (closed,) = index.episodes(CLIENT, open_=False)
    assert ("LOG-003", 2) == (open_.check, open_.first_number)
    assert ("ACC-001", 3) == (closed.check, closed.closed_number)


def test_run_by_run_it_comes_to_the_same_as_all_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    for days, found in enumerate([(FTP,), (), (FTP, LOG), (LOG,)]):
        keep(folder, an_audit(days, *found))
        open_index(folder)
    assert told(open_index(folder)) == told(open_index(folder, anew=True))


def test_nothing_is_cut_where_nothing_was_erased(store: Path) -> None:
    assert open_index(store).cut(CLIENT) is None


def test_episodes_can_be_asked_for_by_host_and_check(store: Path) -> None:
    index = open_index(store)
    assert ["LOG-003"] == [e.check for e in index.episodes(CLIENT, check="LOG-003")]
    assert () == index.episodes(CLIENT, host="b")


def test_what_was_open_after_an_earlier_run_can_be_asked_for(store: Path) -> None:
    index = open_index(store)
    assert {"ACC-001", "LOG-003"} == {one.check for one in index.at(CLIENT, 2)}


def test_another_client_has_a_history_of_its_own(store: Path) -> None:
    keep(store, an_audit(90, FTP, client="Autre"))
    index = open_index(store)
    (other,) = index.episodes("Autre")
    assert (False, 3) == (other.returned, len(index.runs(CLIENT)))


def test_runs_that_judged_old_snapshots_again_are_left_out(store: Path) -> None:
    before = told(open_index(store))
    keep(store, an_audit(90, FTP), again="2026-11-25T090000Z-1a2b3c")
    assert before == told(open_index(store))


def test_a_redacted_run_is_left_out_and_named(store: Path) -> None:
    made = keep(store, an_audit(90, FTP, level=Level.R2))
    index = open_index(store)
    assert (f"{made.name}: left out: handed over at R2",) == index.notes
    assert 3 == len(index.runs())


def test_erased_runs_leave_nothing_behind(store: Path) -> None:
    open_index(store)
    day = STARTED + timedelta(days=3650)
    erased = list(
        prune(Store(store, keep=1), "A. Exemple", max(day, datetime.now(UTC)))
    )
    assert 2 == len(erased)
    index = open_index(store)
    assert [3] == [line.number for line in index.runs()]
    assert [3] == [one.first_number for one in index.episodes(CLIENT)]
    assert 3 == index.cut(CLIENT)


@pytest.mark.parametrize("content", [None, b"{}", b""])
def test_a_run_that_is_not_as_stored_is_left_out_and_named(
    store: Path, content: bytes | None
) -> None:
    file = sorted(store.glob("2*"))[1] / "run.json"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    index = open_index(store)
    (note,) = index.notes
    assert str(file) in note
    assert [1, 3] == [line.number for line in index.runs()]


def test_its_file_is_its_owners_and_can_be_asked_with_sqlite(store: Path) -> None:
    open_index(store)
    file = store / INDEX
    assert 0o600 == file.stat().st_mode & 0o777
    with sqlite3.connect(file) as connection:
        (count,) = connection.execute("SELECT count(*) FROM episodes").fetchone()
    assert 2 == count


def test_a_file_that_is_gone_is_made_anew(store: Path) -> None:
    before = told(open_index(store))
    (store / INDEX).unlink()
    assert before == told(open_index(store))


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_is_made_anew_and_named(store: Path, seed: int) -> None:
    before = told(open_index(store))
    file, chance = store / INDEX, random.Random(seed)
    data = bytearray(file.read_bytes())
    at = chance.randrange(len(data))
    data[at : at + chance.choice([1, 16, 4096])] = chance.randbytes(
        chance.randint(0, 9)
    )
    file.write_bytes(data)
    index = open_index(store)
    assert before == told(index)
    assert (f"{file}: damaged; made anew",) == index.notes
    assert () == open_index(store).notes


@pytest.mark.parametrize("size", [0, 1, 60, 64, 100, 4096, 5000])
def test_a_file_that_is_cut_short_is_made_anew(store: Path, size: int) -> None:
    before = told(open_index(store))
    os.truncate(store / INDEX, size)
    assert before == told(open_index(store))


def test_another_version_is_made_anew(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(store)
    with sqlite3.connect(store / INDEX) as connection:
        connection.execute("UPDATE episodes SET host = 'x'")
    connection.close()
    monkeypatch.setattr("auditor.store.index._MADE_BY", 7)
    monkeypatch.setattr("auditor.store.index._sum", lambda data: bytes(data[60:64]))
    assert ["a"] == sorted({one.host for one in open_index(store).episodes(CLIENT)})


def test_a_run_taken_out_or_put_in_makes_it_anew(store: Path, tmp_path: Path) -> None:
    before = told(open_index(store))
    second = sorted(store.glob("2*"))[1]
    aside = tmp_path / second.name
    shutil.move(second, aside)
    assert [1, 3] == [line.number for line in open_index(store).runs()]
    shutil.move(aside, second)
    assert before == told(open_index(store))


def test_a_store_that_can_not_be_written_has_one_in_memory(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = told(open_index(store))
    (store / INDEX).unlink()
    monkeypatch.setattr("auditor.store.index.write_atomic", refused)
    index = open_index(store)
    assert before == told(index)
    assert (f"{store / INDEX}: not written: No space left on device",) == index.notes


def test_a_clock_that_goes_backwards_changes_no_order(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    names = [keep(folder, an_audit(days, FTP)).name for days in (0, -40, -20)]
    assert sorted(names) != names
    index = open_index(folder)
    assert names == [line.run for line in index.runs()]
    (one,) = index.episodes(CLIENT)
    assert (names[0], names[2]) == (one.first_run, one.last_run)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="no such folder"):
        open_index(tmp_path / "none")


def test_an_empty_store_has_an_empty_history(tmp_path: Path) -> None:
    assert () == open_index(tmp_path).runs()
