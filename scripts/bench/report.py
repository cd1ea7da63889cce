"""What the report of a fleet weighs and takes, next to its budgets and a peer's.

Sizes are asserted in tests/report/test_large.py too; seconds are printed only.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.report.as_html import write
from auditor.report.formats import Document, Material
from auditor.store.documents import write_document
from scripts.bench.peer import WANTED, NoPeerError, peer, results
from scripts.bench.timing import Command, Cost, interleaved, least
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts

CHECKS = 120
FLEETS = (28, 100, 1000)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MB, KB = 1e6, 1e3


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit; without a goal it is there to be compared with."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    def row(self) -> str:
        """One line of the table."""
        line = f"{self.name:<62} {self.value:9.2f} {self.unit:<9}"
        if self.goal is None:
            return line.rstrip()
        verdict = "ok" if self.value <= self.goal else "OVER"
        return f"{line} {self.goal:6.2f}  {verdict}"


HEAD = f"{f'report, {CHECKS} checks a host':<62} {'':>9} {'':<9} {'goal':>6}"


def report_rows(folder: Path, rounds: int) -> list[str]:
    """Make every report below a folder and measure it; the lines of a table."""
    figures: list[Figure] = []
    pages: dict[str, Path] = {}
    for hosts in FLEETS:
        figures += _ours(folder, hosts, rounds, pages)
    said = ""
    try:
        figures += _theirs(folder, rounds, pages)
    except NoPeerError as error:
        said = f"{WANTED} is left out: {error}"
    loads, unseen = _loads(folder, pages, rounds)
    rows = [figure.row() for figure in [*figures, *loads]]
    return [HEAD, *rows, *filter(None, (said, unseen))]


def _ours(
    folder: Path, hosts: int, rounds: int, pages: dict[str, Path]
) -> Iterator[Figure]:
    run = fleet(hosts, CHECKS)
    file = folder / f"report-{hosts}.html"
    costs = [_making(run, file) for _ in range(rounds)]
    taken = min(costs, key=lambda cost: cost.wall)
    made = _files(file)
    sizes = [page.stat().st_size for page in made]
    name = f"{hosts} hosts"
    pages[f"{name}: {'index' if len(made) > 1 else 'file'}"] = file
    if len(made) == 1:
        budget = {28: 1.5, 100: 5.0}[hosts]
        yield Figure(f"{name}: one file", sizes[0] / MB, "MB", budget)
    else:
        largest = max(made[1:], key=lambda page: page.stat().st_size)
        pages[f"{name}: largest page"] = largest
        yield Figure(f"{name}: {len(made)} files", sum(sizes) / MB, "MB")
        yield Figure(f"{name}: a host", sum(sizes) / hosts / KB, "kB", 6)
        yield Figure(f"{name}: largest file", max(sizes) / MB, "MB", 5)
    goal = 10 if hosts > 100 else None
    yield Figure(f"{name}: made and written", taken.wall, "s", goal)
    yield Figure(f"{name}: of which this process's CPU", taken.cpu, "s")


def _making(run: Run, file: Path) -> Cost:
    """What making a report and writing it takes."""
    given = Material(run, texts(run), load_frameworks(), "fr", name=file.name)
    start, used = time.perf_counter(), time.process_time()
    made = write(given)
    if isinstance(made, Document):
        write_document(file, made.data, made.folder, made.pages)
    else:
        write_document(file, made)
    taken = Cost(time.perf_counter() - start, time.process_time() - used)
    print(f"  {file.name}: {taken.wall:.2f} s", file=sys.stderr, flush=True)
    return taken


def _files(file: Path) -> list[Path]:
    """A report's file, then its pages."""
    return [file, *sorted(file.with_name(f"{file.name}.pages").rglob("*.html"))]


def _theirs(folder: Path, rounds: int, pages: dict[str, Path]) -> Iterator[Figure]:
    """A report of one host, and what as many as in a fleet of ours come to."""
    given, file = folder / "results.xml", folder / "peer.html"
    program = peer()
    given.write_bytes(results(fleet(28, CHECKS)))
    got = interleaved(
        {"peer": Command([str(program), "-o", str(file), str(given)])}, rounds
    )
    name, size = WANTED.replace("==", " "), file.stat().st_size
    pages[f"{name}: a file"] = file
    yield Figure(f"{name}: a file of one host", size / MB, "MB")
    for hosts in FLEETS:
        yield Figure(f"{name}: {hosts} such files", hosts * size / MB, "MB")
    taken = least(got["peer"])
    yield Figure(f"{name}: one host, start of Python included", taken, "s")
    yield Figure(f"{name}: 1000 such runs", 1000 * taken, "s")


def _loads(
    folder: Path, pages: dict[str, Path], rounds: int
) -> tuple[Sequence[Figure], str]:
    """Seconds that Chromium takes longer for a page than for a blank one."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        return [], "no load times: there is no Chromium here (apt-get install chromium)"
    blank = folder / "blank.html"
    blank.write_text("<!DOCTYPE html><title>blank</title>")
    commands = {
        name: Command(
            [
                program,
                "--headless",
                "--no-sandbox",  # containers and root have none, the page is our own
                "--disable-gpu",
                f"--user-data-dir={folder / 'profile'}",
                "--window-size=1440,900",
                f"--screenshot={folder / 'screen.png'}",
                file.as_uri(),
            ]
        )
        for name, file in {"blank": blank, **pages}.items()
    }
    got = interleaved(commands, rounds)
    floor = least(got["blank"])
    return [
        Figure(
            f"{name}, in Chromium over a blank page",
            least(got[name]) - floor,
            "s",
            1.5 if name.endswith("index") else None,
        )
        for name in pages
    ], ""
