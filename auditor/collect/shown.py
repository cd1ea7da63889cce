"""Text from a target, made harmless before it becomes a detail."""

from __future__ import annotations

import unicodedata

MOST = 400
#: Control, format, surrogate, private, unassigned, line and paragraph separators:
#: what could move a cursor, hide or reorder text in a terminal or a page.
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(raw: bytes | str, most: int = MOST) -> str:
    """One line, at most `most` characters; what could act stands as ``\\u{hex}``."""
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    text = " ".join(text[: most * 4].split())
    safe = "".join(_safe(character) for character in text)
    return safe if len(safe) <= most else safe[: most - 1] + "…"


def _safe(character: str) -> str:
    if unicodedata.category(character) in _HARMFUL:
        return f"\\u{{{ord(character):x}}}"
    return character
