"""FileTree: what it can't see, and what must not hold it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.facts.file_tree import FileTree
from auditor.model.sources import Status, parse_body
from tests.facts.running import asking, every_shell
from tests.facts.trees import NOBODY, answered, searching, tree


def tree_with(shell: str, here: str, instead: str) -> FileTree:
    """The whole search with one second, and something else in its text."""
    assert here in FileTree.fragment
    fragment = FileTree.fragment.replace(here, instead)
    changed = asking(fragment, "1", "3", "0", name="FileTree")
    changed.after = FileTree.after
    return FileTree.parse(answered(shell, changed))


@every_shell()
@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
def test_each_folder_that_we_cannot_enter_is_a_source_of_its_own(
    shell: str, public: Path
) -> None:
    for number in range(23):
        (public / f"shut{number:02}").mkdir(mode=0o700)
    body = answered(shell, searching(public), user=NOBODY)
    denied = [s.name for s in body.sources if s.status is Status.DENIED]
    assert len(denied) == 21
    assert denied[-1] == "and 3 more"
    assert all(name.startswith(f"{public}/shut") for name in denied[:-1])
    assert FileTree.parse(body).status is Status.DENIED


@every_shell()
def test_pipes_sparse_files_and_loops_do_not_hold_the_search(
    shell: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "aa.sql", 0o644)
    with (tmp_path / "ab.sql").open("wb") as sparse:
        sparse.truncate(60 << 30)
    (tmp_path / "ac").symlink_to(".")
    (tmp_path / "ad").symlink_to("/proc/self/root")
    (tmp_path / "zz.sql").write_text("-- MySQL dump\n")
    result = tree(shell, tmp_path)
    assert result.status is Status.OK
    names = [entry.path.rpartition("/")[2] for entry in result.entries]
    assert sorted(names) == ["ab.sql", "zz.sql"]


@every_shell()
def test_a_mount_that_is_not_walked_is_truncated(shell: str, tmp_path: Path) -> None:
    (tmp_path / "nas de labo").mkdir()
    (tmp_path / "nas de labo" / "a.sql").write_text("x")
    (tmp_path / "b.sql").write_text("x")
    away = f"{tmp_path}/nas de labo"
    mounts = asking(
        "head_line ok file /proc/self/mountinfo 0\n"
        "printf ' 1\\twalk\\t27\\t1\\t8:0\\t/\\t/\\text4\\t/dev/a\\trw\\trw\\n'\n"
        f"printf ' 2\\taway\\t41\\t27\\t0:41\\t/\\t{away}\\tnfs\\tnas:/x\\trw\\trw\\n'",
        name="Mounts",
    )
    fact = searching(tmp_path)
    fact.after = (mounts, fact.after[1])
    result = FileTree.parse(answered(shell, fact))
    assert [entry.path for entry in result.entries] == [f"{tmp_path}/b.sql"]
    assert [(s.name, s.status, s.rc) for s in result.sources[1:]] == [
        (away, Status.TRUNCATED, "nfs")
    ]


@every_shell()
def test_more_entries_than_the_limit_are_truncated(shell: str, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.sql").write_text("x")
    body = answered(shell, searching(tmp_path, "30", "3", "0", "*.sql"))
    result = FileTree.parse(body)
    assert (result.status, len(result.entries)) == (Status.TRUNCATED, 3)


@every_shell()
def test_a_search_without_time_is_timed_out(shell: str) -> None:
    result = tree_with(shell, 'set -- find "$@"', "set -- sleep 9")
    assert result.status is Status.TIMED_OUT


@every_shell()
def test_a_find_that_lacks_a_test_has_failed(shell: str) -> None:
    result = tree_with(shell, "-perm -4000", "-no-such-test")
    assert result.status is Status.FAILED


@every_shell()
def test_a_host_without_stat_has_no_tool(shell: str) -> None:
    result = tree_with(shell, "find stat;", "find no-such-stat;")
    assert result.status is Status.NO_TOOL


def test_the_sources_that_could_hide_something_in_a_folder() -> None:
    names = ["/", "/srv/mega", "/srv/mega/public/x", "/home/a", "and 7 more"]
    body = "".join(f"denied\tsearch\t{name}\t-\n" for name in names)
    result = FileTree.parse(parse_body("FileTree", body))
    over = [source.name for source in result.over(["/srv/mega/public"])]
    assert over == ["/", "/srv/mega", "/srv/mega/public/x", "and 7 more"]
