"""Keyed digests of password fields: equal for equal fields, and no way back."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.collect.program import assemble
from auditor.evaluate.inputs import HostInputs
from auditor.facts.shadow import PasswordDigests
from auditor.model.check import Audit
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.snapshot import FactText, HostState, Snapshot
from auditor.model.sources import Status, parse_body
from tests.cases import profile
from tests.facts.running import SHELLS, every_shell

KEY = "a key of 'one' run"
FIELD = "$6$S3CRETsalt$S3CRET%s\\n/abc."
WATCHED = ("awk", "sha256sum", "cksum", "timeout", "id", "date")


@pytest.fixture
def fact(tmp_path: Path) -> type[Fact]:
    shadow, passwd = tmp_path / "shadow", tmp_path / "passwd"
    shadow.write_text(
        f"root:{FIELD}:1::::::\nlabo:{FIELD}:1::::::\nw1:!{FIELD}:1::::::\n"
        f"w2:*:1::::::\nw3::1::::::\nw4:$y$other:1::::::\nw5::1\n"
    )
    passwd.write_text(
        "root:x:0:0::/root:/bin/sh\nlabo:x:1001:1::/:\nbox:abS3CRETabcde:7:7::/:\n"
    )
    fragment = PasswordDigests.fragment
    fragment = fragment.replace("/etc/shadow", str(shadow))
    fragment = fragment.replace("/etc/passwd", str(passwd))
    return type("PasswordDigests", (PasswordDigests,), {"fragment": fragment})


def run(shell: str, fact: type[Fact], key: str, path: str | None = None) -> str:
    """The body that the program gives with that key."""
    argv = SHELLS[shell]
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{argv[0]} is not installed")
    host = Host(name="here", address="127.0.0.1")
    program = assemble([fact], host, Manifests(), profile(), digest_key=key)
    done = subprocess.run(
        argv,
        input=program.text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
        env=None if path is None else {"PATH": path},
    )
    answer = done.stdout.decode("ascii")
    head, _, rest = answer.partition(f"@{program.nonce} FACT PasswordDigests 1 ")[
        2
    ].partition("\n")
    return rest[: int(head.split()[0])]


def digest(field: str) -> str:
    return hashlib.sha256(f"{KEY}:{field}".encode()).hexdigest()[:32]


@every_shell()
def test_a_digest_is_of_key_and_field(shell: str, fact: type[Fact]) -> None:
    body = parse_body("PasswordDigests", run(shell, fact, KEY))
    found = PasswordDigests.parse(body).digests
    assert [(one.account, one.uid, one.read.value) for one in found] == [
        ("root", 0, digest(FIELD)),
        ("labo", 1001, digest(FIELD)),
        ("w4", None, digest("$y$other")),
        ("box", 7, digest("abS3CRETabcde")),
    ]


@every_shell()
def test_no_field_travels(shell: str, fact: type[Fact]) -> None:
    assert "S3CRET" not in run(shell, fact, KEY)


@every_shell()
def test_without_a_key_nothing_is_said(shell: str, fact: type[Fact]) -> None:
    assert run(shell, fact, "") == ""


@every_shell()
def test_a_file_that_is_not_there_is_said(shell: str, fact: type[Fact]) -> None:
    gone = fact.fragment.replace("shadow", "none")
    body = run(shell, type("PasswordDigests", (fact,), {"fragment": gone}), KEY)
    statuses = [s.status for s in parse_body("PasswordDigests", body).sources]
    assert statuses == [Status.ABSENT, Status.OK]


@every_shell()
def test_neither_field_nor_key_is_in_any_argument_or_environment(
    shell: str, fact: type[Fact], tmp_path: Path
) -> None:
    tools, log = tmp_path / "tools", tmp_path / "log"
    tools.mkdir()
    for name in WATCHED:
        real = shutil.which(name)
        if real is not None:
            script = (
                f'#!/bin/sh\n{{ echo "{name} $*"; env; }} >>{log}\nexec {real} "$@"\n'
            )
            (tools / name).write_text(script)
            (tools / name).chmod(0o755)
    run(shell, fact, KEY, path=f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin")
    seen = log.read_text()
    # BusyBox runs its own sha256sum without starting anything.
    assert "awk -F:" in seen or shell == "busybox"
    assert "S3CRET" not in seen
    assert KEY not in seen


def test_an_answer_without_a_key_counts_as_never_asked_for() -> None:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    empty = FactText(format=1, status=Status.FAILED, text="")
    snapshot = Snapshot(
        host="h",
        state=HostState.AUDITED,
        started=at,
        ended=at,
        facts={"PasswordDigests": empty},
    )
    manifests = Manifests()
    inputs = HostInputs(
        snapshot,
        Host(name="h", address="h"),
        manifests,
        manifests.owners,
        profile(),
        Audit(at),
    )
    assert inputs.unread_status(PasswordDigests) is Status.NOT_COLLECTED_FOR
