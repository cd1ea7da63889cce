"""How the seven questions of the founding case are answered."""

from __future__ import annotations

from auditor.model.findings import Reason, Verdict
from auditor.model.run import FindingRecord
from auditor.report.sections.questions import CASE, Question, questions
from tests.report.runs import check, finding, host, run
from tests.report.small import WAIVED, fails, of, unread, view


def question(number: int, *found: FindingRecord) -> Question:
    return questions(view(*found))[number - 1]


def test_there_are_seven() -> None:
    assert list("1234567") == [one.number for one in questions(view())]


def test_any_fail_answers_no_and_names_the_deciding_check_and_hosts() -> None:
    unknown = unread("PHI-007", "b", Reason.DENIED)
    asked = question(5, *fails("ACC-001@a"), unknown)
    decided = [(one.check, one.hosts) for one in asked.deciding]
    assert ("no", [("ACC-001", "a")]) == (asked.answer, decided)


def test_without_a_fail_any_unknown_answers_not_evaluated_and_says_why() -> None:
    asked = question(6, unread("IDN-012", "b", Reason.DENIED))
    assert "unknown" == asked.answer
    assert asked.note.startswith("Reason: reading refused (1).")


def test_a_missing_declaration_answers_not_evaluated() -> None:
    asked = question(7, unread("LOG-009", "a", Reason.ATTESTATION_MISSING))
    assert "unknown" == asked.answer


def test_a_declaration_answers_declared() -> None:
    said = [finding("LOG-009", name, Verdict.ATTESTED, "host:") for name in "ab"]
    assert "declared" == question(7, *said).answer


def test_passes_alone_answer_yes_and_say_what_no_probe_proves() -> None:
    asked = question(6)
    said = "No technical reading proves that nobody told a colleague a password."
    assert ("yes", said) == (asked.answer, asked.note)


def test_needs_attention_alone_answers_with_reserve() -> None:
    assert "reserve" == question(6, finding("IDN-012", "a", Verdict.WARN)).answer


def test_not_applicable_alone_answers_not_applicable() -> None:
    absent = [finding("IDN-012", name, Verdict.NA) for name in "ab"]
    assert "na" == question(6, *absent).answer


def test_an_accepted_fail_still_answers_no() -> None:
    asked = question(6, finding("IDN-012", "a", Verdict.FAIL, waived=WAIVED))
    decided = [(one.check, one.hosts) for one in asked.deciding]
    assert ("accepted", [("IDN-012", "a")]) == (asked.answer, decided)


def test_a_question_that_no_check_answers_names_the_missing_channel() -> None:
    asked = question(2)
    assert (
        "unknown",
        "No check of this audit answers it. Only a signed declaration can answer it.",
    ) == (asked.answer, asked.note)


def test_a_suspicion_leaves_the_question_open_and_is_named() -> None:
    leftovers = check("MIG-001", family="migration", requirements=(f"{CASE}:1",))
    found = finding("MIG-001", "a", Verdict.FAIL)
    asked = questions(of(run([leftovers], [host("a")], [found])))[0]
    decided = [(one.check, one.hosts) for one in asked.deciding]
    assert ("unknown", [("MIG-001", "a")]) == (asked.answer, decided)
    assert asked.note.startswith("A suspicion, not a proof. Only the signed")


def test_no_suspicion_proves_nothing_either() -> None:
    leftovers = check("MIG-001", family="migration", requirements=(f"{CASE}:1",))
    asked = questions(of(run([leftovers], [host("a")], [])))[0]
    assert "unknown" == asked.answer
    assert asked.note.startswith("No check of this audit answers it.")
