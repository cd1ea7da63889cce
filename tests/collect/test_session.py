"""From the command line to the answer, word by word with a scripted host."""

from __future__ import annotations

from auditor.collect.budget import Budget
from auditor.collect.privilege import Plan
from auditor.collect.session import Outcome, collect_over
from auditor.collect.transports.stream import Received
from auditor.collect.trouble import HostTroubleError
from auditor.model.findings import Reason
from auditor.model.host import Privilege
from tests.collect.programs import hello
from tests.collect.scripted import Scripted, after, at_once, silent

PASSWORD = "correct horse"


def plan(privilege: Privilege = "preferred") -> Plan:
    return Plan(privilege, "sudo")


def run(
    stream: Scripted, chosen: Plan, password: str | None = None, seconds: float = 5
) -> Outcome:
    budget = Budget(seconds, 1 << 20)
    return collect_over(stream, PROGRAM, chosen, password, budget, patience=seconds / 2)


def trouble(
    stream: Scripted, chosen: Plan, password: str | None = None, seconds: float = 5
) -> tuple[str, str, str]:
    """State, reason and detail of the trouble in which the session ends."""
    try:
        run(stream, chosen, password, seconds)
    except HostTroubleError as error:
        return error.state.value, error.reason.value, error.detail
    raise AssertionError("the session went well")


PROGRAM = hello()
END = f"@{PROGRAM.nonce} END 1\n".encode()
FRAME = f"@{PROGRAM.nonce} FACT Hello 1 2 -\nhi\n".encode()
LAST = PROGRAM.text[-30:].encode()


def test_the_program_is_sent_after_the_go_word_only() -> None:
    chosen = plan()
    before: list[bytes] = []

    def go(sent: bytes) -> Received:
        before.append(sent)
        return Received(b"welcome\n" + chosen.go_word("root"))

    stream = Scripted(go, after(LAST, FRAME + END))
    outcome = run(stream, chosen)
    assert before == [b""]
    assert stream.sent == PROGRAM.text.encode()
    assert (outcome.privilege, outcome.reason) == ("root", None)


def test_nothing_follows_the_program() -> None:
    chosen = plan()
    stream = Scripted(
        at_once(chosen.go_word("root")), after(LAST, FRAME), at_once(END + b"late")
    )
    assert run(stream, chosen).reason is None
    assert stream.sent == PROGRAM.text.encode()
    assert stream.input_closed


def test_the_password_goes_to_the_prompt_and_the_program_to_the_shell() -> None:
    chosen = plan()
    stream = Scripted(
        at_once(stderr=chosen.prompt),
        after(b"correct horse\n", chosen.go_word("root")),
        after(LAST, FRAME + END),
    )
    assert run(stream, chosen, PASSWORD).privilege == "root"
    assert stream.sent == b"correct horse\n" + PROGRAM.text.encode()


def test_the_command_line_has_neither_password_nor_the_words_to_wait_for() -> None:
    chosen = plan()
    stream = Scripted()
    trouble(stream, chosen, PASSWORD)
    assert PASSWORD not in stream.command
    assert chosen.prompt.decode() not in stream.command
    assert chosen.go_word("root").decode().strip() not in stream.command


def test_a_prompt_that_is_not_ours_gets_nothing() -> None:
    chosen = plan()
    stream = Scripted(at_once(b"[sudo] password for audit: ", b"Password: ask-:"))
    trouble(stream, chosen, PASSWORD)
    assert stream.sent == b""


def test_a_second_prompt_closes_the_channel() -> None:
    chosen = plan()
    stream = Scripted(
        at_once(stderr=chosen.prompt),
        after(b"\n", stderr=b"Sorry, try again.\n" + chosen.prompt),
    )
    expected = ("refused", "sudo_refused", "the sudo password was refused")
    assert trouble(stream, chosen, PASSWORD) == expected
    assert stream.sent == b"correct horse\n"
    assert stream.closed


