"""authorized_keys: keys travel, what options and comments hold beside them does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.reducing import every_awk, reduced, rows
from tests.facts.running import every_shell

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIGkPYUSvBz2JlMOrtq3i0JQQqpNhVN0C0hCXNEOLqEJn"


@every_shell()
def test_a_key_travels_with_its_comment_up_to_the_sign(
    shell: str, tmp_path: Path
) -> None:
    text = f"# old\n\nssh-ed25519 {BLOB} claire@poste12 bis\n"
    found = reduced(tmp_path, text, "authorized_keys", shell=shell)
    assert rows(found) == [f"3 -|ssh-ed25519|{BLOB}|claire"]


@every_awk()
def test_options_keep_their_names(awk: str, tmp_path: Path) -> None:
    text = f"no-pty,Restrict,cert-authority ssh-rsa {BLOB}\n"
    found = reduced(tmp_path, text, "authorized_keys", awk=awk)
    assert rows(found) == [f"1 no-pty;restrict;cert-authority|ssh-rsa|{BLOB}|"]


@every_awk()
def test_a_quoted_option_may_hold_anything(awk: str, tmp_path: Path) -> None:
    options = (
        'from="10.0.0.0/8,192.0.2.*",command="echo \\"ssh-ed25519 AAAA\\" S3CRET",'
        'environment="PASSWORD=S3CRET, x"'
    )
    text = f"{options} ssh-ed25519 {BLOB} bio\n"
    found = reduced(tmp_path, text, "authorized_keys", awk=awk)
    given = "from=10.0.0.0/8,192.0.2.*;command=_;environment=_"
    assert rows(found) == [f"1 {given}|ssh-ed25519|{BLOB}|bio"]


@every_awk()
@pytest.mark.parametrize(
    "line",
    [
        "S3CRET",
        "S3CRET S3CRET S3CRET",
        "root:$6$S3CRET$abc:19000:0:99999:7:::",
        "ssh-ed25519 S3CRET$not/base64",
        'command="S3CRET ssh-ed25519 AAAA',
        "-----BEGIN OPENSSH PRIVATE KEY----- S3CRET",
    ],
)
def test_a_line_that_is_no_key_says_nothing(
    awk: str, line: str, tmp_path: Path
) -> None:
    found = reduced(tmp_path, f"{line}\n", "authorized_keys", awk=awk)
    assert rows(found) == ["1 _"]
