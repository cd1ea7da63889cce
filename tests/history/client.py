"""A client whose recorded hosts are audited again and again, through the command line.

What a host shows is changed between audits as text of its facts; time passes by months.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from msgspec import structs

from auditor.model.changes import Changes, decode_changes
from auditor.model.snapshot import HostState, Snapshot, encode_snapshot
from auditor.store.folder import read_snapshot
from tests.cli.running import Done, auditor
from tests.test_hosts import HOSTS

MONTH = timedelta(days=30)
Told = list[tuple[str, str, str, list[str]]]


class Client:
    """Recorded hosts beside manifests of their own, and a store of their audits."""

    def __init__(self, folder: Path, hosts: Iterable[str] = ("lis-35", "lis-36")):
        self.folder = folder
        self.store = folder / "runs"
        self.inventory = folder / "inventory.toml"
        self.audits = 0
        for file in HOSTS.glob("*.toml"):
            shutil.copy(file, folder)
        self.hosts = {name: read_snapshot(HOSTS / f"{name}.json") for name in hosts}

    def shows(self, host: str, fact: str, old: str, new: str) -> None:
        """From now on a host shows something else in a fact."""
        snapshot = self.hosts[host]
        was = snapshot.facts[fact]
        assert old in was.text
        now = structs.replace(was, text=was.text.replace(old, new))
        facts = {**snapshot.facts, fact: now}
        self.hosts[host] = structs.replace(snapshot, facts=facts)

    def refuses(self, host: str, reason: str = "sudo_refused") -> None:
        """From now on a host lets nobody read anything."""
        table = json.loads(encode_snapshot(self.hosts[host]))
        table |= {"state": HostState.REFUSED, "reason": reason, "facts": {}}
        file = self.folder / "refused.json"
        file.write_text(json.dumps(table), "utf-8")
        self.hosts[host] = read_snapshot(file)

    def writes(self, manifest: str, text: str) -> None:
        """From now on a manifest says this."""
        (self.folder / manifest).write_text(text, "utf-8")

    def audit(self, *words: str | Path, passed: timedelta = MONTH) -> Path:
        """One more stored audit, some time after the one before; its folder."""
        self.audits += 1
        later = self.audits * passed
        files = [self._snapshot(one, later) for one in self.hosts.values()]
        before = set(self.store.glob("2*"))
        done = auditor(
            *("evaluate", *files, "-i", self.inventory, "-o", self.store, *words)
        )
        assert done.returncode in (0, 1, 3), done.stderr
        (made,) = set(self.store.glob("2*")) - before
        return made

    def _snapshot(self, one: Snapshot, later: timedelta) -> Path:
        moved = structs.replace(
            one, started=one.started + later, ended=one.ended + later
        )
        file = self.folder / f"{one.host}.json"
        file.write_bytes(encode_snapshot(moved))
        return file


def changes_in(run: Path) -> Changes:
    """What a stored run says of its changes."""
    file = run / "changes.json"
    return decode_changes(file.read_bytes(), str(file))


def diff(before: Path, after: Path, *words: str | Path) -> tuple[Done, Changes]:
    """What `diff` said for programs, and how it ended."""
    done = auditor("diff", before, after, "-f", "json:-", *words)
    return done, decode_changes(done.stdout.encode(), "stdout")


def told(changes: Changes) -> Told:
    """Kind, check, subject and causes of each change."""
    return [
        (one.kind.value, one.check, one.subject.name, [c.value for c in one.causes])
        for one in changes.changes
    ]
