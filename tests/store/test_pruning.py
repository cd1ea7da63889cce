"""Erasing old runs: what goes, what stays as a record, and what a kill leaves."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.model.host import Store
from auditor.store.chain import alerts_of, read_chain
from auditor.store.manifest import decode_erasure
from auditor.store.pruning import due, prune
from auditor.store.verifying import State, verify_store
from tests.store.runs import key_in, signers_of, stored

LATER = datetime.now(UTC) + timedelta(days=401)


def test_old_runs_go_but_the_last_one_stays(tmp_path: Path) -> None:
    store = Store(tmp_path, keep=400)
    first, second = stored(store, 1), stored(store, 2)
    assert [] == list(prune(store, "A. Exemple"))
    assert [first] == [link.folder for link in prune(store, "A. Exemple", LATER)]
    assert ["erased.json", "manifest.json"] == sorted(p.name for p in first.iterdir())
    assert (second / "run.json").is_file()


def test_the_record_says_who_erased_when_and_by_what_rule(tmp_path: Path) -> None:
    store = Store(tmp_path, keep=400)
    first = stored(store, 1)
    stored(store, 2)
    list(prune(store, "A. Exemple", LATER))
    record = decode_erasure((first / "erased.json").read_bytes(), "erased.json")
    assert (first.name, "A. Exemple", LATER, "[store] keep = 400 days") == (
        record.run,
        record.auditor,
        record.erased,
        record.rule,
    )


def test_an_erased_run_leaves_the_chain_without_a_gap(tmp_path: Path) -> None:
    key = key_in(tmp_path, "auditor")
    store = Store(tmp_path / "runs", keep=400, sign_key=key)
    for number in (1, 2, 3):
        stored(store, number)
    list(prune(store, "A. Exemple", LATER))
    found, wrong = verify_store(store.dir, signers_of(key))
    assert [State.ERASED, State.ERASED, State.WHOLE] == [one.state for one in found]
    assert () == wrong


def test_a_record_that_nobody_signed_erases_nothing_lawfully(tmp_path: Path) -> None:
    key = key_in(tmp_path, "auditor")
    store = Store(tmp_path / "runs", keep=400, sign_key=key)
    first, _ = stored(store, 1), stored(store, 2)
    list(prune(store, "A. Exemple", LATER))
    (first / "erased.json.sig").unlink()
    (one, _), _ = verify_store(store.dir, signers_of(key))
    assert one.faults == ("erased.json.sig: missing, or does not fit erased.json",)


def test_parts_taken_without_a_record_are_missing(tmp_path: Path) -> None:
    first = stored(Store(tmp_path), 1)
    shutil.rmtree(first / "snapshots")
    (one,), _ = verify_store(tmp_path)
    assert one.faults == ("snapshots/lab.json: missing",)


def test_an_erasure_that_a_kill_cut_short_is_finished_by_the_next(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path, keep=400)
    first, _ = stored(store, 1), stored(store, 2)
    list(prune(store, "A. Exemple", LATER))
    (first / "snapshots").mkdir()
    (first / "snapshots" / "left.json").touch()
    found = due(read_chain(tmp_path), store.keep, datetime.now(UTC))
    assert [first] == [link.folder for link in found]
    list(prune(store, "A. Exemple"))
    assert not (first / "snapshots").exists()


def test_what_was_told_of_an_erased_run_goes_but_the_last_that_tells_it_stays(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path, keep=400)
    runs = [stored(store, number) for number in (1, 2, 3)]
    records = [alerts_of(tmp_path, run.name) for run in runs[:2]]
    records[0].parent.mkdir()
    for record in records:
        record.write_bytes(b"{}")
    list(prune(store, "A. Exemple", LATER))
    assert [False, True] == [record.exists() for record in records]
