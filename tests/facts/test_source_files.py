"""What is there where a file is looked for."""

from __future__ import annotations

from pathlib import Path

from tests.facts.running import body, every_shell


def statuses(shell: str, *paths: Path) -> list[str]:
    found = body(shell, "\n".join(f"source_file {path} keep" for path in paths))
    return [source.status.value for source in found.sources]


@every_shell()
def test_a_link_to_dev_null_is_read_as_empty(shell: str, tmp_path: Path) -> None:
    link = tmp_path / "masked.conf"
    link.symlink_to("/dev/null")
    assert statuses(shell, link) == ["ok"]


@every_shell()
def test_a_lost_link_and_another_device_are_no_answer(
    shell: str, tmp_path: Path
) -> None:
    lost = tmp_path / "lost.conf"
    lost.symlink_to(tmp_path / "nowhere")
    assert statuses(shell, lost, Path("/dev/zero")) == ["failed", "failed"]
