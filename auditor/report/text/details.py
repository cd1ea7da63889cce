"""A detail that this tool wrote in English, in the words of another language.

A snapshot keeps the English sentence, as data: one table in each language says it,
``[detail]`` in ``templates/labels.<language>.toml``. Against its English side a detail
is matched, and its other side is filled; what matches none stays as it came.

Fields are target text, but for these: ``{n}`` is a number, ``{bytes}`` a size,
``{detail}`` may be a detail in turn, ``{why}`` must be one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from msgspec import Struct

from auditor.report.text.labels import FIELD, load_labels

#: The language that details are written in.
WRITTEN = "en"
#: Details in details: a jump host's trouble, its error, the error's number. Target
#: text may look like many more.
_DEEPEST = 4
#: Snapshots hold less; what a run file of others holds is not looked through.
_LONGEST = 2000

#: Fields that are of one shape.
_SHAPES = {
    "n": r"\d{1,15}(?:\.\d{1,15})?",
    "bytes": r"\d{1,15}",
    "frame": r"[A-Za-z0-9_ ]*?",
}

#: Text, and whether it is code: written in no human language.
Piece = tuple[str, bool]


class _Template(Struct, frozen=True):
    pattern: re.Pattern[str]
    words: str


def pieces(language: str, detail: str) -> tuple[Piece, ...]:
    """The detail in a language: prose, with what came from a target as code."""
    found = None
    if language != WRITTEN and len(detail) <= _LONGEST:
        found = _told(language, detail, 1)
    return found or ((detail, True),)


@lru_cache(maxsize=4096)
def _told(language: str, detail: str, depth: int) -> tuple[Piece, ...] | None:
    for template in _templates(language):
        match = template.pattern.fullmatch(detail)
        filled = match and _filled(language, template, match, depth)
        if filled:
            return filled
    return None


def _filled(
    language: str, template: _Template, match: re.Match[str], depth: int
) -> tuple[Piece, ...] | None:
    """The words with the fields in them; None when a `why` is no detail."""
    found: list[Piece] = []
    for at, part in enumerate(FIELD.split(template.words)):
        if at % 2 == 0:
            found.append((part, False))
            continue
        inner = _field(language, part, match[part], depth)
        if part == "why" and inner is None:
            return None
        found += inner or ((match[part], True),)
    return tuple(piece for piece in found if piece[0])


def _field(language: str, name: str, text: str, depth: int) -> tuple[Piece, ...] | None:
    """A field in words of the language; None when it is code."""
    labels = load_labels(language)
    if name == "n":
        number = float(text) if "." in text else int(text)
        return ((labels.number(number), False),)
    if name == "bytes":
        return ((labels.size(int(text)), False),)
    if name in ("detail", "why") and depth < _DEEPEST:
        return _told(language, text, depth + 1)
    return None


@cache
def _templates(language: str) -> tuple[_Template, ...]:
    """The most literal first: `{place}: {why}` fits nearly everything.

    The status of a source stands in a detail by its name, not by a label.
    """
    ours, theirs = load_labels(WRITTEN).entries, load_labels(language).entries
    pairs = [(ours[key], theirs[key]) for key in ours if key.startswith("detail.")]
    pairs += [
        (key.removeprefix("status."), words)
        for key, words in theirs.items()
        if key.startswith("status.")
    ]
    pairs.sort(key=lambda pair: -len(FIELD.sub("", pair[0])))
    return tuple(_Template(_pattern(said), words) for said, words in pairs)


def _pattern(template: str) -> re.Pattern[str]:
    parts = FIELD.split(template)
    literal = (re.escape(part) for part in parts[::2])
    fields = [f"(?P<{name}>{_SHAPES.get(name, '.*?')})" for name in parts[1::2]]
    pairs = zip(literal, [*fields, ""], strict=True)
    return re.compile("".join(map("".join, pairs)), re.DOTALL)
