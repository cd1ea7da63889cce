"""The folders of labs that run, and removing labs whose owner is gone.

Everything a lab has lives in the namespaces of one process, the holder: tmpfs, bridges,
network namespaces and all hosts' processes. It is found by its command line, which
names the run's folder, so that nothing has to be written down before it is there.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from tests.lab.paths import CACHE, LabError

GONE_WITHIN = 10.0
# Where the holder mounts its tmpfs, in its own mount namespace: it shows in the hosts'
# /proc/mounts, and so must not name a folder of this machine.
STAGE = "/mnt"


@dataclass(frozen=True, slots=True)
class Owner:
    """A process for whose life a lab exists; start is in clock ticks since boot."""

    pid: int
    start: int

    @classmethod
    def of(cls, pid: int) -> Owner:
        start = started(pid)
        if start is None:
            raise LabError(f"no process {pid} that could own the lab")
        return cls(pid, start)

    def lives(self) -> bool:
        return started(self.pid) == self.start


@dataclass(frozen=True, slots=True)
class Run:
    """One lab: its folder, and what is known of it from there."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name.removeprefix("run-")

    @property
    def inventory(self) -> Path:
        return self.folder / "inventory.toml"

    def own(self, owner: Owner | None) -> None:
        record = {} if owner is None else {"pid": owner.pid, "start": owner.start}
        # At once: another lab's sweep takes half a file for no owner.
        file = self.folder / "owner.json"
        file.with_suffix(".new").write_text(json.dumps(record))
        file.with_suffix(".new").rename(file)

    def abandoned(self) -> bool:
        """Is the owner gone, or was the lab never finished?"""
        try:
            record = json.loads((self.folder / "owner.json").read_text())
        except (OSError, ValueError):
            return True
        if not record:
            return self.holder() is None
        return not Owner(**record).lives()

    def wardens(self) -> list[int]:
        """The `unshare` processes outside, whose death ends the holder."""
        mark = str(self.folder).encode()
        return [pid for pid, argv in command_lines() if mark in argv]

    def holder(self) -> int | None:
        """PID 1 of the lab, as the machine counts it."""
        path = self.folder / "holder"
        if not path.exists() or not self.wardens():
            return None
        return int(path.read_text())

    def require_holder(self) -> int:
        holder = self.holder()
        if holder is None:
            raise LabError(f"lab {self.id} does not run")
        return holder

    def seen(self) -> Path:
        """The tmpfs of the lab, with all that hosts write, as the machine sees it."""
        return Path(f"/proc/{self.require_holder()}/root{STAGE}")

    def pid_of(self, host: str) -> int:
        """PID 1 of a host, as the machine counts it."""
        path = self.seen() / host / "pid"
        if not path.exists():
            raise LabError(f"no host {host} in lab {self.id}")
        return int(path.read_text())


def runs() -> list[Run]:
    return [Run(path) for path in sorted(CACHE.glob("run-*")) if path.is_dir()]


def new_run(wanted: str | None) -> Run:
    name = wanted or secrets.token_hex(3)
    if not name.replace("-", "").isalnum():
        raise LabError(f"a lab's id is letters, digits and hyphens, not {name!r}")
    run = Run(CACHE / f"run-{name}")
    if run.folder.exists():
        raise LabError(f"lab {name} is there already: lab down --id {name}")
    # Without an owner it would look abandoned to another lab's sweep.
    unowned = Run(CACHE / f"new-{name}-{os.getpid()}")
    unowned.folder.mkdir(parents=True, mode=0o700)
    unowned.own(Owner.of(os.getpid()))
    unowned.folder.rename(run.folder)
    return run


def find_run(wanted: str | None) -> Run:
    """The run of that id; without one the only run there is."""
    found = [run for run in runs() if wanted in (None, run.id)]
    if not found:
        raise LabError(f"no lab {wanted}" if wanted else "no lab runs")
    if len(found) > 1:
        ids = ", ".join(run.id for run in found)
        raise LabError(f"several labs run, say --id: {ids}")
    return found[0]


def remove(run: Run) -> None:
    """End all that the lab started and delete its folder."""
    holder = run.holder()
    doomed = run.wardens() if holder is None else [*run.wardens(), holder]
    for pid in [*dwellers(run), *doomed]:
        kill(pid)
    wait_for_end(doomed)
    remove_cgroups(run)
    shutil.rmtree(run.folder)


def sweep() -> list[str]:
    """Remove labs whose owner was killed before it could; their ids."""
    swept = [run for run in runs() if run.abandoned()]
    for run in swept:
        remove(run)
    return [run.id for run in swept]


def dwellers(run: Run) -> list[int]:
    """Processes of `lab exec`, which live outside but in the auditor's network."""
    holder = run.holder()
    if holder is None:
        return []
    network = namespace(holder, "net")
    mount = namespace(holder, "mnt")
    return [
        pid
        for pid in process_ids()
        if namespace(pid, "net") == network
        and namespace(pid, "mnt") != mount
        and pid != os.getpid()
    ]


def remove_cgroups(run: Run) -> None:
    """Delete the groups of hosts that booted systemd; empty once those are dead."""
    root = cgroup_root()
    if root is None:
        return
    for top in root.glob(f"lab-{run.id}-*"):
        groups = [path for path in top.rglob("*") if path.is_dir()]
        for group in [*sorted(groups, reverse=True), top]:
            remove_cgroup(group)


def remove_cgroup(group: Path) -> None:
    """Delete one group, waiting a little for its last process to be reaped."""
    end = time.monotonic() + GONE_WITHIN
    while True:
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def cgroup_root() -> Path | None:
    """Where the unified hierarchy is mounted on this machine."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(place)
    return None


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_for_end(pids: list[int]) -> None:
    end = time.monotonic() + GONE_WITHIN
    while any(started(pid) is not None for pid in pids):
        if time.monotonic() > end:
            raise LabError(f"processes would not end: {pids}")
        time.sleep(0.02)


def started(pid: int) -> int | None:
    """When a process began; None when it is gone or a zombie (proc(5), stat)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def process_ids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def namespace(pid: int, kind: str) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/ns/{kind}").readlink())
    except OSError:
        return None


def command_lines() -> list[tuple[int, list[bytes]]]:
    lines = []
    for pid in process_ids():
        try:
            argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        lines.append((pid, argv))
    return lines
