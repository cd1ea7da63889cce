"""Snapshots in which something was not read: each source, each fact, in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import structs

from auditor.model.snapshot import FactText, Snapshot
from auditor.model.sources import Status, parse_body, status_of

LOST = (Status.DENIED, Status.TIMED_OUT, Status.TRUNCATED)
HEAD = re.compile(r"(ok|absent)\t(?!alternative)([a-z]+)\t([^\t\n]*)\t([^\t\n]*)")


@dataclass(frozen=True, slots=True)
class Mutation:
    """What was lost: a source of a fact, or (no source) the whole fact."""

    fact: str
    source: str | None
    status: Status


def mutations(snapshot: Snapshot) -> Iterator[tuple[Mutation, Snapshot]]:
    """Every snapshot that lacks one source, or one fact, of this one."""
    for name, fact in snapshot.facts.items():
        if fact.text:
            gone = FactText(format=fact.format, status=Status.MISSING, text="")
            yield Mutation(name, None, Status.MISSING), _with(snapshot, name, gone)
            yield from _sources_lost(snapshot, name, fact)


def _sources_lost(
    snapshot: Snapshot, name: str, fact: FactText
) -> Iterator[tuple[Mutation, Snapshot]]:
    rows = fact.text.split("\n")
    heads = [n for n, row in enumerate(rows) if HEAD.fullmatch(row)]
    for n in heads:
        end = next(h for h in range(n + 1, len(rows)) if not rows[h].startswith(" "))
        lines = rows[n + 1 : end]
        for status in LOST:
            # What was cut keeps its first half: half a file must not look whole.
            kept = [] if status is Status.DENIED else lines[: len(lines) // 2]
            match = HEAD.fullmatch(rows[n])
            assert match is not None
            head = "\t".join((status.value, *match.groups()[1:]))
            text = "\n".join([*rows[:n], head, *kept, *rows[end:]])
            source = parse_body(name, rows[n]).sources[0].name
            lost = structs.replace(fact, text=text, status=_status(name, text))
            yield Mutation(name, source, status), _with(snapshot, name, lost)


def _status(name: str, text: str) -> Status:
    return status_of(parse_body(name, text).sources)


def _with(snapshot: Snapshot, name: str, fact: FactText) -> Snapshot:
    return structs.replace(snapshot, facts={**snapshot.facts, name: fact})
