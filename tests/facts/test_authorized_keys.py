"""Keys from their lines: fingerprint, size, options."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from auditor.facts.authorized_keys import AuthorizedKeys
from auditor.model.sources import Body, parse_body

FILE = "/home/labo/.ssh/authorized_keys"


def body(*lines: str, files: str = " 1\tlabo\t1001\t" + FILE) -> Body:
    text = f"ok\tvalue\tkey files\t-\n{files}\nok\tfile\t{FILE}\t0\n"
    text += "".join(f" {n}\t{line}\n" for n, line in enumerate(lines, 1))
    return parse_body("AuthorizedKeys", text)


@pytest.mark.parametrize(
    ("kind", "bits"),
    [("rsa", 1024), ("rsa", 3072), ("ecdsa", 384), ("ed25519", 256)],
)
def test_a_key_is_what_ssh_keygen_says(kind: str, bits: int, tmp_path: Path) -> None:
    file = tmp_path / "key"
    make = ["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", "", "-f", str(file)]
    subprocess.run(make, check=True)
    public = file.with_suffix(".pub")
    shown = subprocess.run(
        ["ssh-keygen", "-lf", public], check=True, capture_output=True, text=True
    ).stdout.split()
    name, blob, _ = public.read_text().split(" ", 2)
    (key,) = AuthorizedKeys.parse(body(f"-\t{name}\t{blob}\tclaire")).keys
    assert [str(key.bits), key.fingerprint] == shown[:2]


BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIGkPYUSvBz2JlMOrtq3i0JQQqpNhVN0C0hCXNEOLqEJn"


def test_options_are_by_name() -> None:
    line = f"from=10.0.0.0/8;command=_;no-pty\tssh-ed25519\t{BLOB}\tbio"
    (key,) = AuthorizedKeys.parse(body(line)).keys
    assert key.options == {"from": "10.0.0.0/8", "command": "_", "no-pty": ""}
    assert key.restricted is True


def test_evidence_shows_the_comment_as_a_person() -> None:
    (key,) = AuthorizedKeys.parse(body(f"-\tssh-ed25519\t{BLOB}\tclaire")).keys
    assert [shown.kind.value for shown in key.read.shows] == ["fingerprint", "person"]


def test_a_file_may_open_several_accounts() -> None:
    files = f" 1\tlabo\t1001\t{FILE}\n 2\ttoor\t0\t{FILE}"
    found = AuthorizedKeys.parse(body(f"-\tssh-ed25519\t{BLOB}\t", files=files))
    assert (len(found.of("labo")), len(found.of("toor"))) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "_",
        f"-\tssh-rsa\t{BLOB}\tthe type in the blob is another",
        "-\tssh-ed25519\tAAAA\tcut",
        "-\tssh-ed25519\t====\tno base64",
    ],
)
def test_a_line_that_sshd_would_skip_is_no_key(line: str) -> None:
    assert AuthorizedKeys.parse(body(line)).keys == ()
