"""The score in words, and the worst host."""

from __future__ import annotations

import pytest

from auditor.model.findings import Reason, Verdict
from auditor.model.run import Coverage, Score
from auditor.report.sections.scored import Scored, Worst, scored, worst
from tests.report.page import page
from tests.report.runs import finding, host, run
from tests.report.small import CHECKS, HOSTS, WAIVED, fails, of, unread, view

FULL = Coverage(applicable=348, evaluated=348, share=1.0)


def limit(value: int, cap: int, coverage: Coverage = FULL) -> str:
    found = scored(Score(value=value, cap=cap, without_waived=value), coverage)
    assert found is not None
    return found.limit


@pytest.mark.parametrize(
    ("value", "cap", "evaluated", "expected"),
    [
        (49, 49, 302, "critical_gap"),
        (31, 49, 302, ""),
        (69, 69, 302, "critical_unseen"),
        (43, 100, 150, "coverage"),
        (43, 69, 150, "coverage"),
        (43, 49, 150, "coverage"),
        (86, 100, 312, ""),
        (100, 100, 348, ""),
    ],
)
def test_what_holds_the_score_down_is_named(
    value: int, cap: int, evaluated: int, expected: str
) -> None:
    covered = Coverage(applicable=348, evaluated=evaluated, share=evaluated / 348)
    assert expected == limit(value, cap, covered)


def test_nothing_evaluated_has_no_score() -> None:
    assert scored(None, FULL) is None


def test_the_figure_without_waived_checks_stands_only_where_it_differs() -> None:
    same = scored(Score(value=80, cap=100, without_waived=80), FULL)
    apart = scored(Score(value=49, cap=49, without_waived=92), FULL)
    assert [Scored(80, "", None), Scored(49, "critical_gap", 92)] == [same, apart]


def test_the_worst_host_is_the_one_with_the_lowest_score() -> None:
    found = worst(view(*fails("ACC-001@b")))
    assert Worst("b", 49) == found


def test_a_host_of_which_nothing_was_evaluated_has_no_score_to_be_worst_by() -> None:
    lost = [unread(c.id, "a", Reason.UNREACHABLE) for c in CHECKS]
    assert Worst("b", 100) == worst(view(*lost))


def test_a_single_host_is_not_called_the_worst() -> None:
    assert worst(of(run(CHECKS, [host("a")]))) is None


def first_page(*found: object, language: str = "en", **changed: object) -> str:
    one = run(CHECKS, HOSTS, found, **changed)  # type: ignore[arg-type]
    return " ".join(page(one, language).text.split())


def test_the_first_page_shows_score_limit_and_worst_host() -> None:
    text = first_page(*fails("ACC-001@b"))
    assert "Score capped by a critical gap; worst host b: 4949 / 100" in text


def test_the_first_page_shows_the_figure_without_waived_checks() -> None:
    accepted = finding("ACC-001", "a", Verdict.FAIL, waived=WAIVED)
    text = first_page(accepted, language="fr")
    said = "plafonné par un écart critique\u202f; hors dérogations\u00a0: 100"
    assert " ".join(said.split()) in text


def test_a_run_file_without_scores_has_a_first_page_without_one() -> None:
    assert "worst host" not in first_page(score=None)
