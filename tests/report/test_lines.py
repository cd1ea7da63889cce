"""Lines for a terminal."""

from __future__ import annotations

from rich.text import Text

from auditor.report.text.lines import columns, fold

NARROW, WIDE = "\u202f", "\u00a0"


def folded(text: str, width: int, indent: int = 0) -> list[str]:
    return [line.plain for line in fold(Text(text), width, indent)]


def test_a_line_breaks_at_plain_spaces() -> None:
    assert ["un deux", "trois"] == folded("un deux trois", 8)


def test_a_line_is_filled_to_its_last_cell() -> None:
    assert ["un deux", "trois"] == folded("un deux trois", 7)


def test_no_line_begins_with_what_a_no_break_space_ties() -> None:
    text = f"accès refusé{WIDE}: vraiment{NARROW}?"
    assert ["accès", f"refusé{WIDE}:", f"vraiment{NARROW}?"] == folded(text, 12)


def test_a_word_that_is_too_long_is_cut() -> None:
    assert ["ab", "cdef", "ghij", "k l"] == folded("ab cdefghijk l", 4)


def test_a_wide_letter_takes_two_cells() -> None:
    assert ["検査", "検査"] == folded("検査検査", 4)


def test_lines_after_the_first_are_indented() -> None:
    assert ["un deux", "  trois"] == folded("un deux trois", 9, indent=2)


def test_no_text_is_one_empty_line() -> None:
    assert [""] == folded("", 10)


def test_styles_outlast_the_fold() -> None:
    text = Text("un ").append("deux trois", style="red")
    assert ["un", "deux", "trois"] == [line.plain for line in fold(text, 5)]
    assert [[], ["red"], ["red"]] == [
        [str(span.style) for span in line.spans] for line in fold(text, 5)
    ]


def laid(*rows: list[str], width: int = 40, right: tuple[int, ...] = ()) -> list[str]:
    cells = [[Text(cell) for cell in row] for row in rows]
    return [line.plain for line in columns(cells, width, frozenset(right))]


def test_cells_stand_under_each_other() -> None:
    assert ["a    1  x", "bcd  2  y"] == laid(["a", "1", "x"], ["bcd", "2", "y"])


def test_figures_end_under_each_other() -> None:
    assert ["a   9  x", "b  10  y"] == laid(
        ["a", "9", "x"], ["b", "10", "y"], right=(1,)
    )


def test_the_last_column_is_folded_under_itself() -> None:
    rows = laid(["a", "un deux trois quatre cinq six"], width=27)
    assert ["a  un deux trois quatre", "   cinq six"] == rows


def test_a_last_column_without_room_stands_below_its_row() -> None:
    rows = laid(["abcdefghij", "un deux trois"], ["k", ""], width=24)
    assert ["abcdefghij", "    un deux trois", "k"] == rows


def test_no_rows_are_no_lines() -> None:
    assert [] == laid()
