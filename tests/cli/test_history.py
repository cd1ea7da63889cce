"""`history` and `store reindex` as a user calls them."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from auditor.model.findings import Verdict
from auditor.model.host import Store
from auditor.model.snapshot import HostState
from auditor.store.index import INDEX
from auditor.store.pruning import prune
from tests.cli.running import Done, auditor, complaint, inventory
from tests.cli.test_stopped import in_small_room
from tests.report.runs import finding
from tests.report.small import WAIVED, fails
from tests.store.histories import an_audit, keep

CLIENT = "Laboratoires Exemple"
FTP, LOG = fails("ACC-001@a", "LOG-003@a")
ACCEPTED = structs.replace(LOG, waived=WAIVED)


def audit(days: int, *found: Any, **changed: Any) -> Any:
    return an_audit(days, *found, client=CLIENT, **changed)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in which no line is folded."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """The inventory of a client with four runs: one finding comes back, one stays."""
    runs = tmp_path / "runs"
    keep(runs, audit(0, FTP))
    keep(runs, audit(30, LOG))
    keep(runs, audit(60, FTP, ACCEPTED))
    keep(runs, audit(90, FTP, ACCEPTED))
    return inventory(tmp_path)


def history(file: Path, *words: str) -> Done:
    return auditor("history", "-i", file, *words)


def cells(line: str) -> list[str]:
    """The words of a table's line, which two blanks part."""
    return [word.strip() for word in line.split("  ") if word.strip()]


def test_the_runs_are_listed_in_their_order(asked: Path) -> None:
    done = history(asked)
    head, *rows = done.stdout.splitlines()
    assert (0, "") == (done.returncode, done.stderr)
    assert ["No.", "Day", "Hosts"] == cells(head)[:3]
    assert [
        ["1", "2026-11-25", "1", "49", "100%", "1", "–", "–", "1"],
        ["2", "2026-12-25", "1", "49", "100%", "1", "–", "–", "1"],
    ] == [cells(row) for row in rows[:2]]
    assert 4 == len(rows)


def test_open_findings_are_listed_oldest_first_with_age_and_marks(asked: Path) -> None:
    _, first, second = history(asked, "--open").stdout.splitlines()
    assert ["2026-12-25", "60 days", "Critical", "LOG-003", "a"] == cells(first)[:5]
    assert "service:vsftpd · accepted since 2027-01-24" == cells(first)[5]
    assert "ACC-001" in second
    assert second.endswith("service:vsftpd · came back")


def test_closed_findings_are_listed_with_their_end(asked: Path) -> None:
    _, row = history(asked, "--closed").stdout.splitlines()
    assert "ACC-001" in row
    assert "30 days" in row
    assert row.endswith("· closed on 2026-12-25")


def test_a_host_is_shown_run_by_run_and_with_its_findings(asked: Path) -> None:
    told = history(asked, "a").stdout
    assert 4 == told.count("audited")
    assert 3 == len(told.partition("\n\n")[2].splitlines()) - 1


def test_a_check_is_shown_with_its_findings(asked: Path) -> None:
    _, *rows = history(asked, "--check", "ACC-001").stdout.splitlines()
    assert ["ACC-001", "ACC-001"] == [cells(row)[3] for row in rows]


def test_the_last_runs_and_the_first_findings_can_be_asked_for(asked: Path) -> None:
    assert 3 == len(history(asked, "--limit", "2").stdout.splitlines())
    assert 2 == len(history(asked, "--open", "--limit", "1").stdout.splitlines())


def test_what_may_be_older_than_the_first_run_that_is_left_says_so(
    asked: Path,
) -> None:
    first = Store(asked.parent / "runs", keep=1)
    long_after = datetime(2036, 1, 1, tzinfo=UTC)
    assert 3 == len(list(prune(first, "A. Exemple", long_after)))
    told = history(asked, "--open").stdout
    assert 2 == told.count("or longer, earlier audits were erased")


def test_in_french(asked: Path) -> None:
    told = history(asked, "--open", "--lang", "fr").stdout
    assert "60 jours" in told
    assert "dérogation depuis le 2027-01-24" in told


