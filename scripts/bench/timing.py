"""Running commands in interleaved rounds, so that noise meets all of them alike."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, what it reads, and the exit codes with which it did its work."""

    argv: Sequence[str]
    stdin: Path | None = None
    good: frozenset[int] = frozenset({0})

    def seconds(self) -> float:
        """Run it once; raises RuntimeError when it failed."""
        source = self.stdin.open("rb") if self.stdin else subprocess.DEVNULL
        start = time.perf_counter()
        done = subprocess.run(
            self.argv, stdin=source, capture_output=True, text=True, check=False
        )
        wall = time.perf_counter() - start
        if not isinstance(source, int):
            source.close()
        if done.returncode not in self.good:
            said = done.stderr.strip()[-500:]
            raise RuntimeError(f"{self.argv[0]} ended with {done.returncode}: {said}")
        return wall


def interleaved(
    commands: Mapping[str, Command], rounds: int
) -> dict[str, tuple[float, ...]]:
    """The seconds of each command, all of them once a round."""
    got: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            got[name].append(command.seconds())
            seen = f"round {number + 1}/{rounds} {name}: {got[name][-1]:.2f} s"
            print(f"  {seen}", file=sys.stderr, flush=True)
    return {name: tuple(seconds) for name, seconds in got.items()}


@dataclass(frozen=True, slots=True)
class Goal:
    """A number of the benchmark and what it should stay under."""

    name: str
    value: float
    goal: float
    alarm: float

    def row(self) -> str:
        """One line of the table."""
        verdict = "ok" if self.value <= self.goal else "over"
        if self.value > self.alarm:
            verdict = "ALARM"
        return f"{self.name:<62} {self.value:6.2f} {self.goal:6.2f}  {verdict}"


HEAD = f"{'':<62} {'is':>6} {'goal':>6}"


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Of the medians."""
    return statistics.median(above) / statistics.median(below)
