"""That nothing was found, as evidence: each place where it was looked for."""

from __future__ import annotations

from auditor.model.facts import Fact
from auditor.model.findings import Evidence
from auditor.model.sources import SourceText, ValueKind


def nothing_in(fact: Fact, name: str) -> tuple[Evidence, ...]:
    """`no NAME` in each source of the fact; proof only where all were seen."""
    return tuple(
        Evidence(
            SourceText(source).read(
                False, None, kind=ValueKind.WORD, shown=f"no {name}"
            )
        )
        for source in fact.sources
        if source.kind != "alternative"
    )