def test_json_is_for_programs(asked: Path) -> None:
    told = json.loads(history(asked, "--open", "-f", "json:-").stdout)
    assert "auditor-history/1" == told["schema"]
    assert [1, 2, 3, 4] == [run["number"] for run in told["runs"]]
    assert [("LOG-003", 60), ("ACC-001", 30)] == [
        (one["check"], one["days"]) for one in told["findings"]
    ]


def test_csv_is_for_spreadsheets(asked: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(history(asked, "-f", "csv:-").stdout)))
    assert ["1", "2", "3", "4"] == [row["number"] for row in rows]
    open_ = history(asked, "--open", "-f", "csv:-").stdout
    assert {"30", "60"} == {row["days"] for row in csv.DictReader(io.StringIO(open_))}


def test_a_table_for_programs_can_go_to_a_file_beside_the_text(
    asked: Path, tmp_path: Path
) -> None:
    done = history(asked, "-f", f"json:{tmp_path / 'h.json'}")
    assert CLIENT == json.loads((tmp_path / "h.json").read_bytes())["client"]
    assert 5 == len(done.stdout.splitlines())


def test_what_a_host_wrote_neither_steers_the_terminal_nor_a_spreadsheet(
    tmp_path: Path,
) -> None:
    evil = finding("ACC-001", "a", Verdict.FAIL, "file:=1+1\x1b[2J[red]\u202e")
    keep(tmp_path / "runs", audit(0, evil))
    file = inventory(tmp_path)
    told = history(file, "--open", "--color", "never").stdout
    assert "file:=1+1\\u{1b}[2J[red]\\u{202e}" in told.replace("\n", "").replace(
        " ", ""
    )
    told = history(file, "--open", "-f", "csv:-").stdout
    assert "\"'=1+1" in told


def test_hosts_that_were_not_reached_are_counted(tmp_path: Path) -> None:
    run = audit(0)
    lost = structs.replace(run.hosts[0], state=HostState.UNREACHABLE)
    keep(tmp_path / "runs", structs.replace(run, hosts=(lost,)))
    assert "0/1" in history(inventory(tmp_path)).stdout


def test_another_clients_runs_are_not_shown(asked: Path) -> None:
    keep(asked.parent / "runs", an_audit(120, FTP, client="Autre"))
    assert 5 == len(history(asked).stdout.splitlines())


def test_without_runs_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    assert "No audit is stored yet.\n" == history(inventory(tmp_path)).stdout


def test_a_store_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no such folder" in complaint(history(inventory(tmp_path)))


def test_a_host_that_no_run_has_is_refused(asked: Path) -> None:
    assert "no stored run has such a host" in complaint(history(asked, "b"))


def test_a_run_that_can_not_be_read_is_named_and_the_others_shown(asked: Path) -> None:
    first = min((asked.parent / "runs").glob("2*"))
    (first / "run.json").write_bytes(b"{}")
    done = history(asked)
    assert f"auditor: {first.name}: left out: {first}/run.json: altered" in done.stderr
    assert 4 == len(done.stdout.splitlines())


def test_reindex_makes_it_anew(asked: Path) -> None:
    history(asked)
    file = asked.parent / "runs" / INDEX
    before = file.read_bytes()
    file.write_bytes(b"none")
    done = auditor("store", "reindex", "-i", asked)
    assert "runs: 4, open findings: 2\n" == done.stdout
    assert before == file.read_bytes()


@pytest.mark.parametrize(
    ("done_to_the_room", "told"),
    [
        ("head -c 64k /dev/zero >{room}/full", "No space left on device"),
        ("mount -o remount,ro {room}", "Read-only file system"),
    ],
    ids=["full", "read-only"],
)
def test_a_store_that_takes_no_file_has_its_history_all_the_same(
    tmp_path: Path, done_to_the_room: str, told: str
) -> None:
    keep(tmp_path / "runs", audit(0, FTP))
    room, file = tmp_path / "room", inventory(tmp_path)
    full = done_to_the_room.format(room=room)
    line = f"{sys.executable} -m auditor history -i {file} -o {room} --open"
    command = f"cp -r {tmp_path}/runs/. {room}; {full} 2>{tmp_path}/full; {line}"
    done = in_small_room(room, command)
    assert (0, f"auditor: {room / INDEX}: not written: {told}\n") == (
        done.returncode,
        done.stderr,
    )
    assert "ACC-001" in done.stdout
    assert INDEX not in done.stdout
    assert ".new-" not in done.stdout
