"""The CSV: figures that add up, and cells that no spreadsheet works out."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, Run
from auditor.report.as_csv import COLUMNS, MOST_CHARACTERS, cell, write
from auditor.report.formats import Material
from auditor.report.text.visible import SHAPELESS, visible
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts
from tests.report.runs import check, evidence, finding, host, run, sidecars, value
from tests.report.small import WAIVED
from tests.report.test_hostile import HOSTILE, hostile_run

FORMULAE = {
    "equals": "=HYPERLINK(1)",
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "space": "  =1",
    "no-break space": "\u00a0=1",
    "tab": "\t=1",
    "return": "\r=1",
    "line": "\n=1",
    "full width": "＝1",
    "full width plus": " ＋1",
    "full width minus": "－1",
    "full width at": "＠1",
    "small form": "﹦1",
    "number": "-5",
    "quote": '"=1"',
    "comma": ',=1,"',
    "dde": "=cmd|' /C calc'!A0",
}
STARTS = set("=+-@\t\r\n＝＋－＠﹦﹢﹣﹫")


def written(of: Run, language: str = "en", **messages: str) -> bytes:
    known = sidecars(of, **messages)
    return write(Material(of, known, load_frameworks(), language))


def read(data: bytes) -> list[dict[str, str]]:
    """The rows as a strict reader has them; every row has every column."""
    table = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert {len(COLUMNS)} == {len(row) for row in table}
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def rows(of: Run, language: str = "en", **messages: str) -> list[dict[str, str]]:
    return read(written(of, language, **messages))


def is_worked_out(text: str) -> bool:
    """Whether a spreadsheet that skips white space sees a formula."""
    return text[:1] in STARTS or text.lstrip()[:1] in STARTS - {""}


def one(**changed: Any) -> dict[str, str]:
    found = finding("ACC-001", "a", Verdict.FAIL, **changed)
    return rows(run([check("ACC-001")], [host("a")], [found]))[0]


def test_the_first_row_names_the_columns() -> None:
    first = written(fleet(1)).decode("utf-8").split("\r\n")[0]
    assert ",".join(f'"{column}"' for column in COLUMNS) == first


def test_the_columns_are_those_that_are_documented() -> None:
    page = Path(__file__).parents[2] / "docs/formats.md"
    csv_part = page.read_text("utf-8").split("\n## CSV\n")[1].split("\n## ")[0]
    documented = re.findall(r"(?m)^\| `([a-z_`, ]+)` \|", csv_part)
    assert list(COLUMNS) == [c for row in documented for c in row.split("`, `")]


def test_every_cell_is_quoted_and_every_line_ends_in_crlf() -> None:
    lines = written(fleet(3)).decode("utf-8").split("\r\n")
    assert "" == lines.pop()
    assert [] == [line for line in lines if not re.fullmatch('".*"', line)]
    assert [] == [line for line in lines if "\n" in line or "\r" in line]


def test_pairs_by_bucket_are_the_totals_of_the_run() -> None:
    of = fleet(28)
    counted: Counter[str] = Counter()
    for row in rows(of):
        counted[row["bucket"]] += int(row["pair"])
    assert {b.value: of.run.totals.of(b) for b in Bucket} == dict(counted)


def test_pairs_add_up_to_checks_times_hosts() -> None:
    assert 28 * 44 == sum(int(row["pair"]) for row in rows(fleet(28)))


def test_a_pair_of_many_findings_counts_once_under_its_gravest() -> None:
    found = [
        finding("ACC-001", "a", Verdict.PASS, "service:a"),
        finding("ACC-001", "a", Verdict.FAIL, "service:b"),
    ]
    of = run([check("ACC-001")], [host("a")], found)
    assert [("fail", "1", "PASS"), ("fail", "0", "FAIL")] == [
        (row["bucket"], row["pair"], row["verdict"]) for row in rows(of)
    ]


def test_a_pair_of_which_nothing_was_said_has_a_row_with_the_reason() -> None:
    silent = host("b", reason=Reason.UNREACHABLE, detail="no route")
    whole = run([check("ACC-001")], [host("a"), silent])
    of = Run(
        run=whole.run,
        checks=whole.checks,
        hosts=whole.hosts,
        findings=whole.findings[:1],
    )
    assert ("b", "unknown", "1", "UNKNOWN", "unreachable", "no route") == tuple(
        rows(of)[1][column]
        for column in ("host", "bucket", "pair", "verdict", "reason", "detail")
    )


def test_a_row_has_the_sentence_and_the_evidence() -> None:
    of = fleet(28)
    found = rows(of, "fr", **texts(of)["ACC-001"].texts["fr"].messages)
    row = next(r for r in found if r["check"] == "ACC-001" and r["verdict"] == "FAIL")
    assert (
        "vsftpd accepte les connexions anonymes.",
        "/etc/vsftpd.conf:12 | ss -H -lntup:4",
        "anonymous_enable=YES | tcp *:21 vsftpd",
    ) == (row["message"], row["evidence_place"], row["evidence"])


def test_several_places_stand_side_by_side_as_their_texts_do() -> None:
    proofs = (evidence("/a", "x", 1), evidence("/b", "y", None))
    row = one(evidence=proofs)
    assert ("/a:1 | /b", "x | y") == (row["evidence_place"], row["evidence"])


def test_a_waiver_is_named_with_its_last_day_and_the_verdict_stays() -> None:
    row = one(waived=WAIVED)
    assert ("waived", "FAIL", "2027-01-31", "F", "old analyser") == tuple(
        row[column]
        for column in (
            "bucket",
            "verdict",
            "waived_until",
            "waived_by",
            "waived_reason",
        )
    )


def test_what_is_not_listed_is_counted() -> None:
    assert ("yes", "812") == (
        one(partial=True)["partial"],
        one(more=812)["more"],
    )


def test_only_frameworks_of_the_report_are_named() -> None:
    of = run([check("ACC-001")], [host("a")])
    data = write(Material(of, {}, {}, "en"))
    assert ("gdpr:Art. 32(1)(b)", "") == (
        rows(of)[0]["requirements"],
        read(data)[0]["requirements"],
    )


@pytest.mark.parametrize("text", FORMULAE.values(), ids=FORMULAE)
def test_a_formula_is_text(text: str) -> None:
    shown = cell(text)
    assert not is_worked_out(shown)
    assert text in (shown, shown[1:])


@pytest.mark.parametrize("text", ["a=1", "NO", "10.35.0.4", "'=1", "/etc/x", ""])
def test_what_is_no_formula_is_left_as_it_is(text: str) -> None:
    assert text == cell(text)


@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), *FORMULAE.values()], ids=[*HOSTILE, *FORMULAE]
)
def test_no_cell_of_a_hostile_run_is_worked_out(text: str) -> None:
    found = rows(hostile_run(text), fail="{account}{person}")
    assert [] == [c for row in found for c in row.values() if is_worked_out(c)]


@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), *FORMULAE.values()], ids=[*HOSTILE, *FORMULAE]
)
def test_hostile_text_neither_adds_a_row_or_column_nor_hides(text: str) -> None:
    harmless, found = rows(hostile_run("harmless")), rows(hostile_run(text))
    assert len(harmless) == len(found)
    assert visible(text) in [row["detail"].removeprefix("'") for row in found]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_shapeless_character_is_left_but_line_ends(text: str) -> None:
    data = written(hostile_run(text)).decode("utf-8").replace("\r\n", "")
    assert set() == {c for c in data if unicodedata.category(c) in SHAPELESS}


def test_a_nul_is_written_out() -> None:
    assert r"a\x00b" == cell("a\0b")


def test_a_line_of_a_megabyte_is_cut_to_what_a_cell_holds_and_says_so() -> None:
    long = value("account", "A" * 1_000_000)
    of = run(
        [check("ACC-001")],
        [host("a")],
        [finding("ACC-001", "a", Verdict.FAIL, values={"account": long})],
    )
    message = rows(of, fail="{account}")[0]["message"]
    assert len(message) <= MOST_CHARACTERS
    assert message.endswith("A… [+967253]")


def test_a_cell_that_just_fits_is_whole() -> None:
    assert "A" * MOST_CHARACTERS == cell("A" * MOST_CHARACTERS)
