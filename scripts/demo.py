"""Leaves demo/report.html: of the lab where it can run, else of its recorded hosts.

Without the lab it also audits this machine, read-only, into demo/local.html. Exit code
0 only when the report was written and each audit ended with the code expected of it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from scripts.loopback import NAME, NoServerError, loopback_sshd

PROJECT = Path(__file__).resolve().parents[1]
DEMO = PROJECT / "demo"
REPORT = DEMO / "report.html"
LOCAL_REPORT = DEMO / "local.html"
AUDITOR = str(PROJECT / ".venv/bin/auditor")
RUN = (AUDITOR, "run", "--no-input")
LAB = (sys.executable, str(PROJECT / "tests/lab/lab"))
RECORDED = PROJECT / "tests/hosts"

# the lab has hosts that can't be reached and one whose sudo refuses: incomplete
INCOMPLETE = 3
# of this machine nothing is known: no finding, or findings
COMPLETE = (0, 1)

LOCAL_INVENTORY = """\
[engagement]
client = "This machine"

[limits]
scan_budget = 20

[hosts.{name}]
privilege = "never"
{way}
"""


class DemoError(Exception):
    """The demonstration failed; the text says where."""


class NoLabError(Exception):
    """Why the lab can't run here, in words."""


def main() -> int:
    """Run the demonstration; prints the report's path last."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    try:
        audit_lab_or_recorded()
        if not REPORT.is_file():
            raise DemoError(f"{REPORT} was not written")
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    print(REPORT)
    return 0


def stop(number: int, _frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that the lab and sshd are taken down."""
    sys.exit(128 + number)


def audit_lab_or_recorded() -> None:
    """Audit the lab; where it can't run, judge its recorded hosts and audit ours."""
    try:
        audit_lab()
    except NoLabError as reason:
        judge_recorded_hosts()
        how = audit_this_machine()
        print(f"demo: {reason}; so judged its recorded hosts and {how}")
    else:
        print("demo: audited the lab over SSH into demo/run; it is down again")


def audit_lab() -> None:
    """Bring the lab up, audit it, take it down; NoLabError when it can't run."""
    tried = subprocess.run([*LAB, "check"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise NoLabError(last_line(tried.stdout + tried.stderr))
    with lab() as (name, inventory):
        inside = [*LAB, "exec", "--id", name, *RUN, "-i", str(inventory)]
        audit(inside, REPORT, (INCOMPLETE,), keep=True)
        keep_inventory(inventory.parent)


@contextmanager
def lab() -> Iterator[tuple[str, Path]]:
    """The lab while it runs: its id, and the inventory that it wrote."""
    name = f"demo-{os.getpid()}"
    try:
        yield name, bring_up(name)
    finally:
        # a lab that did not come up has removed itself, and 'down' says so
        subprocess.run(
            [*LAB, "down", "--id", name], stderr=subprocess.DEVNULL, check=False
        )


def bring_up(name: str) -> Path:
    """Start the lab, showing its progress; the answer is its inventory."""
    command = [*LAB, "up", "--id", name, "--owner", str(os.getpid())]
    with tempfile.TemporaryFile("w+") as answer:
        # in a session of its own, so that it hears of an interruption once: from us
        process = subprocess.Popen(
            command,
            stdout=answer,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            said = show_progress(process)
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        if process.wait() != 0:
            raise NoLabError(said or "the lab does not come up")
        answer.seek(0)
        return Path(last_line(answer.read()))


def show_progress(process: subprocess.Popen[str]) -> str:
    """Pass on what a process says on stderr; the answer is its last line."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said = line.strip() or said
        sys.stderr.write(line)
    return said


def judge_recorded_hosts() -> None:
    """Evaluate the snapshots of the lab's hosts that the tests ship."""
    snapshots = sorted(str(path) for path in RECORDED.glob("*.json"))
    if not snapshots:
        raise DemoError(f"no recorded hosts in {RECORDED}")
    command = [AUDITOR, "evaluate", *snapshots, "-i", str(RECORDED / "inventory.toml")]
    audit(command, REPORT, (INCOMPLETE,), keep=True)
    keep_inventory(RECORDED)


def audit_this_machine() -> str:
    """Audit this machine over SSH, else locally; the answer says which and why."""
    with tempfile.TemporaryDirectory(prefix="auditor-demo-") as name:
        folder = Path(name)
        try:
            with loopback_sshd(folder) as server:
                audit_local(
                    folder,
                    'address = "127.0.0.1"\n'
                    f"port = {server.port}\n"
                    f"user = {json.dumps(server.user)}\n"
                    f"key = {json.dumps(str(server.key))}",
                )
                way = f"over SSH through an sshd of our own on port {server.port}"
        except NoServerError as reason:
            audit_local(folder, 'transport = "local"')
            way = f"without SSH ({reason})"
    return f"audited this machine {way} in {LOCAL_REPORT.name}"


def audit_local(folder: Path, way: str) -> None:
    """Audit the one host of an inventory written to that folder."""
    inventory = folder / "inventory.toml"
    inventory.write_text(LOCAL_INVENTORY.format(name=NAME, way=way))
    audit([*RUN, "-i", str(inventory)], LOCAL_REPORT, COMPLETE)


def audit(
    command: Sequence[str], report: Path, expected: Sequence[int], *, keep: bool = False
) -> None:
    """Run an auditor command; its run folder becomes demo/run when kept."""
    with tempfile.TemporaryDirectory(prefix=".runs-", dir=DEMO) as name:
        runs = Path(name)
        written = ["-o", str(runs), "-f", f"html:{report}"]
        code = subprocess.run([*command, *written], check=False).returncode
        if code not in expected:
            wanted = " or ".join(str(number) for number in expected)
            raise DemoError(f"the audit ended with exit code {code}, not {wanted}")
        if keep:
            kept = list(runs.glob("2*"))
            if len(kept) != 1:
                raise DemoError(f"the audit left {len(kept)} run folders, not one")
            kept[0].rename(DEMO / "run")


def keep_inventory(folder: Path) -> None:
    """Copy an inventory and the manifests beside it."""
    for path in folder.glob("*.toml"):
        shutil.copyfile(path, DEMO / path.name)


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""


if __name__ == "__main__":
    sys.exit(main())
