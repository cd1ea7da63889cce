"""What reports say of the time before, when the store knows it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from auditor.model.run import Run
from auditor.store.index import INDEX
from tests.cli.running import auditor, complaint, inventory, snapshot
from tests.history.runs import between
from tests.report.small import fails
from tests.store.histories import an_audit, keep

FTP = fails("ACC-001@a")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three runs, of which all but the second have a gap."""
    folder = tmp_path / "runs"
    before: Run | None = None
    for days, found in ((0, FTP), (30, []), (60, FTP)):
        made = an_audit(days, *found)
        keep(folder, made, changes=between(before, made) if before else None)
        before = made
    return folder


def runs(store: Path) -> list[Path]:
    return sorted(store.glob("2*"))


def reported(run: Path, *words: str | Path) -> str:
    page = run.parents[1] / "report.html"
    done = auditor("report", run, "-f", f"html:{page}", *words)
    assert 0 == done.returncode
    # These runs have no inputs with which they could be judged again.
    assert "" == done.stderr or done.stderr.startswith("causes by the run files only")
    return page.read_text("utf-8").replace("\u00a0", " ")


def test_a_stored_run_is_set_beside_those_before_it(store: Path) -> None:
    page = reported(runs(store)[2])
    assert "Since 25 December 2026" in page
    assert "1 new gap" in page
    assert page.count('r="3.5"') == 3
    assert "First seen on 24 January 2027, open for 0 days." in page
    assert "1 finding came back after it had been closed." in page
    assert "Last change on 24 January 2027: new (the host changed)." in page


def test_a_run_is_not_set_beside_later_ones(store: Path) -> None:
    page = reported(runs(store)[0])
    assert 'id="since"' not in page
    assert "First seen on 25 November 2026, open for 0 days." in page


def test_what_since_names_goes_before_the_store(store: Path) -> None:
    first, _, last = runs(store)
    page = reported(last, "--since", first)
    assert "Since 25 November 2026" in page
    assert page.count('r="3.5"') == 2
    assert "First seen on" in page


def test_since_none_is_nothing_of_the_time_before(store: Path) -> None:
    page = reported(runs(store)[2], "--since", "none")
    assert 'id="since"' not in page
    assert "First seen on" not in page


def test_none_beside_a_run_is_a_wrong_path(store: Path) -> None:
    first, _, last = runs(store)
    told = complaint(auditor("report", last, "--since", first, "--since", "none"))
    assert "none: No such file" in told


def test_a_run_outside_its_store_has_no_history_and_gets_no_index(
    store: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "elsewhere" / runs(store)[2].name
    shutil.copytree(runs(store)[2], alone)
    assert "First seen on" not in reported(alone)
    assert not (alone.parent / INDEX).exists()


def test_another_clients_runs_never_show(store: Path) -> None:
    own = structs.replace(an_audit(90, *FTP).run, client="Autre")
    made = keep(store, structs.replace(an_audit(90, *FTP), run=own))
    page = reported(made)
    assert 'id="since"' not in page
    assert "open for 0 days" in page


def test_a_handed_over_report_keeps_its_ages(store: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("ab" * 32)
    key.chmod(0o600)
    page = reported(runs(store)[2], "--redact", "R2", "--redact-key", key)
    assert "Since 25 December 2026" in page
    assert "First seen on 24 January 2027" in page


def test_a_new_run_of_the_store_is_set_beside_the_last(tmp_path: Path) -> None:
    def evaluated(*words: str) -> Any:
        taken = snapshot(tmp_path)
        return auditor("evaluate", taken, "-i", inventory(tmp_path), *words)

    out = str(tmp_path / "runs")
    assert "still open" not in evaluated("-o", out).stdout
    done = evaluated("-o", out)
    assert "still open" in done.stdout
    assert (tmp_path / "runs" / INDEX).is_file()
    assert "still open" not in evaluated("-o", out, "--since", "none").stdout
    assert "still open" not in evaluated().stdout


def test_an_index_that_can_not_be_made_costs_no_report(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("auditor.cli.past.open_index", failing)
    done = auditor("report", runs(store)[2])
    assert 0 == done.returncode
    assert "auditor: no history: [Errno 28] No space left on device\n" == done.stderr
    assert "Gaps" in done.stdout or "gap" in done.stdout
