"""`verify`: what was done to a stored run is seen, whichever part and whichever bit."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.model.host import Store
from auditor.store.signing import SIGNATURE, sign
from auditor.store.verifying import State, verify_run, verify_store
from tests.store.runs import key_in, signers_of, stored


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store of three signed runs, and who may sign."""
    folder = tmp_path_factory.mktemp("signed")
    key = key_in(folder, "auditor")
    store = Store(folder / "runs", sign_key=key)
    for number in (1, 2, 3):
        stored(store, number)
    return store.dir, signers_of(key)


def copy_of(signed: tuple[Path, Path], folder: Path) -> tuple[Path, list[Path], Path]:
    """The store once more, to be altered: it, its runs, who may sign."""
    store, signers = signed
    made = shutil.copytree(store, folder / "runs")
    return made, sorted(path for path in made.iterdir() if path.is_dir()), signers


def flips(file: Path, most: int) -> Iterator[int]:
    """Flip one bit of the file at a time, and put it right again: `most` by chance."""
    data = file.read_bytes()
    bits = range(len(data) * 8)
    for bit in random.Random(file.name).sample(bits, min(most, len(bits))):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        file.write_bytes(flipped)
        yield bit
    file.write_bytes(data)


def test_signed_runs_are_whole_and_their_chain_has_no_gap(
    signed: tuple[Path, Path],
) -> None:
    found, wrong = verify_store(*signed)
    assert [State.WHOLE] * 3 == [one.state for one in found]
    assert {"auditor"} == {one.signature.signer for one in found if one.signature}
    assert () == wrong


@pytest.mark.parametrize(
    "part", ["run.json", "inputs/inventory.toml", "snapshots/lab.json"]
)
def test_one_flipped_bit_in_any_part_is_seen(tmp_path: Path, part: str) -> None:
    run = stored(Store(tmp_path))
    for bit in flips(run / part, most=1000):
        assert verify_run(run).faults == (f"{part}: altered",), bit
    assert verify_run(run).faults == ()


@pytest.mark.parametrize("part", ["manifest.json", "manifest.json.sig"])
def test_one_flipped_bit_in_what_vouches_for_the_parts_is_seen(
    signed: tuple[Path, Path], tmp_path: Path, part: str
) -> None:
    _, (run, *_), signers = copy_of(signed, tmp_path)
    for bit in flips(run / part, most=100):
        assert verify_run(run, signers).state is State.ALTERED, bit
    assert verify_run(run, signers).state is State.WHOLE


def test_a_part_that_is_missing_and_one_that_was_added_are_named(
    signed: tuple[Path, Path], tmp_path: Path
) -> None:
    _, (run, *_), signers = copy_of(signed, tmp_path)
    (run / "snapshots" / "lab.json").unlink()
    (run / "snapshots" / "other.json").write_bytes(b"{}")
    assert verify_run(run, signers).faults == (
        "snapshots/lab.json: missing",
        "snapshots/other.json: not in the manifest",
    )


@pytest.mark.parametrize(
    ("taken", "follower"), [(0, "000002"), (1, "000003"), (2, "head.json")]
)
def test_a_run_that_was_taken_from_the_chain_is_named(
    signed: tuple[Path, Path], tmp_path: Path, taken: int, follower: str
) -> None:
    store, runs, signers = copy_of(signed, tmp_path)
    shutil.rmtree(runs[taken])
    _, (fault,) = verify_store(store, signers)
    assert fault.startswith(f"{runs[taken].name}: missing")
    assert follower in fault


def test_runs_taken_from_the_end_with_their_head_are_seen_from_elsewhere(
    signed: tuple[Path, Path], tmp_path: Path
) -> None:
    store, runs, signers = copy_of(signed, tmp_path)
    last = verify_run(runs[2]).sha256
    shutil.rmtree(runs[2])
    shutil.copy(runs[1] / "manifest.json", store / "head.json")
    assert verify_store(store, signers)[1] == ()
    assert verify_store(store, signers, head=last)[1] == (
        f"no run has the manifest {last}: runs were taken from the end",
    )


def test_a_manifest_signed_again_by_another_key_is_seen(
    signed: tuple[Path, Path], tmp_path: Path
) -> None:
    _, (run, *_), signers = copy_of(signed, tmp_path)
    mine = key_in(tmp_path, "mine")
    (run / f"manifest.json{SIGNATURE}").unlink()
    sign(run / "manifest.json", mine)
    found = verify_run(run, signers)
    assert (found.state, len(found.faults)) == (State.ALTERED, 1)
    assert "by another key" in found.faults[0]


def test_a_run_made_and_signed_by_a_stranger_is_not_among_the_signers(
    signed: tuple[Path, Path], tmp_path: Path
) -> None:
    run = stored(Store(tmp_path / "runs", sign_key=key_in(tmp_path, "stranger")))
    found = verify_run(run, signed[1])
    assert found.state is State.ALTERED
    assert "not among the signers" in found.faults[0]


def test_a_run_in_the_place_of_another_is_seen(
    signed: tuple[Path, Path], tmp_path: Path
) -> None:
    _, (first, second, _), signers = copy_of(signed, tmp_path)
    shutil.rmtree(second)
    shutil.copytree(first, second)
    assert verify_run(second, signers).faults == (
        f"manifest.json: of the run {first.name}, but the folder is {second.name}",
    )


def test_a_signature_by_a_key_that_nobody_vouches_for_proves_no_signer(
    signed: tuple[Path, Path],
) -> None:
    run = min(path for path in signed[0].iterdir() if path.is_dir())
    assert verify_run(run, signers=None).state is State.SIGNER_UNKNOWN


def test_a_run_without_a_signature_is_unsigned_and_its_parts_are_checked(
    tmp_path: Path,
) -> None:
    run = stored(Store(tmp_path))
    assert verify_run(run).state is State.UNSIGNED
    (run / "run.json").write_bytes(b"{}")
    assert verify_run(run).faults == ("run.json: altered",)


def test_a_flipped_bit_in_the_last_manifest_nobody_signed_is_seen_by_the_head(
    tmp_path: Path,
) -> None:
    file = stored(Store(tmp_path)) / "manifest.json"
    file.write_bytes(file.read_bytes().replace(b"A. Exemple", b"B. Exemple"))
    assert verify_store(tmp_path)[1] == (
        f"{file.parent.name}: its manifest is not the one in head.json",
    )


def test_a_manifest_that_is_none_hides_no_other_run(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second = stored(store, 1), stored(store, 2)
    (first / "manifest.json").write_bytes(b"\x00")
    found, wrong = verify_store(tmp_path)
    assert [second] == [one.folder for one in found]
    assert any("not such a file" in fault for fault in wrong)
