"""What each fact costs the target: CPU and processes, on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from auditor.collect.program import assemble
from auditor.inventory.profile import read_profile
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests

# cat, not the shell's read: that takes a byte at a time, and /proc gives it the first.
_COUNT = 'sh "$1" >/dev/null 2>&1; cat /proc/sys/kernel/ns_last_pid'
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one fact, without those that it needs; `processes` is None if uncounted."""

    name: str
    cpu_ms: float
    processes: int | None

    def row(self) -> str:
        """One line of the table."""
        count = "-" if self.processes is None else str(self.processes)
        return f"{self.name:<28} {self.cpu_ms:7.1f} ms CPU {count:>5} processes"


def counting() -> tuple[str, ...]:
    """The prefix that numbers processes from 1, empty where that is not allowed."""
    if shutil.which("unshare") is None:
        return ()
    prefix = ["unshare", "--pid", "--fork"]
    if os.getuid() != 0:
        prefix[1:1] = ["--user", "--map-root-user"]
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return tuple(prefix) if tried.returncode == 0 else ()


def costs(facts: Iterable[type[Fact]], folder: Path) -> list[Cost]:
    """Each fact's cost over a program that asks for nothing more than it needs."""
    prefix = counting()
    return [_cost(fact, folder, prefix) for fact in facts]


def _cost(fact: type[Fact], folder: Path, prefix: tuple[str, ...]) -> Cost:
    with_it = _program({fact}, folder / "with.sh")
    without = _program(set(fact.after), folder / "without.sh")
    more = [_cpu_ms(with_it) - _cpu_ms(without) for _ in range(_ROUNDS)]
    processes = None
    if prefix:
        processes = _processes(with_it, prefix) - _processes(without, prefix)
    return Cost(fact.__name__, max(0.0, min(more)), processes)


def _program(facts: set[type[Fact]], path: Path) -> Path:
    host = Host("bench", "127.0.0.1")
    program = assemble(facts, host, Manifests(), read_profile("default"))
    path.write_text(program.text)
    return path


def _cpu_ms(program: Path) -> float:
    """CPU of the program and all that it waited for."""
    child = subprocess.Popen(
        ["/bin/sh", program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return (used.ru_utime + used.ru_stime) * 1000


def _processes(program: Path, prefix: tuple[str, ...]) -> int:
    """How many processes it starts, by the last number given in its own namespace."""
    done = subprocess.run(
        [*prefix, "/bin/sh", "-c", _COUNT, "sh", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)
