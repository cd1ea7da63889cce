"""Running commands in interleaved rounds, so that noise meets all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, what it reads, and the exit codes with which it did its work."""

    argv: Sequence[str]
    stdin: Path | None = None
    good: frozenset[int] = frozenset({0})

    def run(self) -> Cost:
        """Run it once; raises RuntimeError when it failed."""
        with (
            (self.stdin or Path(os.devnull)).open("rb") as source,
            tempfile.TemporaryFile("w+") as said,
        ):
            start = time.perf_counter()
            child = subprocess.Popen(
                self.argv,
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=_environment(),
            )
            _, status, used = os.wait4(child.pid, 0)
            wall = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode not in self.good:
                said.seek(0)
                text = f"{self.argv[0]} ended with {child.returncode}"
                raise RuntimeError(f"{text}: {said.read().strip()[-500:]}")
        return Cost(wall, used.ru_utime + used.ru_stime)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one run: by the clock, and of this machine's CPU (client side)."""

    wall: float
    cpu: float


def _environment() -> dict[str, str]:
    """Ours, but Python keeps its bytecode, as it does for everybody who installs it."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def interleaved(
    commands: Mapping[str, Command], rounds: int
) -> dict[str, tuple[Cost, ...]]:
    """What each command cost, all of them once a round, after one that is not counted.

    That one fills caches: of files, and of Python's own bytecode.
    """
    for command in commands.values():
        command.run()
    got: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            got[name].append(command.run())
            seen = f"round {number + 1}/{rounds} {name}: {got[name][-1].wall:.2f} s"
            print(f"  {seen}", file=sys.stderr, flush=True)
    return {name: tuple(found) for name, found in got.items()}


def median(costs: Iterable[Cost]) -> float:
    """Of the clock, in seconds."""
    return statistics.median(cost.wall for cost in costs)


def least(costs: Iterable[Cost]) -> float:
    """Of the clock, in seconds: the round that was disturbed least."""
    return min(cost.wall for cost in costs)


def rows(got: Mapping[str, Sequence[Cost]]) -> list[str]:
    """A table of all that was run, in milliseconds."""
    table = [f"{'milliseconds':<20} {'least':>8} {'median':>8} {'CPU here':>9}"]
    for name, costs in got.items():
        cpu = statistics.median(cost.cpu for cost in costs) * 1000
        wall = f"{least(costs) * 1000:8.0f} {median(costs) * 1000:8.0f}"
        table.append(f"{name:<20} {wall} {cpu:9.0f}")
    return table


@dataclass(frozen=True, slots=True)
class Goal:
    """A number of the benchmark, by medians and by the least disturbed rounds.

    It is judged by the medians; without a goal it is there to be compared with.
    """

    name: str
    value: float
    least: float
    goal: float | None = None
    alarm: float | None = None

    def row(self) -> str:
        """One line of the table."""
        numbers = f"{self.value:7.2f} {self.least:7.2f}"
        if self.goal is None or self.alarm is None:
            return f"{self.name:<58} {numbers}"
        verdict = "ok" if self.value <= self.goal else "over"
        if self.value > self.alarm:
            verdict = "ALARM"
        numbers += f" {self.goal:6.2f}"
        return f"{self.name:<58} {numbers}  {verdict}"


HEAD = f"{'':<58} {'median':>7} {'least':>7} {'goal':>6}"


def ratio(
    name: str,
    above: Sequence[Cost],
    below: Sequence[Cost],
    goal: float | None = None,
    alarm: float | None = None,
) -> Goal:
    """How many times as long as the other a command takes."""
    by_median = median(above) / median(below)
    return Goal(name, by_median, least(above) / least(below), goal, alarm)
