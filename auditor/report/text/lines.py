"""Lines and columns for a terminal that break at plain spaces only.

rich breaks lines at U+00A0 and U+202F too, so that a French line would begin with a
colon; textwrap knows neither styles nor wide letters. Hence these few lines of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, chop_cells
from rich.text import Text

#: Between two columns.
GAP = 2
#: A last column that would be narrower than this stands below its row, indented.
NARROWEST, BELOW = 24, 4

_WORD = re.compile(r"[^ ]+ *| +")


def fold(text: Text, width: int, indent: int = 0) -> list[Text]:
    """The text in lines of at most `width` cells, all but the first indented."""
    lines = list(text.divide(_breaks(text.plain, max(1, width - indent))))
    for line in lines:
        line.rstrip()
    margin = Text(" " * indent)
    return [lines[0], *(margin + line for line in lines[1:])]


def _breaks(plain: str, width: int) -> list[int]:
    """Where lines begin, but for the first; a word that is too long is cut."""
    breaks = []
    at = used = 0
    for word in _WORD.findall(plain):
        bare = word.rstrip(" ")
        if used and used + cell_len(bare) > width:
            breaks.append(at)
            used = 0
        pieces = chop_cells(bare, width) if cell_len(bare) > width else [bare]
        for piece in pieces[:-1]:
            at += len(piece)
            breaks.append(at)
        at += len(pieces[-1]) + len(word) - len(bare)
        used += cell_len(pieces[-1]) + len(word) - len(bare)
    return breaks


def columns(
    rows: Iterable[Sequence[Text]], width: int, right: frozenset[int] = frozenset()
) -> list[Text]:
    """Rows with their cells under each other; the last column is folded to fit.

    `right` are the columns whose cells end in line.
    """
    table = [list(row) for row in rows]
    if not table:
        return []
    wide = [
        max(cell_len(row[at].plain) for row in table) for at in range(len(table[0]) - 1)
    ]
    return [line for row in table for line in _laid(row, wide, width, right)]


def _laid(
    row: list[Text], wide: list[int], width: int, right: frozenset[int]
) -> list[Text]:
    line = Text()
    for at, cells in enumerate(wide):
        room = Text(" " * (cells - cell_len(row[at].plain)))
        line += room + row[at] if at in right else row[at] + room
        line += Text(" " * GAP)
    margin = cell_len(line.plain)
    if width - margin < NARROWEST:
        line.rstrip()
        below = fold(row[-1], width - BELOW) if row[-1] else []
        return [line, *(Text(" " * BELOW) + one for one in below)]
    first, *rest = fold(row[-1], width - margin)
    line += first
    line.rstrip()
    return [line, *(Text(" " * margin) + one for one in rest)]
