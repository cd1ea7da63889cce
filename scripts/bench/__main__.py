"""Prints the ratios that concern one host, and the report's, with their goals.

`python -m scripts.bench [--rounds N] [--only host|report]`; the rounds' progress goes
to stderr. Measured numbers are no test: the exit code is 0 whatever they are.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from auditor.collect.program import ordered
from auditor.loading import load_checks
from auditor.model.check import Check
from scripts.bench.facts import costs
from scripts.bench.installed import python_of_wheel
from scripts.bench.report import report_rows
from scripts.bench.target import Way, ways
from scripts.bench.timing import (
    HEAD,
    Command,
    Cost,
    Goal,
    interleaved,
    least,
    median,
    ratio,
    rows,
)
from scripts.loopback import NAME, NoServerError

#: A host that was not audited whole (3) was still collected from.
COLLECTED = frozenset({0, 3})
NEAR, FAR, FARTHEST = 0, 50, 200


def main() -> int:
    """Measure everything, then print it."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("host", "report"))
    options = parser.parse_args()
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        if options.only != "report":
            try:
                lines += _host_rows(Path(name), options.rounds)
            except NoServerError as error:
                print(f"bench: {error}", file=sys.stderr)
                return 2
        if options.only != "host":
            lines += ["", *report_rows(Path(name), options.rounds)]
    print("\n".join(lines).strip())
    return 0


def _host_rows(folder: Path, rounds: int) -> list[str]:
    checks = load_checks()
    python = python_of_wheel(folder)
    goals, measured = _commands(folder, python, checks, rounds)
    start = _start(python, rounds)
    table = [HEAD, *(goal.row() for goal in [*goals, start])]
    return [*table, "", *measured, "", *_facts(folder, checks)]


def _commands(
    folder: Path, python: Path, checks: Sequence[Check], rounds: int
) -> tuple[list[Goal], list[str]]:
    """Goals of the commands that go to a host, and the table of what they took."""
    quick = [c for c in checks if not any(f.searches for f in ordered(c.facts))]
    smallest = min((c for c in quick if c.facts), key=lambda c: len(ordered(c.facts)))
    with ways(folder, python, (NEAR, FAR, FARTHEST)) as found:
        commands: dict[str, Command] = {}
        for way in found.values():
            commands |= _by(folder, python, way, quick, [smallest])
        got = interleaved(commands, rounds)
    few = f"{smallest.id} ({len(ordered(smallest.facts))} facts)"
    goals = [
        _compared(f"{few} ÷ ssh true", got, "one", "ssh true", NEAR, 2.2, 3),
        _compared(f"{few} ÷ ssh true", got, "one", "ssh true", FAR, 1.4, 2),
        _compared("ours ÷ ssh, same program", got, "all", "ssh all", NEAR, 1.4, 2),
        _compared("ours ÷ ssh, same program", got, "all", "ssh all", FAR, 1.25, 1.5),
        _round_trips(f"round trips, {smallest.id}", got, "one"),
        _round_trips(f"round trips, {len(quick)} checks", got, "all"),
    ]
    for delay in (NEAR, FAR):
        goals += [
            _compared("bare fabric ÷ ssh true", got, "bare", "ssh true", delay),
            _compared(f"{few} ÷ bare fabric", got, "one", "bare", delay),
            _compared("bare ÷ ssh true, its kex", got, "bare", "quick true", delay),
            _compared(f"{few} ÷ same", got, "one", "quick true", delay),
            _compared("ours ÷ ssh, its kex", got, "all", "quick all", delay),
        ]
    return goals, rows(got)


def _compared(
    name: str,
    got: Mapping[str, Sequence[Cost]],
    above: str,
    below: str,
    delay: int,
    goal: float | None = None,
    alarm: float | None = None,
) -> Goal:
    where = f"{delay} ms" if delay else "loopback"
    ours, floor = got[f"{above} {delay}"], got[f"{below} {delay}"]
    return ratio(f"{name}, {where}", ours, floor, goal, alarm)


def _round_trips(name: str, got: Mapping[str, Sequence[Cost]], what: str) -> Goal:
    far, near = got[f"{what} {FARTHEST}"], got[f"{what} {NEAR}"]
    trip = FARTHEST / 1000
    by_median = (median(far) - median(near)) / trip
    return Goal(name, by_median, (least(far) - least(near)) / trip, 9.5, 12)


def _by(
    folder: Path, python: Path, way: Way, quick: Sequence[Check], one: Sequence[Check]
) -> dict[str, Command]:
    """The commands measured by one way; both carry the same checks' program."""
    program = folder / "program.sh"
    if not program.exists():
        shown = _collect(folder, python, way, quick, "--print-program", NAME)
        text = subprocess.run(shown.argv, capture_output=True, check=True).stdout
        program.write_bytes(text)
    delay = way.round_trip_ms
    return {
        f"ssh true {delay}": Command([*way.ssh, "true"]),
        f"ssh all {delay}": Command([*way.ssh, "/bin/sh -s"], program),
        f"quick true {delay}": Command([*way.quick_ssh, "true"]),
        f"quick all {delay}": Command([*way.quick_ssh, "/bin/sh -s"], program),
        f"bare {delay}": Command(way.bare),
        f"one {delay}": _collect(folder, python, way, one),
        f"all {delay}": _collect(folder, python, way, quick),
    }


def _collect(
    folder: Path, python: Path, way: Way, checks: Iterable[Check], *more: str
) -> Command:
    ids = ",".join(check.id for check in checks)
    start = [*_auditor(python), "collect", "-i", str(way.inventory)]
    argv = [*start, "--check", ids, "-o", str(folder / "snapshots"), *more]
    return Command(argv, good=COLLECTED)


def _auditor(python: Path) -> tuple[str, ...]:
    # -P: what is installed there, not what lies in the working folder.
    return str(python), "-P", "-m", "auditor"


def _start(python: Path, rounds: int) -> Goal:
    got = interleaved(
        {
            "--help": Command([*_auditor(python), "--help"]),
            "python": Command([str(python), "-I", "-S", "-c", "pass"]),
        },
        rounds * 2,
    )
    return ratio("--help ÷ a bare interpreter", got["--help"], got["python"], 12, 18)


def _facts(folder: Path, checks: Sequence[Check]) -> list[str]:
    asked = ordered(frozenset().union(*(check.facts for check in checks)))
    found = costs((fact for fact in asked if fact.fragment), folder)
    searching = {fact.__name__ for fact in asked if fact.searches}
    quick = [cost for cost in found if cost.name not in searching]
    counted = [c.processes for c in quick if c.processes is not None]
    mean = f"mean without searches: {statistics.mean(c.cpu_ms for c in quick):.1f} ms"
    if counted:
        mean += f", {statistics.mean(counted):.1f} processes"
    else:
        mean += "; processes are not counted: no PID namespace here"
    return [cost.row() for cost in found] + [f"{mean} (goal 12 and 12)"]


if __name__ == "__main__":
    sys.exit(main())
