"""The reducer of sections: my.cnf, smb.conf, rsyncd.conf."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.running import body, every_shell, shown


def reduced(shell: str, folder: Path, text: str) -> list[str]:
    file = folder / "file"
    file.write_text(text)
    found = body(shell, f"source_file {file} ini 'guestok skip_networking'")
    return shown(found, file)


@every_shell()
@pytest.mark.parametrize(
    ("text", "travels"),
    [
        ("[a b]\n Guest OK =  yes \n", ["1 [a b]", "2 Guest OK = yes"]),
        ("password = S3C\nS3C\n", ["1 password = _", "2 _"]),
        ("skip-networking\n", ["1 skip-networking"]),
        ("guest ok = \\\n  yes\n", ["1 guest ok = yes"]),
        ("pass\\\nword = S3C \\\n S3C\n", ["1 password = _"]),
        ("# c \\\nguest ok = no\n; c\n", ["2 guest ok = no"]),
        ("!includedir /d\n&merge /m\n &include /i\n", None),
    ],
)
def test_what_travels(
    shell: str, tmp_path: Path, text: str, travels: list[str] | None
) -> None:
    expected = travels or ["1 !includedir /d", "2 &merge /m", "3 &include /i"]
    assert reduced(shell, tmp_path, text) == expected
