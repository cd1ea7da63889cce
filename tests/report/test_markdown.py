"""The Markdown summary, parsed back: what it says, and that nothing in it is active."""

from __future__ import annotations

import unicodedata

import pytest

from auditor.model.findings import Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, Level, Run
from auditor.report.as_markdown import write
from auditor.report.formats import Material
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.redaction import redact
from auditor.report.sections.decisions import decisions
from auditor.report.sections.pictures import BUCKETS
from auditor.report.sections.questions import questions
from auditor.report.sections.summary import summary
from auditor.report.text.labels import LOCALES
from auditor.report.text.markdown import escape, table
from auditor.report.text.visible import SHAPELESS, visible
from auditor.report.view import View, view_of
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts
from tests.report.markup import ACTIVE, MARKUP, PARSER, kinds, parse, read
from tests.report.runs import check, finding, host, run, sidecars
from tests.report.small import CHECKS, HOSTS, WAIVED, fails
from tests.report.test_hostile import HOSTILE, hostile_run

BREACH = "Violation possible de données à caractère personnel"


def markdown(of: Run, language: str = "en", **messages: str) -> str:
    known = sidecars(of, **messages)
    return write(Material(of, known, load_frameworks(), language)).decode("utf-8")


def seen(text: str) -> str:
    """What a reader sees, without any markup."""
    return "\n".join(
        read(token) for token in PARSER.parse(text) if token.type == "inline"
    )


def cells(text: str, at: int) -> list[list[str]]:
    """The table of that place, row by row, its head first."""
    tables: list[list[list[str]]] = []
    inside = False
    for token in PARSER.parse(text):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type in ("td_open", "th_open"):
            inside = True
        elif inside and token.type == "inline":
            tables[-1][-1].append(read(token))
            inside = False
    return tables[at]


def headings(text: str, level: int) -> list[str]:
    tokens = PARSER.parse(text)
    return [
        read(tokens[at + 1])
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == f"h{level}"
    ]


def fleet_view(language: str) -> View:
    of = fleet(28)
    return view_of(Material(of, texts(of), load_frameworks(), language))


def fleet_text(language: str) -> str:
    of = fleet(28)
    material = Material(of, texts(of), load_frameworks(), language)
    return write(material).decode("utf-8")


@pytest.mark.parametrize("language", LOCALES)
def test_the_one_title_is_the_sentence_of_the_reports_first_page(language: str) -> None:
    said = summary(fleet_view(language)).verdict
    assert [said] == headings(fleet_text(language), 1)


def test_the_sections_stand_in_the_order_of_the_first_page() -> None:
    assert [
        "Chiffres",
        f"{BREACH} – exposition ; journaux d’accès non lus",
        "Ce que nous n’avons pas vu",
        "Les sept questions (décision CNIL SAN-2022-009)",
        "Cinq décisions à prendre",
        "Constats, par ordre de priorité",
    ] == [
        title.replace("\u202f", " ").replace("\u00a0", " ")
        for title in headings(fleet_text("fr"), 2)
    ]


def test_the_score_stands_with_what_holds_it_down_and_the_worst_host() -> None:
    of = run(CHECKS, HOSTS, [finding("ACC-001", "a", Verdict.FAIL)])
    text = seen(markdown(of))
    assert "Score: 49 / 100 (capped by a critical gap)\nWorst host: a: 49" in text


def test_the_changes_since_an_earlier_run_are_counted() -> None:
    now, then = run(CHECKS, HOSTS), run(CHECKS, HOSTS, fails("ACC-001@a"))
    given = Material(now, sidecars(now), {}, "en", earlier=(then,))
    text = seen(write(given).decode("utf-8"))
    assert "1 gap fixed\n0 new gaps\n0 still open\nScore: 49 then, 100 now." in text


def test_the_buckets_add_up_to_checks_times_hosts() -> None:
    rows = cells(fleet_text("en"), 0)[1:]
    counts = [int(row[1].replace(",", "")) for row in rows]
    assert (len(BUCKETS), 28 * 44) == (len(counts), sum(counts))


def test_the_buckets_are_the_runs_totals() -> None:
    of = run(CHECKS, HOSTS, [finding("ACC-001", "a", Verdict.FAIL)])
    rows = cells(markdown(of), 0)[1:]
    assert [str(of.run.totals.of(bucket)) for bucket in BUCKETS] == [
        row[1] for row in rows
    ]


