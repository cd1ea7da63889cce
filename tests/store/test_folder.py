"""Run folders: numbered along their chain, one writer at a time, encrypted if asked."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from auditor.errors import AuditorError, StoreError
from auditor.model.host import Store
from auditor.store.chain import gaps, read_chain
from auditor.store.folder import RunFolder, read_run, read_snapshot
from auditor.store.sealing import Identities
from tests.evaluate.facts import snapshot
from tests.store.runs import INPUTS, a_run, key_in, stored


def test_runs_are_numbered_and_name_the_one_before(tmp_path: Path) -> None:
    store = Store(tmp_path)
    names = [stored(store, number).name for number in (1, 2)]
    chain = read_chain(tmp_path)
    assert [(1, names[0]), (2, names[1])] == [
        (link.manifest.number, link.manifest.run) for link in chain.links
    ]
    assert chain.links[1].manifest.previous == chain.links[0].before
    assert chain.head is not None
    assert chain.head.sha256 == chain.links[1].sha256


def test_a_clock_that_goes_back_changes_no_order(tmp_path: Path) -> None:
    store = Store(tmp_path)
    names = [stored(store, number).name for number in (9, 3, 5)]
    assert names == [link.manifest.run for link in read_chain(tmp_path).links]
    assert [] == list(gaps(read_chain(tmp_path)))


def test_the_same_snapshots_judged_twice_are_two_runs(tmp_path: Path) -> None:
    first, second = stored(Store(tmp_path)), stored(Store(tmp_path))
    assert second.name == f"{first.name}-2"
    assert [] == list(gaps(read_chain(tmp_path)))


def test_a_head_that_is_one_behind_is_mended_by_the_next_run(tmp_path: Path) -> None:
    """What a kill between a run and its head leaves."""
    store = Store(tmp_path)
    stored(store, 1)
    head = (tmp_path / "head.json").read_bytes()
    stored(store, 2)
    (tmp_path / "head.json").write_bytes(head)
    assert [] == list(gaps(read_chain(tmp_path)))
    stored(store, 3)
    assert [1, 2, 3] == [one.manifest.number for one in read_chain(tmp_path).links]
    assert [] == list(gaps(read_chain(tmp_path)))


def test_a_second_writer_is_refused_by_the_number_of_the_first(tmp_path: Path) -> None:
    with (
        RunFolder(Store(tmp_path)),
        pytest.raises(StoreError, match=r"process \d+ is writing there"),
    ):
        RunFolder(Store(tmp_path))
    stored(Store(tmp_path))


def test_snapshots_are_encrypted_before_they_reach_the_disk(tmp_path: Path) -> None:
    client = pyrage.x25519.Identity.generate()
    store = Store(tmp_path / "runs", recipients=(str(client.to_public()),))
    with RunFolder(store) as folder:
        folder.snapshots.add(snapshot("lab", Door="front=open"))
        lying = [path.read_bytes() for path in store.dir.rglob("*") if path.is_file()]
        assert not any(b"front" in data for data in lying)
        assert ["lab"] == [one.host for one in folder.snapshots.read(["lab"])]
        run = folder.finish(a_run(), INPUTS)
    (file,) = (run / "snapshots").iterdir()
    with pytest.raises(AuditorError, match="encrypted; --identity FILE"):
        read_snapshot(file)
    (tmp_path / "key.txt").write_text(f"# the client's\n{client}\n")
    opened = Identities([tmp_path / "key.txt"]).opened
    assert "front=open" in read_snapshot(file, opened).facts["Door"].text


def test_an_ssh_key_can_be_a_recipient(tmp_path: Path) -> None:
    key = key_in(tmp_path)
    store = Store(tmp_path / "runs", recipients=(key.with_suffix(".pub").read_text(),))
    (file,) = (stored(store) / "snapshots").iterdir()
    assert read_snapshot(file, Identities([key]).opened).host == "lab"
    with pytest.raises(AuditorError, match="can't be decrypted"):
        read_snapshot(file, Identities([key_in(tmp_path, "other")]).opened)


@pytest.mark.parametrize(
    ("store", "words"),
    [
        (Store(Path("runs"), recipients=("age1wrong",)), "age1wrong"),
        (Store(Path("runs"), sign_key=Path("/none/key")), "sign_key /none/key: can't"),
    ],
)
def test_a_key_that_will_be_missing_stops_before_anything_is_done(
    store: Store, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AuditorError, match=words):
        RunFolder(store)
    assert [] == list(Path().glob("**/.new-*"))


def test_what_is_no_identity_is_refused_without_repeating_it(tmp_path: Path) -> None:
    file = tmp_path / "key.txt"
    file.write_text("AGE-SECRET-KEY-1QQQQ\n")
    with pytest.raises(AuditorError) as refused:
        Identities([file])
    assert "QQQQ" not in str(refused.value)


def test_a_run_reads_back_to_the_same(tmp_path: Path) -> None:
    assert read_run(stored(Store(tmp_path))) == a_run()
