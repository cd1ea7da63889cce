"""An answer carried by hand becomes a snapshot like any other."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.collect.fleet import collect_hosts
from auditor.collect.program import PROGRAM
from auditor.collect.visiting import Means
from auditor.model.host import Host, Pins
from auditor.model.snapshot import Snapshot
from tests.collect.programs import program
from tests.collect.visits import outcome

LIS = Host("lis", "10.0.0.1", user="audit")
WORDS = {"tool": "0.0.9", "clock": "1764064800", "uid": "0", "facts": "Hello:1 Who:1"}


def answer(tmp_path: Path, *frames: str, words: dict[str, str] = WORDS) -> Path:
    """What the program prints, run by hand; `frames` are lines of its sh text."""
    tab = "\t"
    said = "".join(
        f"ok{tab}value{tab}{name}{tab}-\n 1{tab}{word}\n"
        for name, word in words.items()
    )
    body = "\n".join([f"frame {PROGRAM} '{said}'", *frames])
    path = tmp_path / "answer"
    with path.open("wb") as file:
        text = program(body).text
        subprocess.run(["sh"], input=text.encode(), stdout=file, check=True)
    return path


def read(path: Path, host: Host = LIS) -> Snapshot:
    known = Means({}, lambda _: "", lambda _: Pins(), answers={host.name: path})
    [snapshot] = collect_hosts([host], lambda _: pytest.fail("not asked"), known)
    return snapshot


HELLO = "frame Hello 'ok\tvalue\tword\t-\n 1\thello\n'"
WHO = "frame Who 'ok\tvalue\tuid\t-\n 1\t0\n'"


def test_what_was_asked_and_when_stands_in_the_answer(tmp_path: Path) -> None:
    snapshot = read(answer(tmp_path, HELLO, WHO))
    assert outcome(snapshot) == ("audited", None)
    assert snapshot.transport == "answer"
    assert snapshot.privilege == "root"
    assert snapshot.tool == "0.0.9"
    assert snapshot.started == datetime(2025, 11, 25, 10, tzinfo=UTC)
    assert sorted(snapshot.facts) == ["Hello", "Who"]
    assert snapshot.facts["Hello"].text == "ok\tvalue\tword\t-\n 1\thello\n"


def test_a_fact_asked_for_that_did_not_come_is_missing(tmp_path: Path) -> None:
    snapshot = read(answer(tmp_path, HELLO))
    assert snapshot.facts["Who"].status == "missing"


def test_run_by_a_user_it_is_partial(tmp_path: Path) -> None:
    snapshot = read(answer(tmp_path, HELLO, words=WORDS | {"uid": "1000"}))
    assert outcome(snapshot) == ("partial", "sudo_refused")
    assert snapshot.privilege == "user"


def test_cut_it_keeps_its_whole_facts(tmp_path: Path) -> None:
    path = answer(tmp_path, HELLO, WHO)
    path.write_bytes(path.read_bytes()[:-60])
    snapshot = read(path)
    assert outcome(snapshot) == ("partial", "protocol")
    assert snapshot.detail == f"{path}: no END"
    assert snapshot.facts["Hello"].status == "ok"


def test_a_terminal_that_changed_its_line_ends_is_named(tmp_path: Path) -> None:
    path = answer(tmp_path, HELLO)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    snapshot = read(path)
    assert outcome(snapshot) == ("broken", "protocol")
    assert snapshot.detail is not None
    assert "CRLF" in snapshot.detail


def test_another_file_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "answer"
    path.write_text("Dear auditor, the host is fine.\n")
    snapshot = read(path)
    assert outcome(snapshot) == ("broken", "protocol")
    assert snapshot.detail == (
        f"{path}: no answer of the program (it begins with its own frame)"
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    snapshot = read(tmp_path / "nowhere")
    assert snapshot.detail == f"{tmp_path}/nowhere: No such file or directory"


def test_a_fact_that_the_program_did_not_ask_for_is_refused(tmp_path: Path) -> None:
    snapshot = read(answer(tmp_path, HELLO, "frame Shadow 'x'"))
    assert outcome(snapshot) == ("broken", "protocol")
    assert snapshot.facts == {}
