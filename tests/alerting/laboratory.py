"""A laboratory whose recorded host is audited again and again by `run --alert`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from auditor.alerting.kept import read_record
from auditor.alerting.record import Record
from auditor.collect.frames import cksum
from auditor.model.snapshot import Snapshot
from tests.alerting.mailbox import free_port
from tests.cli.running import Done, auditor
from tests.history.client import Client
from tests.inventory.keys import fingerprint

HOST = "lis-35"
NONCE = "0123456789abcdef"
OPEN = ("VsftpdConfig", "anonymous_enable=YES", "anonymous_enable=NO")
INVENTORY = """\
[engagement]
client = "Laboratoires Exemple"
auditor = "A. Exemple"

[alerts]
to = [{to}]
{more}
[hosts.lis-35]
address = "127.0.0.1"
port = {port}
user = "audit"
host_key = "{pin}"
"""
WAIVER = """\
[[waiver]]
check = "EOL-001"
hosts = ["lis-35"]
subjects = ["*"]
reason = "Replaced in spring"
owner = "C. Leroy"
accepted_by = "Dr A. Exemple"
accepted_on = {begun}
until = {until}
"""


class Laboratory:
    """One host, which answers by hand, and an inventory that tells somebody."""

    def __init__(self, folder: Path, to: str, more: str = "") -> None:
        self.folder = folder
        self.store = folder / "runs"
        self._client = Client(folder, [HOST])
        (folder / "waivers.toml").unlink(missing_ok=True)
        written = {"to": to, "more": more, "port": free_port(), "pin": fingerprint(1)}
        (folder / "inventory.toml").write_text(INVENTORY.format(**written), "utf-8")
        self.closes()

    def opens(self) -> None:
        """From now on anybody gets in by FTP."""
        fact, yes, no = OPEN
        self._client.shows(HOST, fact, no, yes)

    def closes(self) -> None:
        """From now on nobody does."""
        self._client.shows(HOST, *OPEN)

    def denies(self) -> None:
        """From now on the configuration of the FTP server may not be read."""
        read, denied = (
            f"{status}\tfile\t/etc/vsftpd.conf" for status in ("ok", "denied")
        )
        self._client.shows(HOST, OPEN[0], read, denied)

    def waives_for(self, days: int) -> None:
        """From now on the end of support is accepted, for so many days from today."""
        today = date.today()  # noqa: DTZ011 - as whoever writes the file sees it
        begun, until = today - timedelta(days=30), today + timedelta(days=days)
        text = WAIVER.format(begun=begun, until=until)
        (self.folder / "waivers.toml").write_text(text, "utf-8")

    def audit(self, *words: str, reached: bool = True) -> Done:
        """One more run; without `reached` nobody listens at the host's port."""
        file = self.folder / "answer"
        file.write_bytes(answer_of(self._client.hosts[HOST]))
        return auditor(
            *("run", "-i", self.folder / "inventory.toml", "--no-input"),
            *("--check", "ACC-001,EOL-001", *(words or ["--alert"])),
            *(["--answer", f"{HOST}={file}"] if reached else []),
        )

    @property
    def record(self) -> Record:
        """What was told after the last run."""
        last = max(self.store.glob("2*"), key=lambda run: run.stat().st_mtime_ns)
        found = read_record(self.store, last.name)
        assert found is not None
        return found


def answer_of(snapshot: Snapshot) -> bytes:
    """A host's answer to the program, made again of its snapshot."""
    asked = " ".join(f"{name}:{fact.format}" for name, fact in snapshot.facts.items())
    program = f"ok\tvalue\tuid\t0\n 1\t0\nok\tvalue\tfacts\t0\n 1\t{asked}\n"
    frames = [_frame("Program", 1, program)]
    frames += [_frame(n, f.format, f.text) for n, f in snapshot.facts.items()]
    return b"".join(frames) + f"@{NONCE} END {len(frames)}\n".encode()


def _frame(name: str, format_: int, text: str) -> bytes:
    body = text.encode("ascii")
    head = f"@{NONCE} FACT {name} {format_} {len(body)} {cksum(body)}\n"
    return head.encode() + body + b"\n"
