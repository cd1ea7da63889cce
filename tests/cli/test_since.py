"""`--since`: an earlier run to compare with, of the same client and before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from auditor.model.run import Level, Run, encode_run
from tests.cli.running import auditor, complaint, inventory, snapshot
from tests.report.runs import STARTED, host, run
from tests.report.small import CHECKS, fails


def written(folder: Path, name: str, one: Run) -> Path:
    """A run folder of that name."""
    made = folder / name
    made.mkdir()
    (made / "run.json").write_bytes(encode_run(one))
    return made


def audit(days_ago: int, *failing: str, **changed: Any) -> Run:
    """A run of one host, that many days ago, in English."""
    at = STARTED - timedelta(days=days_ago)
    found = fails(*failing)
    info: dict[str, Any] = {"started": at, "language": "en"} | changed
    return run(CHECKS, [host("a")], found, **info)


@pytest.fixture
def now(tmp_path: Path) -> Path:
    return written(tmp_path, "now", audit(0))


def test_the_report_and_the_summary_say_what_was_fixed(
    tmp_path: Path, now: Path
) -> None:
    then = written(tmp_path, "then", audit(90, "ACC-001@a"))
    page = tmp_path / "report.html"
    done = auditor("report", now, "--since", then, "-f", f"html:{page}")
    assert "1 gap fixed · 0 new gaps · 0 still open" in done.stdout
    assert "1 gap fixed" in page.read_text("utf-8")


def test_the_latest_of_several_is_compared_whatever_their_order(
    tmp_path: Path, now: Path
) -> None:
    last = written(tmp_path, "last", audit(90))
    first = written(tmp_path, "first", audit(180, "ACC-001@a"))
    done = auditor("report", now, "--since", last, "--since", first / "run.json")
    assert "0 gaps fixed" in done.stdout


def test_a_run_of_another_client_is_refused(tmp_path: Path, now: Path) -> None:
    other = written(tmp_path, "other", audit(90, client="Autre client"))
    told = complaint(auditor("report", now, "--since", other))
    assert f"--since {other}: not a run of 'Groupe de laboratoires Exemple'" in told


def test_a_later_run_is_refused(tmp_path: Path, now: Path) -> None:
    later = written(tmp_path, "later", audit(-1))
    told = complaint(auditor("report", now, "--since", later))
    assert f"--since {later}: began after the run to report on" in told


def test_a_run_of_another_hand_over_level_is_refused(tmp_path: Path, now: Path) -> None:
    other = written(tmp_path, "other", audit(90, level=Level.R2))
    told = complaint(auditor("report", now, "--since", other))
    assert f"--since {other}: handed over at R2, not at R0" in told


def test_a_run_refuses_a_wrong_file_before_it_connects(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", "utf-8")
    told = complaint(auditor("run", "-i", inventory(tmp_path), "--since", wrong))
    assert str(wrong) in told


def test_evaluate_compares_too(tmp_path: Path) -> None:
    base = audit(90)
    client = structs.replace(base.run, client="Laboratoires Exemple")
    then = written(tmp_path, "then", structs.replace(base, run=client))
    words = ("evaluate", snapshot(tmp_path), "-i", inventory(tmp_path))
    done = auditor(*words, "--since", then)
    assert "The rules, the profile or the tool changed" in done.stdout
