"""A file is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.store.atomic import write_atomic


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_mode_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_atomic(tmp_path / "a", b"x", 0o644)
    finally:
        os.umask(before)

    assert (b"x", 0o644) == (
        (tmp_path / "a").read_bytes(),
        (tmp_path / "a").stat().st_mode & 0o777,
    )


def test_a_file_is_for_its_owner_unless_told(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"x")

    assert 0o600 == (tmp_path / "a").stat().st_mode & 0o777


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"old")
    with (tmp_path / "a").open("rb") as reader:
        write_atomic(tmp_path / "a", b"new")

        assert (b"old", b"new") == (reader.read(), (tmp_path / "a").read_bytes())


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomic(tmp_path / "a", b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device", handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(tmp_path / "a", b"new")

    assert (["a"], b"old") == (names(tmp_path), (tmp_path / "a").read_bytes())


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a").write_bytes(b"old")
    (tmp_path / "link").symlink_to("there/a")
    write_atomic(tmp_path / "link", b"new")

    assert (tmp_path / "link").is_symlink()
    assert b"new" == (tmp_path / "there" / "a").read_bytes()


def test_a_folder_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "no" / "a", b"x")