@pytest.mark.parametrize("language", LOCALES)
def test_every_question_and_decision_is_there(language: str) -> None:
    view, text = fleet_view(language), seen(fleet_text(language))
    wanted = [one.text for one in questions(view)]
    wanted += [one.title for one in decisions(view)]
    assert (12, []) == (len(wanted), [one for one in wanted if one not in text])


def test_without_the_framework_there_are_no_questions() -> None:
    of = run(CHECKS, HOSTS)
    text = write(Material(of, sidecars(of), {}, "en")).decode("utf-8")
    assert "The seven questions of decision SAN-2022-009" not in headings(text, 2)


def test_accepted_risks_that_end_soon_are_named() -> None:
    of = run(CHECKS, HOSTS, [finding("ACC-001", "a", Verdict.FAIL, waived=WAIVED)])
    assert "1 accepted risk ends within 90 days." in seen(markdown(of))


def test_third_parties_are_told_no_decision_and_no_order_of_work() -> None:
    of = fleet(28)
    given = Material(of, texts(of), load_frameworks(), "en")
    handed = redact(given, Level.R3, Pseudonyms(b"k" * 32))
    text = write(handed).decode("utf-8")
    assert [] == headings(text, 3)
    assert [] == [one for one in headings(text, 2) if "decision" in one.lower()]


def test_open_findings_stand_in_a_table_under_their_step() -> None:
    of = run(
        [check("ACC-001", requirements=())],
        [host("a"), host("b")],
        [finding("ACC-001", "b", Verdict.FAIL)],
    )
    assert ["Critical", "ACC-001", "ACC-001 is wrong", "b"] == cells(markdown(of), 1)[1]


def test_a_run_without_open_findings_says_so() -> None:
    of = run(CHECKS, HOSTS)
    assert 1 == seen(markdown(of)).count("No open finding.")


@pytest.mark.parametrize("bucket", Bucket)
def test_every_bucket_has_its_row(bucket: Bucket) -> None:
    view = fleet_view("fr")
    rows = [row[0] for row in cells(fleet_text("fr"), 0)]
    assert view.labels(f"bucket.{bucket}") in rows


HOSTILE_TEXTS = HOSTILE | MARKUP


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_makes_nothing_active(text: str) -> None:
    found = {token.type for token in parse(markdown(hostile_run(text)))}
    assert set() == found & ACTIVE


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_changes_no_structure(text: str) -> None:
    harmless = markdown(hostile_run("harmless"), fail="{account}")
    assert kinds(harmless) == kinds(markdown(hostile_run(text), fail="{account}"))


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_is_read_as_it_is_written(text: str) -> None:
    assert visible(text).strip() in seen(markdown(hostile_run(text)))


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_no_shapeless_character_is_left_but_line_ends(text: str) -> None:
    found = {
        char
        for char in markdown(hostile_run(text))
        if unicodedata.category(char) in SHAPELESS
    }
    assert {"\n"} == found


#: What CommonMark leaves alone, other programs do not; entities change words only.
INERT_IN_COMMONMARK = {
    MARKUP[name]
    for name in (
        "cell",
        "row",
        "escape at the end",
        "mail",
        "mention",
        "underlined",
        "entities",
    )
}


@pytest.mark.parametrize("text", MARKUP.values(), ids=MARKUP)
def test_the_same_text_unescaped_would_be_seen_to_be_active(text: str) -> None:
    """What the tests above look at can tell: most of these do something when bare."""
    bare = kinds(f"x\n\n{text}\n\n{text} y\n")
    escaped = kinds(f"x\n\n{escape(text)}\n\n{escape(text)} y\n")
    assert 3 == escaped.count("paragraph_open")
    assert (bare == escaped) == (text in INERT_IN_COMMONMARK)


def test_a_cell_stays_one_cell() -> None:
    drawn = table(["h"], [[escape("a | b\nc")]])
    assert [["h"], ["a | b c"]] == cells(drawn, 0)


def test_a_line_of_a_megabyte_stays_one_line() -> None:
    long = f"{500_000 * 'A'}|{500_000 * 'A'}"
    assert kinds(markdown(hostile_run("harmless"))) == kinds(
        markdown(hostile_run(long))
    )