def test_a_wrong_password_with_a_single_try_is_refused_too() -> None:
    chosen = plan()
    stream = Scripted(
        at_once(stderr=chosen.prompt),
        after(b"\n", chosen.go_word("user"), b"sudo: 1 incorrect password attempt\n"),
    )
    expected = ("refused", "sudo_refused", "the sudo password was refused")
    assert trouble(stream, chosen, PASSWORD) == expected
    assert stream.closed


def test_a_refusal_where_privilege_is_required() -> None:
    chosen = plan("required")
    said = b"audit is not in the sudoers file.\x1b[2J\n"
    stream = Scripted(at_once(chosen.in_word, said), status=1)
    expected = (
        "refused",
        "sudo_refused",
        "audit is not in the sudoers file.\\u{1b}[2J",
    )
    assert trouble(stream, chosen) == expected


def test_a_shell_that_runs_nothing_is_no_refusal_of_sudo() -> None:
    said = b"This account is currently not available.\n"
    stream = Scripted(at_once(said), status=1)
    expected = (
        "refused",
        "login_refused",
        "the account may run no command: This account is currently not available.",
    )
    assert trouble(stream, plan("required")) == expected


def test_the_refusal_is_kept_when_the_program_runs_without_privilege() -> None:
    chosen = plan()
    stream = Scripted(
        at_once(chosen.go_word("user"), b"sudo: a password is required\n"),
        after(LAST, FRAME + END),
    )
    outcome = run(stream, chosen)
    assert (outcome.privilege, outcome.reason) == ("user", None)
    assert outcome.refusal == "sudo: a password is required"


def test_the_first_go_word_counts() -> None:
    chosen = plan()
    both = chosen.go_word("user") + chosen.go_word("root")
    stream = Scripted(at_once(both), after(LAST, FRAME + END))
    assert run(stream, chosen).privilege == "user"


def test_noise_without_end_before_the_go_word_is_a_limit() -> None:
    stream = Scripted(*[at_once(b"A" * 60000)] * 5)
    assert trouble(stream, plan())[:2] == ("broken", "limit")


def test_no_go_word_in_time() -> None:
    stream = Scripted(silent)
    expected = ("broken", "timed_out", "out of time before the program could start")
    assert trouble(stream, plan(), seconds=0.2) == expected


def test_facts_that_came_whole_before_the_deadline_are_kept() -> None:
    chosen = plan()
    stream = Scripted(at_once(chosen.go_word("root")), after(LAST, FRAME), silent)
    outcome = run(stream, chosen, seconds=0.3)
    assert [frame.name for frame in outcome.frames] == ["Hello"]
    assert outcome.reason is Reason.TIMED_OUT


def test_the_target_s_own_deadline_is_a_deadline() -> None:
    chosen = plan()
    stream = Scripted(at_once(chosen.go_word("root")), after(LAST, FRAME), status=124)
    assert run(stream, chosen).reason is Reason.TIMED_OUT


def test_a_lost_connection_keeps_the_facts_that_came_whole() -> None:
    chosen = plan()
    stream = Scripted(
        at_once(chosen.go_word("root")), after(LAST, FRAME + FRAME[:20]), status=None
    )
    stream.lost = "jump host bastion: its connection broke"
    outcome = run(stream, chosen)
    assert [frame.name for frame in outcome.frames] == ["Hello"]
    assert outcome.reason is Reason.UNREACHABLE
    assert outcome.detail == "jump host bastion: its connection broke"


def test_of_a_forged_answer_nothing_is_kept() -> None:
    chosen = plan()
    stream = Scripted(at_once(chosen.go_word("root")), after(LAST, FRAME + FRAME))
    outcome = run(stream, chosen)
    assert (outcome.frames, outcome.reason) == ((), Reason.PROTOCOL)
    assert outcome.detail == "Hello came twice"


def test_a_fact_that_was_not_asked_for_is_refused() -> None:
    chosen = plan()
    foreign = FRAME.replace(b"Hello", b"Shadow")
    stream = Scripted(at_once(chosen.go_word("root")), after(LAST, foreign + END))
    outcome = run(stream, chosen)
    assert (outcome.frames, outcome.detail) == ((), "Shadow 1 was not asked for")
