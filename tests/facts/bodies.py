"""Bodies of facts written by hand, as the answer of a host would hold them."""

from __future__ import annotations

from auditor.model.sources import Body, parse_body


def body_of(fact: str, texts: dict[str, list[str]]) -> Body:
    """A body with one file a key; its lines are counted from 1."""
    rows = []
    for name, lines in texts.items():
        rows.append(f"ok\tfile\t{name}\t0")
        rows += [f" {n}\t{line}" for n, line in enumerate(lines, 1)]
    return parse_body(fact, "\n".join(rows))
