"""Since when findings are open: in the blocks, and after a hand-over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from auditor.history.past import Age, Audited
from auditor.model.changes import Cause, Kind
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Level, SubjectRecord
from auditor.report.formats import Material
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.redaction import redact
from auditor.report.sections.blocks import steps
from auditor.report.sections.summary import summary
from auditor.report.sections.trend import since
from auditor.report.view import View, view_of
from tests.report.runs import STARTED, run, sidecars
from tests.report.small import CHECKS, HOSTS, fails

RUN = run(CHECKS, HOSTS, fails("ACC-001@a", "ACC-001@b"))
TEXTS = sidecars(RUN)


def age(host: str, days: int, subject: str = "vsftpd", **changed: Any) -> Age:
    return Age(
        check="ACC-001",
        host=host,
        subject=SubjectRecord(kind="service", name=subject),
        first_seen=STARTED - timedelta(days=days),
        **changed,
    )


def material(*ages: Age, language: str = "en") -> Material:
    return Material(RUN, TEXTS, load_frameworks(), language, ages=ages)


def told(view: View) -> tuple[str, ...]:
    """What the only block says."""
    ((block,),) = (step.blocks for step in steps(view))
    return tuple(line.replace("\u00a0", " ") for line in block.since)


def test_without_a_history_a_block_says_nothing_of_it() -> None:
    view = view_of(material())
    assert () == told(view)


def test_a_block_says_since_when_and_for_how_long() -> None:
    view = view_of(material(age("a", 90), age("b", 90)))
    assert ("First seen on 27 August 2026, open for 90 days.",) == told(view)


def test_hosts_of_different_ages_are_told_apart() -> None:
    view = view_of(material(age("a", 90), age("b", 30)))
    (line,) = told(view)
    assert line.startswith("First seen between 27 August 2026 and 26 October 2026, ")
    assert line.endswith("the oldest open for 90 days.")
    ((block,),) = (step.blocks for step in steps(view))
    assert ["open since 27 August 2026", "open since 26 October 2026"] == [
        row.since.replace("\u00a0", " ") for row in block.rows
    ]


def test_the_last_change_is_said_with_its_causes() -> None:
    changed = age(
        "a",
        90,
        changed_at=STARTED - timedelta(days=30),
        changed_kind=Kind.WORSE,
        changed_by=(Cause.RULE, Cause.HOST),
        returned=True,
    )
    _, back, last = told(view_of(material(changed)))
    assert "1 finding came back after it had been closed." == back
    assert last.startswith("Last change on 26 October 2026: graver (")
    assert last.endswith("(the check changed and the host changed).")


def test_where_earlier_audits_were_erased_it_may_be_older() -> None:
    said = told(view_of(material(age("a", 90, at_least=True))))
    assert "Perhaps longer: earlier audits were erased." == said[1]


def test_in_french() -> None:
    view = view_of(material(age("a", 90), language="fr"))
    assert (
        "Vu pour la première fois le 27 août 2026, ouvert depuis 90 jours.",
    ) == told(view)


def test_a_clock_that_was_ahead_makes_no_negative_age() -> None:
    assert "open for 0 days" in told(view_of(material(age("a", -5))))[0]


def test_what_is_exposed_was_first_seen_when_the_history_says() -> None:
    box = summary(view_of(material(age("a", 400)))).breach
    assert box is not None
    assert STARTED - timedelta(days=400) == box.first


def test_text_of_a_host_in_a_subject_finds_its_finding() -> None:
    hostile = "ev\u202eil"
    (found,) = fails("ACC-001@a")
    named = structs.replace(found, subject=SubjectRecord(kind="service", name=hostile))
    made = run(CHECKS, HOSTS, [named])
    given = Material(made, TEXTS, load_frameworks(), "en", ages=(age("a", 9, hostile),))
    assert "open for 9 days" in told(view_of(given))[0]


@pytest.mark.parametrize("level", [Level.R1, Level.R2, Level.R3])
def test_ages_stay_with_their_findings_when_handed_over(level: Level) -> None:
    given = redact(material(age("a", 90), age("b", 30)), level, Pseudonyms(b"k" * 32))
    assert ["ACC-001" in str(given.ages), "vsftpd" in str(given.ages)] == [
        level is not Level.R3,
        level is Level.R1,
    ]
    assert "the oldest open for 90 days" in told(view_of(given))[0]


def test_audits_known_in_figures_are_drawn() -> None:
    before = run(CHECKS, HOSTS, started=STARTED - timedelta(days=30))
    figures = tuple(
        Audited(
            at=STARTED - timedelta(days=days),
            score=score,
            coverage=1.0,
            gaps=1,
            joined=True,
        )
        for days, score in ((90, 40), (60, 50), (30, 100))
    )
    given = Material(RUN, TEXTS, {}, "en", (before,), audits=figures)
    found = since(view_of(given))
    assert found is not None
    assert [40, 50, 100, 49] == [point.score for point in found.points]
    assert STARTED - timedelta(days=30) == found.changes.since
