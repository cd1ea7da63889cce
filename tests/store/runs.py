"""Stored runs to look at: a store that is filled with small ones."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from auditor.model.findings import Verdict
from auditor.model.host import Store
from auditor.model.run import Run
from auditor.store.folder import RunFolder
from tests.evaluate.facts import snapshot
from tests.report.runs import STARTED, check, finding, host, run

INPUTS = {"inventory.toml": b'[engagement]\nclient = "Exemple"\n'}


def a_run(number: int = 1) -> Run:
    """A run of one host, a gap in every other; each an hour after the one before."""
    found = [finding("ACC-001", "lab", Verdict.FAIL)] if number % 2 else []
    made = run([check("ACC-001")], [host("lab")], found)
    started = STARTED + timedelta(hours=number)
    name = f"{started:%Y-%m-%dT%H%M%SZ}-{number:06x}"
    return replace(made, run=replace(made.run, id=name, started=started))


def stored(store: Store, number: int = 1) -> Path:
    """One more run in the store."""
    with RunFolder(store) as folder:
        folder.snapshots.add(snapshot("lab", Door="open"))
        return folder.finish(a_run(number), INPUTS)


def key_in(folder: Path, name: str = "key") -> Path:
    """A new SSH key without a passphrase."""
    file = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]
    subprocess.run(list(map(str, command)), check=True, stdin=subprocess.DEVNULL)
    return file


def signers_of(*keys: Path) -> Path:
    """An allowed-signers file in which each key's owner bears the name of its file."""
    lines = (f"{key.name} {key.with_suffix('.pub').read_text()}" for key in keys)
    file = keys[0].with_name("allowed_signers")
    file.write_text("".join(lines), "utf-8")
    return file
