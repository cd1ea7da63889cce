"""A report of several files replaces an older one whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.store import documents
from auditor.store.documents import write_document

OLD, NEW = "r.html.pages/" + "0" * 12, "r.html.pages/" + "1" * 12


def files(folder: Path) -> dict[str, bytes]:
    """Every file below by its relative path."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in found}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_document(tmp_path / "r.html", b"old", OLD, {"a.html": b"A", "b.html": b"B"})
    return tmp_path


WHOLE_OLD = {"r.html": b"old", f"{OLD}/a.html": b"A", f"{OLD}/b.html": b"B"}
WHOLE_NEW = {"r.html": b"new", f"{NEW}/a.html": b"N"}


def test_pages_stand_beside_the_file(old: Path) -> None:
    assert WHOLE_OLD == files(old)


def test_pages_of_an_older_report_go_once_the_new_one_is_there(old: Path) -> None:
    write_document(old / "r.html", b"new", NEW, {"a.html": b"N"})
    assert WHOLE_NEW == files(old)


def test_a_report_of_one_file_leaves_no_pages_of_an_older_one(old: Path) -> None:
    write_document(old / "r.html", b"new")
    assert {"r.html": b"new"} == files(old)
    assert not (old / "r.html.pages").exists()


def test_only_folders_of_pages_are_removed(old: Path) -> None:
    notes = old / "r.html.pages" / "notes"
    notes.mkdir()
    (notes / "mine.txt").write_bytes(b"mine")
    write_document(old / "r.html", b"new", NEW, {"a.html": b"N"})
    assert WHOLE_NEW | {"r.html.pages/notes/mine.txt": b"mine"} == files(old)


def test_the_same_report_again_mends_a_page_that_was_lost(old: Path) -> None:
    (old / OLD / "a.html").unlink()
    write_document(old / "r.html", b"old", OLD, {"a.html": b"A", "b.html": b"B"})
    assert WHOLE_OLD == files(old)


def test_only_the_owner_may_read_it(old: Path) -> None:
    modes = {f.name: f.stat().st_mode & 0o777 for f in old.rglob("*")}
    assert {0o600, 0o700} == set(modes.values())


@pytest.mark.parametrize("step", ["write_new", "write_atomic", "_remove_others"])
def test_a_kill_at_any_step_leaves_a_whole_report(
    old: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(documents, step, killed)
    with pytest.raises(KeyboardInterrupt):
        write_document(old / "r.html", b"new", NEW, {"a.html": b"N"})
    left = files(old)
    whole = WHOLE_OLD if left["r.html"] == b"old" else WHOLE_NEW
    assert whole.items() <= left.items()
