"""sudoers and doas.conf: rules travel, comments and texts do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.reducing import every_awk, reduced, rows
from tests.facts.running import every_shell


@every_shell()
def test_comments_go_but_numbers_and_includes_stay(shell: str, tmp_path: Path) -> None:
    text = (
        "# S3CRET\n#1001 ALL=(#0) ALL # S3CRET\n%#500 ALL=ALL\n"
        "#includedir /etc/sudoers.d\n#S3CRET\n@include /etc/a\\ b\n"
    )
    found = reduced(tmp_path, text, "sudoers", shell=shell)
    assert rows(found) == [
        "2 #1001 ALL=(#0) ALL",
        "3 %#500 ALL=ALL",
        "4 #includedir /etc/sudoers.d",
        r"6 @include /etc/a\x5c b",
    ]


@every_awk()
def test_a_folded_statement_is_one(awk: str, tmp_path: Path) -> None:
    text = "User_Alias TECH = w1, \\\n  w2 # S3CRET\nTECH ALL=ALL\n"
    found = reduced(tmp_path, text, "sudoers", awk=awk)
    assert [line.text.split() for line in found.lines] == [
        ["User_Alias", "TECH", "=", "w1,", "w2"],
        ["TECH", "ALL=ALL"],
    ]


@every_awk()
@pytest.mark.parametrize(
    ("line", "left"),
    [
        ('Defaults:w1 passprompt="S3CRET # x"', 'Defaults:w1 passprompt="_"'),
        ('Defaults mailto="S3CRET@example.org"', 'Defaults mailto="_"'),
        ('Defaults secure_path="/bin:/sbin"', 'Defaults secure_path="/bin:/sbin"'),
        ("Defaults !authenticate, use_pty", "Defaults !authenticate, use_pty"),
        ("permit nopass setenv { A=S3CRET } w", "permit nopass setenv { _ } w"),
    ],
)
def test_texts_go(awk: str, line: str, left: str, tmp_path: Path) -> None:
    found = reduced(tmp_path, f"{line}\n", "sudoers", awk=awk)
    assert rows(found) == [f"1 {left}"]


@every_awk()
def test_a_hash_sign_in_a_command_may_be_escaped(awk: str, tmp_path: Path) -> None:
    found = reduced(tmp_path, "w ALL=/bin/a \\#b\n", "sudoers", awk=awk)
    assert rows(found) == [r"1 w ALL=/bin/a \x5c#b"]


@every_shell()
def test_the_path_of_an_include_line_stays_whole(shell: str, tmp_path: Path) -> None:
    text = '@include "/etc/sudo lab/tech" # S3CRET\n'
    found = reduced(tmp_path, text, "sudoers", shell=shell)
    assert rows(found) == ['1 @include "/etc/sudo lab/tech"']


@every_awk()
def test_a_quoted_name_of_a_rule_stays(awk: str, tmp_path: Path) -> None:
    text = '"%domain users" ALL=(ALL) ALL\n'
    found = reduced(tmp_path, text, "sudoers", awk=awk)
    assert rows(found) == ['1 "%domain users" ALL=(ALL) ALL']
