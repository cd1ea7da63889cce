"""The lab audited whole: what must be found, what must not, and what was not seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.loading import load_checks
from auditor.model.run import FindingRecord, Run
from auditor.store.folder import read_run
from tests.lab.expectations import Row
from tests.lab.pytest_lab import Lab

AUDITOR = str(Path(__file__).parents[1] / ".venv/bin/auditor")
BUILT = {check.id for check in load_checks()}


@dataclass(frozen=True, slots=True)
class Audited:
    """One `auditor run` over the whole lab."""

    code: int
    run: Run
    folder: Path
    html: str
    said: str


@pytest.fixture(scope="module")
def audited(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    out = tmp_path_factory.mktemp("audit")
    formats = [f"-fhtml:{out}/out.html", f"-fjson:{out}/out.json"]
    done = lab.exec(
        [AUDITOR, "run", "-i", str(lab.inventory), "-o", f"{out}/runs", *formats]
    )
    folder = next((out / "runs").glob("2*"))
    return Audited(
        done.returncode,
        read_run(folder),
        folder,
        (out / "out.html").read_text("utf-8"),
        done.stdout + done.stderr,
    )


def of(run: Run, host: str, check: str) -> list[FindingRecord]:
    return [f for f in run.findings if (f.host, f.check) == (host, check)]


def matches(finding: FindingRecord, row: Row) -> bool:
    subject = f"{finding.subject.kind}:{finding.subject.name}"
    return finding.verdict == row.verdict and row.subject in (None, subject)


def test_every_planted_fault_is_found(lab: Lab, audited: Audited) -> None:
    rows = [row for row in lab.expectations().planted if row.check in BUILT]
    missed = [
        f"{row.host} {row.check} {row.subject or ''}: {row.why}"
        for row in rows
        if not any(matches(f, row) for f in of(audited.run, row.host, row.check))
    ]
    assert missed == []
    assert rows != []


def test_no_decoy_fails(lab: Lab, audited: Audited) -> None:
    rows = [row for row in lab.expectations().decoys if row.check in BUILT]
    taken = [
        f"{row.host} {row.check} {finding.subject}: {row.why}"
        for row in rows
        for finding in of(audited.run, row.host, row.check)
        if matches(finding, row)
    ]
    assert taken == []
    assert rows != []


def test_every_host_ends_in_its_state(lab: Lab, audited: Audited) -> None:
    expected = {row.host: (row.state, row.reason) for row in lab.expectations().states}
    assert {h.name: (h.state, h.reason) for h in audited.run.hosts} == expected


def test_an_incomplete_audit_exits_3_and_the_report_names_what_is_missing(
    audited: Audited,
) -> None:
    assert audited.code == 3
    for host in audited.run.hosts:
        if host.state != "audited":
            assert host.name in audited.html
            assert (host.reason or "") in audited.said


def test_with_only_whole_hosts_findings_exit_1(
    lab: Lab, audited: Audited, tmp_path: Path
) -> None:
    whole = ",".join(h.name for h in audited.run.hosts if h.state == "audited")
    command = [AUDITOR, "run", "-i", str(lab.inventory), "-l", whole]
    assert lab.exec([*command, "-o", str(tmp_path)]).returncode == 1


def test_evaluate_says_the_same_from_the_runs_files(
    lab: Lab, audited: Audited, tmp_path: Path
) -> None:
    again = tmp_path / "again.json"
    lab.exec([AUDITOR, "evaluate", str(audited.folder), f"-fjson:{again}"])
    assert json.loads(again.read_text())["findings"] == [
        *json.loads((audited.folder / "run.json").read_text())["findings"]
    ]


def test_the_program_run_by_hand_says_the_same(
    lab: Lab, audited: Audited, tmp_path: Path
) -> None:
    """But for the digests of passwords, whose key never leaves the auditor."""
    base = [AUDITOR, "collect", "-i", str(lab.inventory)]
    program = lab.exec([*base, "--print-program", "lis-35"]).stdout
    answer = tmp_path / "answer"
    answer.write_text(lab.shell("lis-35", program).stdout)
    run = [AUDITOR, "run", "-i", str(lab.inventory), "-l", "lis-35"]
    done = lab.exec([*run, "-o", str(tmp_path), f"--answer=lis-35={answer}"])
    by_hand = read_run(next(path for path in tmp_path.iterdir() if path.is_dir()))
    digests = {c.id for c in load_checks() if "PasswordDigests" in map(_name, c.facts)}
    fleet = {c.id for c in load_checks() if c.fleet}
    assert done.returncode == 1
    assert _told(by_hand, digests | fleet) == _told(audited.run, digests | fleet)


def _name(kind: type) -> str:
    return kind.__name__


def _told(run: Run, without: set[str]) -> list[tuple[str, str, str, str]]:
    return sorted(
        (f.check, f.subject.kind, f.subject.name, f.verdict.value)
        for f in run.findings
        if f.host == "lis-35" and f.check not in without
    )
