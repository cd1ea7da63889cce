"""`verify`, `store`, `--sign-key`, `--identity` as a user calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Done, auditor, complaint, inventory, snapshot
from tests.store.runs import key_in, signers_of

SIGNED = """\
transport = "answer"

[store]
sign_key = "auditor"
signers = "allowed_signers"
keep = "1 day"
"""


def kept(folder: Path, *words: str | Path) -> Path:
    """The run folder of an evaluation into `runs` beside the inventory."""
    out = folder / "runs"
    before = set(out.glob("2*"))
    file = folder / "inventory.toml"
    taken = snapshot(folder)
    done = auditor("evaluate", taken, "-i", file, "-o", out, *words)
    assert done.returncode in (0, 1, 3), done.stderr
    (made,) = set(out.glob("2*")) - before
    return made


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A signed run; its inventory knows who may sign."""
    signers_of(key_in(tmp_path, "auditor"))
    inventory(tmp_path, SIGNED)
    return kept(tmp_path)


def verified(run: Path, *words: str | Path) -> Done:
    """What `verify` says of the store of a run."""
    return auditor("verify", "-i", run.parents[1] / "inventory.toml", *words)


def test_a_store_of_signed_runs_is_whole(signed: Path) -> None:
    done = verified(signed)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{signed.name}  whole, signed by auditor" in done.stdout


def test_one_run_can_be_asked_for(signed: Path) -> None:
    done = auditor("verify", signed, "--signers", signed.parents[1] / "allowed_signers")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


def test_an_altered_part_is_named(signed: Path) -> None:
    (signed / "run.json").write_bytes(b"{}")
    done = verified(signed)
    assert done.returncode == 1
    assert "  run.json: altered" in done.stdout.splitlines()


def test_without_signers_nothing_is_proven(signed: Path) -> None:
    assert auditor("verify", signed).returncode == 3


def test_a_head_from_elsewhere_shows_a_run_that_was_taken(signed: Path) -> None:
    done = verified(signed, "--head", "ab" * 32)
    assert done.returncode == 1
    assert "chain  no run has the manifest" in done.stdout


def test_what_holds_no_run_is_refused(tmp_path: Path) -> None:
    assert "holds no run" in complaint(auditor("verify", tmp_path))


def test_a_key_that_can_not_sign_is_refused_before_anything_is_judged(
    tmp_path: Path,
) -> None:
    words = ("evaluate", snapshot(tmp_path), "-i", inventory(tmp_path))
    done = auditor(*words, "-o", tmp_path / "out", "--sign-key", tmp_path / "none")
    assert "can't sign" in complaint(done)


def test_prune_without_a_time_says_how_to_set_one(tmp_path: Path) -> None:
    done = auditor("store", "prune", "-i", inventory(tmp_path))
    assert 'keep = "24 months"' in complaint(done)


def test_prune_tells_what_it_would_erase(signed: Path) -> None:
    file = signed.parents[1] / "inventory.toml"
    done = auditor("store", "prune", "-i", file, "--dry-run")
    assert (done.returncode, done.stdout) == (0, "")
