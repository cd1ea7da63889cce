"""The command line and the program, run for real by the shells of this machine."""

from __future__ import annotations

import os
import shutil
from typing import ClassVar

import pytest
from msgspec.structs import replace

from auditor.collect.budget import Budget
from auditor.collect.privilege import Plan
from auditor.collect.session import Outcome, collect_over
from auditor.collect.transports.local import LocalStream
from auditor.model.findings import Reason
from auditor.model.host import Host, Limits
from tests.collect.programs import hello, program
from tests.collect.visits import outcome, visit

HERE = Host("here", "here", transport="local")
ROOT = os.getuid() == 0
PRIVILEGED = ("audited", None) if ROOT else ("partial", "sudo_refused")
SHELLS = {
    "sh": ("sh", "-c"),
    "bash": ("bash", "-c"),
    "rbash": ("bash", "--restricted", "-c"),
    "busybox": ("busybox", "sh", "-c"),
}
#: Rare ones, tried where they are installed.
SHELLS |= {name: (name, "-c") for name in ("fish", "csh", "zsh") if shutil.which(name)}


def run_by(shell: tuple[str, ...], *more: str, seconds: float = 20) -> Outcome:
    """What the session gives with that login shell; `more` runs in the program."""

    class Stream(LocalStream):
        pass

    Stream.shell = shell
    budget = Budget(seconds, 8 << 20)
    stream = Stream(budget)
    try:
        chosen = Plan("never", "sudo")
        return collect_over(
            stream, hello(*more), chosen, None, budget, patience=seconds
        )
    finally:
        stream.close()


@pytest.mark.parametrize("name", SHELLS)
def test_every_login_shell_starts_the_program(name: str) -> None:
    words = SHELLS[name]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    found = run_by(words)
    assert (found.reason, found.detail) == (None, "")
    assert [frame.name for frame in found.frames] == ["Hello", "Who"]


def test_this_machine_is_audited_as_it_stands() -> None:
    snapshot = visit(HERE)
    assert outcome(snapshot) == PRIVILEGED
    assert (snapshot.transport, snapshot.ssh) == ("local", None)


def test_without_a_right_to_sudo_the_program_runs_all_the_same() -> None:
    if not ROOT:
        pytest.skip("needs root to become nobody, who surely may not use sudo")

    class Nobody(LocalStream):
        shell: ClassVar = ("setpriv", "--reuid=65534", "--clear-groups", "sh", "-c")

    budget = Budget(20, 8 << 20)
    stream = Nobody(budget)
    found = collect_over(
        stream, hello(), Plan("preferred", "sudo"), None, budget, patience=10
    )
    stream.close()
    assert (found.privilege, found.reason) == ("user", None)
    assert found.refusal.startswith(("sudo: ", "/bin/sh: "))
    assert found.frames[1].body.endswith(" 1\t65534\n")


def test_the_environment_of_the_auditor_stays_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SUDO_LIS", "s3cret")
    found = run_by(("sh", "-c"), 'frame Env "$(env)"')
    assert found.reason is Reason.PROTOCOL
    assert found.detail == "Env 1 was not asked for"
    snapshot = visit(HERE, program=lambda: program('frame Env "$(env)"', "Env"))
    assert "s3cret" not in snapshot.facts["Env"].text


def test_a_cut_program_runs_nothing() -> None:
    whole = hello()
    text = whole.text.removesuffix("main 3<&0 </dev/null; exit\n")
    cut = type(whole)(text, whole.nonce, whole.facts, whole.sha256)
    snapshot = visit(HERE, program=lambda: cut)
    assert outcome(snapshot) == ("broken", "protocol")
    assert snapshot.facts == {}


def test_a_program_larger_than_the_pipe_that_answers_early_does_not_hang() -> None:
    filler = "\n".join(f": {'x' * 1000}" for _ in range(300))
    early = 'i=0; while [ $i -lt 3000 ]; do echo "noise $i"; i=$((i + 1)); done'
    found = run_by(("sh", "-c"), early, filler)
    assert found.reason is None


def test_a_child_that_holds_the_output_does_not_delay_the_end() -> None:
    assert run_by(("sh", "-c"), "sleep 30 &", seconds=8).reason is None


def test_a_program_that_does_not_end_is_ended_on_the_target() -> None:
    found = run_by(("sh", "-c"), "sleep 60", seconds=4)
    assert found.reason is Reason.TIMED_OUT
    assert [frame.name for frame in found.frames] == ["Hello"]


def test_facts_that_did_not_come_before_the_deadline_are_timed_out() -> None:
    host = replace(HERE, limits=Limits(deadline=3, scan_budget=0))
    snapshot = visit(host, program=lambda: hello("sleep 60"))
    assert outcome(snapshot) == ("partial", "timed_out")
    assert {n: f.status.value for n, f in snapshot.facts.items()} == {
        "Hello": "ok",
        "Who": "timed_out",
    }


def test_output_without_end_is_a_limit() -> None:
    found = run_by(("sh", "-c"), "yes")
    assert found.reason is Reason.LIMIT


def test_a_program_that_ends_early_leaves_its_whole_facts() -> None:
    snapshot = visit(HERE, program=lambda: hello("exit 3"))
    assert outcome(snapshot) == ("partial", "protocol")
    assert {n: f.status.value for n, f in snapshot.facts.items()} == {
        "Hello": "ok",
        "Who": "missing",
    }
