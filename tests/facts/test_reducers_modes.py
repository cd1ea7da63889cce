"""The reducer of stat's records: a name can't pretend to be another record."""

from __future__ import annotations

from pathlib import Path

from tests.facts.running import body, every_shell, shown

WALK = (
    "source_command -as walk modes '' find \"$1\" -mindepth 1 -type d"
    ' -exec stat -c "$N %f %n" {} +'
)


@every_shell()
def test_a_name_with_a_line_feed_stays_one_record(shell: str, tmp_path: Path) -> None:
    (tmp_path / "x\n41ff fake\n").mkdir(mode=0o755)
    lines = shown(body(shell, WALK, str(tmp_path)), "walk")
    assert lines == [f"1 41ed {tmp_path}/x\\x0a41ff fake\\x0a"]


@every_shell()
def test_each_folder_is_one_record(shell: str, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir(mode=0o700)
    (tmp_path / "a b" / "c").mkdir(mode=0o755)
    lines = shown(body(shell, WALK, str(tmp_path)), "walk")
    assert lines == [f"1 41c0 {tmp_path}/a b", f"2 41ed {tmp_path}/a b/c"]
