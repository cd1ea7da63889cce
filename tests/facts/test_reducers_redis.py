"""The reducer of Redis' files: passwords stay, what they are worth travels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.running import body, every_shell, shown

DECLARED = "bind protected-mode port include aclfile"


def reduced(shell: str, folder: Path, text: str) -> list[str]:
    file = folder / "redis.conf"
    file.write_text(text)
    return shown(body(shell, f"source_file {file} redis '{DECLARED}'"), file)


@every_shell()
def test_a_declared_name_keeps_its_arguments(shell: str, tmp_path: Path) -> None:
    text = "# x\n\n  BIND 127.0.0.1 \"-::1\"\nProtected-Mode  'no'\n"
    assert reduced(shell, tmp_path, text) == [
        "3 bind\t127.0.0.1\t-::1",
        "4 protected-mode\tno",
    ]


@every_shell()
def test_other_names_keep_nothing(shell: str, tmp_path: Path) -> None:
    text = 'masteruser S3C\nrename-command CONFIG S3C\nloadmodule /x "S3C S3C"\n'
    assert reduced(shell, tmp_path, text) == [
        "1 masteruser\t_",
        "2 rename-command\t_\t_",
        "3 loadmodule\t_\t_",
    ]


@every_shell()
@pytest.mark.parametrize(
    ("password", "word"),
    [
        ('""', "empty"),
        ("''", "empty"),
        ("S3C-456789012345", "long"),
        ("S3C-45678901234", "short"),
        ('"S3C \\"67890123456"', "long"),
        ('"S3C \\x41"', "short"),
    ],
)
def test_of_a_password_only_its_worth_travels(
    shell: str, tmp_path: Path, password: str, word: str
) -> None:
    assert reduced(shell, tmp_path, f"requirepass {password}\n") == [
        f"1 requirepass\t{word}"
    ]


@every_shell()
def test_of_a_users_rules_stays_whether_a_password_is_asked(
    shell: str, tmp_path: Path
) -> None:
    text = "user default on NOPASS >S3C #5e884898 <S3C ~S3C* &* +@all\n"
    assert reduced(shell, tmp_path, text) == [
        "1 user\tdefault\ton\tNOPASS\t>_\t#_\t_\t_\t_\t_"
    ]
