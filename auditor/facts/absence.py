"""That nothing was found, as evidence: each place where it was looked for."""

from __future__ import annotations

from typing import Protocol

from auditor.model.findings import Evidence
from auditor.model.sources import Source, SourceText, ValueKind


class HasSources(Protocol):
    """A fact, or a derived one that names what it was made of."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The places where it was looked."""


def nothing_in(fact: HasSources, name: str) -> tuple[Evidence, ...]:
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
