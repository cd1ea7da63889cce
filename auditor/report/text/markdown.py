"""Text inside Markdown: shown as it is written, whatever it holds.

No library does this: those at hand parse or convert. Any ASCII punctuation may be
escaped (CommonMark 0.31.2, section 2.4); ``. : @`` also stop the links that GitHub
and GitLab make of bare addresses, ``$`` their formulae.
"""

from __future__ import annotations

import re

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:@$])")
_BREAKS = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*")


def escape(text: str) -> str:
    """The text as one line of Markdown without any active part."""
    return _ACTIVE.sub(r"\\\1", _BREAKS.sub(" ", text.strip()))


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table (GitHub Flavored Markdown 0.29, section 4.10) of escaped cells."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
