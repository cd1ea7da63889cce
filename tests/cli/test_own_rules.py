"""`doctor` on the auditor itself: what it says of keys, secrets, store and silence."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.cli.own_rules import KEY_AGE, remarks
from auditor.inventory.reading import read_inventory
from auditor.model.host import Store
from tests.cli.running import auditor
from tests.store.runs import key_in, signers_of, stored

KEPT = """\
[engagement]
client = "Exemple"

[store]
keep = "24 months"
recipients = ["age1one", "age1two"]
sign_key = "sign"
signers = "allowed_signers"

[alerts]
to = [{ file = "mail" }]

[heartbeat]
file = "beat"

[hosts.lis-35]
user = "audit"
key = "login"
host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An auditor that keeps every rule."""
    key_in(tmp_path, "login")
    signers_of(key_in(tmp_path, "sign"))
    (tmp_path / "mail").touch(0o600)
    (tmp_path / "mail").write_text("mailtos://x\n")
    (tmp_path / "inventory.toml").write_text(KEPT, "utf-8")
    stored(Store(tmp_path / "runs"))
    return tmp_path


def said(folder: Path) -> dict[str, bool]:
    """What is remarked, without the folder's name -> whether it is a fault."""
    inventory = read_inventory(folder / "inventory.toml")
    found = remarks(inventory, inventory.hosts.values())
    return {one.text.replace(f"{folder}/", ""): one.fault for one in found}


def change(folder: Path, old: str, new: str = "") -> None:
    """Another inventory."""
    file = folder / "inventory.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_who_keeps_every_rule_hears_nothing(folder: Path) -> None:
    assert said(folder) == {}


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a key that others may read": (
        lambda folder: (folder / "login").chmod(0o644),
        "login: others may read the private key; chmod 600",
    ),
    "a key that is not there": (
        lambda folder: (folder / "login").unlink(),
        "login: no such key (lis-35)",
    ),
    "a key that logs in and signs": (
        lambda folder: change(folder, '"sign"', '"login"'),
        "login: logs in and signs; sign with a key of your own",
    ),
    "a key of two people": (
        lambda folder: shared(folder / "allowed_signers"),
        "allowed_signers: one key signs for other, sign",
    ),
    "a secret that others may read": (
        lambda folder: (folder / "mail").chmod(0o644),
        "alerts.to[0]: mail is open to others (0644): chmod 600 mail",
    ),
    "an inventory that others may write": (
        lambda folder: (folder / "inventory.toml").chmod(0o666),
        "inventory.toml: others may write it; chmod go-w",
    ),
    "a host without a pin": (
        lambda folder: change(folder, "host_key = ", "#"),
        "no host key is pinned of lis-35; auditor trust add",
    ),
    "results that others may read": (
        lambda folder: (folder / "runs").chmod(0o755),
        "runs: others may read the results; chmod 700",
    ),
    "a run that was taken away": (
        lambda folder: next((folder / "runs").glob("2*")).rename(folder / "taken"),
        "missing, though it was the last run",
    ),
}


def shared(signers: Path) -> None:
    """The same key once more, under another name."""
    line = signers.read_text("utf-8")
    signers.write_text(line + line.replace("sign ", "other ", 1), "utf-8")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_rule_is_a_fault(folder: Path, fault: str) -> None:
    happens, text = FAULTS[fault]
    happens(folder)
    ((found, is_fault),) = said(folder).items()
    assert text in found
    assert is_fault


ADVICE = {
    'keep = "24 months"\n': "runs are kept for ever; set [store] keep",
    'recipients = ["age1one", "age1two"]\n': (
        "snapshots are kept in clear; name [store] recipients"
    ),
    ', "age1two"': (
        "[store] recipients: one key only; when it is lost, so are the snapshots"
    ),
    'sign_key = "sign"\n': "runs are not signed; name [store] sign_key",
    'signers = "allowed_signers"\n': "nothing says who may sign; name [store] signers",
    'to = [{ file = "mail" }]\n': "nobody is told what gets worse; name [alerts] to",
    '[heartbeat]\nfile = "beat"\n': (
        "nobody notices when audits stop; set [heartbeat]"
    ),
}


@pytest.mark.parametrize("line", ADVICE)
def test_what_an_audit_can_do_without_is_advice(folder: Path, line: str) -> None:
    change(folder, line)
    assert said(folder) == {ADVICE[line]: False}


def test_an_old_key_is_to_be_renewed(folder: Path) -> None:
    made = datetime.now(UTC) - timedelta(days=KEY_AGE + 1)
    os.utime(folder / "sign", (made.timestamp(), made.timestamp()))
    assert said(folder) == {f"sign: {KEY_AGE + 1} days old; make a new one": False}


def test_doctor_exits_by_faults_and_not_by_advice(tmp_path: Path) -> None:
    file = tmp_path / "inventory.toml"
    here = '[hosts.here]\ntransport = "local"\n'
    file.write_text('[engagement]\nclient = "Exemple"\n' + here, "utf-8")
    done = auditor("doctor", "-i", file, "--no-input")
    assert "auditor  advice: runs are not signed; name [store] sign_key" in done.stdout
    assert "auditor  auditor 0." in done.stdout
    assert done.returncode == 0
    file.chmod(0o666)
    assert auditor("doctor", "-i", file, "--no-input").returncode == 1
