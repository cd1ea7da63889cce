"""What a report is told of the time before its run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import structs

from auditor.history.episodes import Placed
from auditor.history.lines import RunLine, line_of
from auditor.history.past import MOST_AUDITS, ages_of, audited, compared_with
from auditor.history.states import lay_out
from auditor.model.changes import Cause, Kind
from tests.history.test_episodes import OPEN, UNREAD, audit, day, fixed, followed
from tests.report.runs import STARTED, run
from tests.report.small import CHECKS, HOSTS, fails


def line(
    number: int, *failing: str, since: str | None = None, **changed: Any
) -> RunLine:
    """The figures of the run `run-<number>`, that many days after the first."""
    at = STARTED + timedelta(days=number)
    made = lay_out(run(CHECKS, HOSTS, fails(*failing), started=at, **changed))
    found = line_of(Placed(number, f"run-{number}", made), "ab" * 32)
    return structs.replace(found, since=since)


def names(lines: tuple[RunLine, ...]) -> list[str]:
    return [one.run for one in lines]


def test_a_run_is_set_beside_all_before_it() -> None:
    lines = [line(1), line(2), line(3), line(4)]
    assert ["run-1", "run-2"] == names(compared_with(lines, "run-3"))


def test_runs_of_a_smaller_scope_in_between_are_passed_over() -> None:
    lines = [line(1), line(2), line(3, since="run-1"), line(4, since="run-3")]
    assert ["run-1", "run-3"] == names(compared_with(lines, "run-4"))


def test_a_run_that_is_not_there_or_not_before_is_no_way_back() -> None:
    lines = [line(1), line(2, since="run-3"), line(3, since="gone")]
    assert ["run-1", "run-2"] == names(compared_with(lines, "run-3"))


def test_a_report_draws_a_year_of_monthly_audits() -> None:
    lines = [line(number) for number in range(20)]
    assert MOST_AUDITS == len(compared_with(lines, "run-19"))


def test_the_first_run_and_one_of_another_place_have_nothing_before() -> None:
    assert () == compared_with([line(1)], "run-1")
    assert () == compared_with([line(1)], "other")


def test_scores_are_joined_under_the_same_rules_and_scope() -> None:
    narrow = structs.replace(line(3), scope_sha256="00" * 32)
    lines = [line(1), line(2, "ACC-001@a"), narrow, line(4, tool="9.9")]
    found = audited(lines)
    assert [False, True, False, False] == [one.joined for one in found]
    assert [0, 1, 0, 0] == [one.gaps for one in found]


def test_an_age_tells_the_first_run_and_the_last_change() -> None:
    change = structs.replace(
        fixed().changes[0], kind=Kind.UNSEEN, causes=(Cause.SIGHT,)
    )
    unseen = structs.replace(fixed(), changes=(change,))
    episodes, _ = followed(
        audit(1, OPEN), structs.replace(audit(2, UNREAD), changes=unseen)
    )
    (now,) = ages_of(episodes, 2)
    (then,) = ages_of(episodes, 1)
    assert (day(1), day(2), Kind.UNSEEN) == (
        now.first_seen,
        now.changed_at,
        now.changed_kind,
    )
    assert (day(1), None, None) == (then.first_seen, then.changed_at, then.changed_kind)


def test_what_the_first_run_left_found_is_at_least_as_old() -> None:
    episodes, _ = followed(audit(4, OPEN))
    assert [True, False] == [ages_of(episodes, 4, cut)[0].at_least for cut in (4, None)]


def test_what_opened_it_is_its_first_change() -> None:
    change = structs.replace(fixed().changes[0], kind=Kind.NEW, causes=(Cause.RULE,))
    new = structs.replace(fixed(), changes=(change,))
    episodes, _ = followed(audit(1), structs.replace(audit(2, OPEN), changes=new))
    (age,) = ages_of(episodes, 2)
    assert (Kind.NEW, (Cause.RULE,)) == (age.changed_kind, age.changed_by)
