"""Which line a key stands on."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from auditor.inventory.positions import Key, locate


def line_of(text: str, *key: str | int) -> int:
    tomllib.loads(text)
    return locate(text)[key]


def test_a_key_of_a_table_has_its_own_line() -> None:
    assert line_of('[hosts.a]\naddress = "x"\n\nport = 22\n', "hosts", "a", "port") == 4


def test_a_table_has_the_line_of_its_header() -> None:
    assert line_of("# c\n[hosts.a]\nport = 22\n", "hosts", "a") == 2


def test_a_later_header_of_a_table_counts_not_a_sub_table_before_it() -> None:
    assert line_of("[a.b]\nx = 1\n[a]\ny = 2\n", "a") == 3


def test_a_quoted_part_of_a_key_is_read_as_its_name() -> None:
    text = '[hosts."lis.35"]\n\'port\' = 22\n"\\u0061" = 1\n'

    assert line_of(text, "hosts", "lis.35", "port") == 2
    assert line_of(text, "hosts", "lis.35", "a") == 3


def test_dotted_keys_stand_where_they_are_written() -> None:
    assert line_of("a.b . c = 1\na.d = 2\n", "a", "d") == 2


def test_each_element_of_a_list_has_its_line() -> None:
    text = 'a = [ # one ]\n  "]",\n  [2, 3],\n]\n'

    assert line_of(text, "a", 0) == 2
    assert line_of(text, "a", 1, 1) == 3


def test_keys_of_an_inline_table_have_its_line() -> None:
    assert line_of('x = 1\na = { b = "}", c = { d = 1 } }\n', "a", "c", "d") == 2


def test_tables_of_an_array_are_counted() -> None:
    text = "[[w]]\na = 1\n[w.r]\nb = 1\n[[w]]\na = 2\n[[w.d]]\nc = 1\n[[w.d]]\nc = 2\n"

    assert line_of(text, "w", 0, "r", "b") == 4
    assert line_of(text, "w", 1, "a") == 6
    assert line_of(text, "w", 1, "d", 1, "c") == 10


def test_a_text_over_several_lines_hides_what_looks_like_keys() -> None:
    text = "a = \"\"\"\nb = 1 \"\"\n\"\"\"\nc = '''\n[d]\n'''''\nb = 2\n"

    assert line_of(text, "b") == 7


def test_a_date_with_a_blank_in_it_is_one_value() -> None:
    assert line_of("a = [2026-01-01 10:00:00, 1]\nb = 1\n", "b") == 2


def test_lines_end_with_carriage_return_and_line_feed_too() -> None:
    assert line_of("a = 1\r\nb = 2\r\n", "b") == 2


NAMES = st.text("ab.-_\"'\\ é#=[]{}", max_size=5)
SCALARS = st.one_of(
    st.integers(),
    st.booleans(),
    st.dates(),
    st.text("ab'\"\\\n#]}=[{, é", max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=8,
)


def quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def inline(value: Any) -> str:
    """A value on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list():
            return f"[{', '.join(inline(one) for one in value)}]"
        case dict():
            pairs = (f"{quoted(key)} = {inline(one)}" for key, one in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return str(value)


def paths(value: Any, key: Key) -> list[Key]:
    """The value's own path and those of all that lies in it."""
    found = [key]
    match value:
        case list():
            for index, one in enumerate(value):
                found += paths(one, (*key, index))
        case dict():
            for name, one in value.items():
                found += paths(one, (*key, name))
    return found


@given(
    st.dictionaries(NAMES, VALUES, max_size=4), st.lists(st.integers(0, 3), max_size=4)
)
def test_every_key_of_any_text_is_found_on_its_line(
    table: dict[str, Any], blank: list[int]
) -> None:
    lines = ["[[t]]", "[t.u]"]
    expected: dict[Key, int] = {("t",): 1, ("t", 0): 1, ("t", 0, "u"): 2}
    for index, (name, value) in enumerate(table.items()):
        lines += ["# a = 1 [x]"] * (blank[index] if index < len(blank) else 0)
        lines.append(f"{quoted(name)} = {inline(value)} # c")
        key = ("t", 0, "u", name)
        expected.update(dict.fromkeys(paths(value, key), len(lines)))
    text = "\n".join(lines)

    assert {"t": [{"u": table}]} == tomllib.loads(text)
    assert expected == locate(text)


@given(st.text("a=[]{}\"'\\.,# \n1\r\t", max_size=12))
def test_whatever_tomllib_accepts_is_walked_to_its_end(text: str) -> None:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    found = locate(text)

    assert set(table) == {key[0] for key in found}
