"""`run --scheduled` and `ping`: the exit code of a timer, and the word that it ran."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.cli import stages
from auditor.cli.scheduled import exit_code, outcome
from auditor.errors import AuditorError
from auditor.model.changes import (
    Cause,
    Change,
    Changes,
    Kind,
    LostSight,
    State,
    encode_changes,
)
from auditor.model.findings import Severity
from auditor.model.host import Store
from auditor.model.run import SubjectRecord
from auditor.model.snapshot import Snapshot
from auditor.store.lock import locked
from tests.cli.running import (
    AT_ADDRESS,
    Done,
    auditor,
    complaint,
    inventory,
)
from tests.receiving import receiving
from tests.report.runs import STARTED
from tests.store.runs import stored
from tests.test_hosts import answered

HERE = """\
[engagement]
client = "Laboratoires Exemple"
auditor = "A. Exemple"

[hosts.here]
transport = "local"
privilege = "never"

[heartbeat]
"""


def inventory_in(folder: Path, heartbeat: str = 'file = "beat.json"\n') -> Path:
    file = folder / "inventory.toml"
    file.write_text(HERE + heartbeat, "utf-8")
    return file


def scheduled(folder: Path, *words: str | Path) -> Done:
    few = ("--check", "swap_unencrypted")
    return auditor("run", "--scheduled", "-i", folder / "inventory.toml", *few, *words)


def beat_in(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "beat.json").read_bytes())
    return found


def changes(*kinds: Kind, **fields: object) -> Changes:
    listed = tuple(
        Change(
            check="ACC-001",
            host="lis-35",
            subject=SubjectRecord(kind="service", name="vsftpd"),
            kind=kind,
            before=State.OPEN if kind is Kind.UNSEEN else State.GONE,
            after=State.UNREAD if kind is Kind.UNSEEN else State.OPEN,
            severity=Severity.MEDIUM,
            causes=(Cause.HOST,),
        )
        for kind in kinds
    )
    plain = {"since": "before", "since_started": STARTED, "run": "now"}
    return Changes(**plain, changes=listed, **fields)  # type: ignore[arg-type]


LOST = LostSight(check="ACC-001", host="lis-35", reason=None)


def test_known_findings_are_no_news() -> None:
    assert 0 == outcome(1, changes(), Severity.LOW)
    assert 0 == outcome(1, changes(Kind.FIXED, Kind.BETTER), Severity.LOW)


@pytest.mark.parametrize("kind", [Kind.NEW, Kind.WORSE, Kind.UNSEEN])
def test_what_got_worse_is_news(kind: Kind) -> None:
    assert 1 == outcome(1, changes(Kind.FIXED, kind), Severity.LOW)


def test_what_is_below_fail_on_is_none() -> None:
    assert 1 == outcome(1, changes(Kind.NEW), Severity.MEDIUM)
    assert 0 == outcome(1, changes(Kind.NEW), Severity.HIGH)


def test_lost_sight_is_news_whatever_fail_on_says() -> None:
    assert 1 == outcome(0, changes(lost=(LOST,)), Severity.CRITICAL)
    assert 1 == outcome(0, changes(missing=("lis-35",)), Severity.CRITICAL)


@pytest.mark.parametrize("code", [3, 130])
def test_an_incomplete_run_keeps_its_code(code: int) -> None:
    assert code == outcome(code, changes(), Severity.LOW)


@pytest.mark.parametrize("code", [0, 1])
def test_a_first_run_keeps_its_code(code: int) -> None:
    assert code == outcome(code, None, Severity.LOW)


def test_the_changes_of_the_run_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory_in(tmp_path)

    def run(*_: object, **__: object) -> int:
        folder = stored(Store(tmp_path / "runs"))
        (folder / "changes.json").write_bytes(encode_changes(changes(Kind.FIXED)))
        return 1

    monkeypatch.setattr(stages, "run", run)
    done = scheduled(tmp_path)
    assert (0, "scheduled: nothing worse than in before\n") == (
        done.returncode,
        done.stderr,
    )
    assert 0 == beat_in(tmp_path)["exit_code"]


def test_a_host_that_stays_as_it_is_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = inventory(tmp_path, f'{AT_ADDRESS}[heartbeat]\nfile = "beat.json"\n')

    def collected(keep: Callable[[Snapshot], object], *_: object) -> int:
        keep(next(taken for taken in answered() if taken.host == "lis-35"))
        return 0

    monkeypatch.setattr(stages, "collect_into", collected)
    words = ("run", "--scheduled", "-i", file, "--check")
    first = auditor(*words, "access")
    same = auditor(*words, "access")
    assert [1, 0] == [first.returncode, same.returncode]
    first_run = min(run.name for run in (tmp_path / "runs").glob("2*"))
    assert f"scheduled: nothing worse than in {first_run}" in same.stderr
    assert 0 == beat_in(tmp_path)["exit_code"]


def test_a_run_leaves_its_folder_and_then_its_heartbeat(tmp_path: Path) -> None:
    inventory_in(tmp_path)
    done = scheduled(tmp_path)
    assert done.returncode in (0, 1), done.stderr
    (run,) = (tmp_path / "runs").glob("2*")
    assert (run.name, done.returncode) == (
        beat_in(tmp_path)["run"],
        beat_in(tmp_path)["exit_code"],
    )


def test_a_heartbeat_that_is_not_sent_changes_no_exit_code(tmp_path: Path) -> None:
    inventory_in(tmp_path, 'url = { file = "address" }\n')
    with receiving(500) as asked:
        secret = tmp_path / "address"
        secret.write_text(asked.url)
        secret.chmod(0o600)
        done = scheduled(tmp_path)
    assert done.returncode in (0, 1)
    assert "heartbeat: not sent: url: the receiver answered 500\n" in done.stderr
    assert "TOKEN" not in done.stdout + done.stderr
    kept = [f.read_bytes() for f in (tmp_path / "runs").rglob("*") if f.is_file()]
    assert not any(b"TOKEN" in data or b"address" == data for data in kept)


def test_a_heartbeat_without_its_secret_stops_before_the_audit(tmp_path: Path) -> None:
    inventory_in(tmp_path, 'url = { env = "ABSENT_BEAT" }\n')
    said = complaint(scheduled(tmp_path))
    assert "heartbeat.url: the variable ABSENT_BEAT is not set" in said
    assert not (tmp_path / "runs").exists()


def test_a_run_that_is_not_scheduled_sends_none(tmp_path: Path) -> None:
    auditor("run", "-i", inventory_in(tmp_path), "--check", "swap_unencrypted")
    assert not (tmp_path / "beat.json").exists()


def test_a_second_run_does_nothing_and_sends_nothing(tmp_path: Path) -> None:
    inventory_in(tmp_path)
    (tmp_path / "runs").mkdir()
    with locked(tmp_path / "runs"):
        said = complaint(scheduled(tmp_path))
    assert f"process {os.getpid()} is writing there, and this one has done" in said
    assert not (tmp_path / "beat.json").exists()


def test_a_prompt_is_an_error_of_configuration(tmp_path: Path) -> None:
    text = '[hosts.lis]\nuser = "audit"\npassword = { prompt = true }\n'
    inventory_in(tmp_path, 'file = "beat.json"\n' + text)
    assert "hosts.lis.password: it is asked for" in complaint(scheduled(tmp_path))


def test_it_draws_and_colours_nothing_on_a_terminal(tmp_path: Path) -> None:
    file = inventory_in(tmp_path)
    ours, theirs = pty.openpty()
    words = ["-m", "auditor", "run", "--scheduled", "-i", file, "--check", "accounts"]
    environment = {**os.environ, "TERM": "xterm", "FORCE_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment,
        check=False,
    )
    os.close(theirs)
    assert b"\x1b[3" not in done.stdout
    assert os.read(ours, 4096).startswith(b"1/1 here: audited\r\n")
    os.close(ours)


def test_ping_sends_one_by_hand(tmp_path: Path) -> None:
    file = inventory_in(tmp_path)
    done = auditor("ping", "-i", file)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    assert {"run": None, "exit_code": 0, "head": None} == beat_in(tmp_path)


@pytest.mark.parametrize("code", ["0", "1", "2", "3"])
def test_ping_never_says_in_place_of_a_run_that_all_is_well(
    tmp_path: Path, code: str
) -> None:
    file = inventory_in(tmp_path)
    assert 0 == auditor("ping", "-i", file, "--code", code).returncode
    assert not (tmp_path / "beat.json").exists()


def test_ping_tells_a_service_that_was_killed_as_failed(tmp_path: Path) -> None:
    with receiving() as asked:
        secret = tmp_path / "address"
        secret.write_text(asked.url)
        secret.chmod(0o600)
        file = inventory_in(
            tmp_path, 'url = { file = "address" }\nservice = "healthchecks"\n'
        )
        for how in (["timeout", "0"], ["signal", "KILL"], ["resources", ""]):
            auditor("ping", "-i", file, "--result", how[0], "--code", how[1])
    assert ["/TOKEN/fail"] * 3 == [path for _, path, _ in asked.requests]
    codes = [json.loads(body)["exit_code"] for _, _, body in asked.requests]
    assert [None, 137, None] == codes


def test_ping_that_is_not_sent_says_so(tmp_path: Path) -> None:
    file = inventory_in(tmp_path, 'file = "absent/beat.json"\n')
    done = auditor("ping", "-i", file)
    said = (
        f"heartbeat: not sent: {tmp_path}/absent/beat.json: No such file or directory"
    )
    assert (1, f"{said}\n") == (done.returncode, done.stderr)


def test_ping_without_a_heartbeat_is_a_mistake(tmp_path: Path) -> None:
    file = inventory_in(tmp_path)
    file.write_text(HERE.removesuffix("[heartbeat]\n"), "utf-8")
    assert "has no [heartbeat]" in complaint(auditor("ping", "-i", file))


def test_a_status_of_neither_kind_is_refused() -> None:
    assert (143, 7) == (exit_code("TERM", "signal"), exit_code("7", "exit-code"))
    with pytest.raises(AuditorError, match="neither an exit code"):
        exit_code("SIGNOTHING")
