"""The body of a fact, taken apart: also one that makes no sense."""

from __future__ import annotations

import pytest

from auditor.model.sources import Status, parse_body, whole_number

CONFIG = "ok\tfile\t/etc/a.conf\t0\n 1\topen no\n"


def test_lines_belong_to_the_source_above_them() -> None:
    body = parse_body("A", CONFIG + "absent\tfile\t/etc/b.conf\t-\n")
    found = [(t.source.name, t.source.status, len(t.lines)) for t in body.texts]
    assert found == [
        ("/etc/a.conf", Status.OK, 1),
        ("/etc/b.conf", Status.ABSENT, 0),
    ]


@pytest.mark.parametrize(
    "foreign",
    ["what is this", "fine\tfile\t/etc/a.conf\t0", " x\topen yes", " 1 open yes"],
)
def test_a_source_with_a_foreign_line_behind_it_has_failed(foreign: str) -> None:
    body = parse_body("A", f"{CONFIG}{foreign}\n 2\topen yes\n")
    config = body.named("/etc/a.conf")
    assert config is not None
    assert config.source.status is Status.FAILED
    assert [line.text for line in config.lines] == ["open no"]
    assert [source.seen for source in body.sources] == [False, False]


def test_sources_before_the_one_with_a_foreign_line_stand() -> None:
    body = parse_body("A", "absent\tfile\t/etc/b.conf\t-\n" + CONFIG + "what\n")
    assert [source.status for source in body.sources] == [
        Status.ABSENT,
        Status.FAILED,
        Status.FAILED,
    ]


@pytest.mark.parametrize("text", ["", "\n", " 1\topen yes\n"])
def test_an_answer_without_a_source_has_failed(text: str) -> None:
    assert {source.status for source in parse_body("A", text).sources} == {
        Status.FAILED
    }


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("1" * 5000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1_0", None),
        ("\u00b2", None),
        ("\u0663", None),
    ],
)
def test_a_whole_number_is_short_and_of_plain_digits(
    text: str, number: int | None
) -> None:
    assert whole_number(text) == number
