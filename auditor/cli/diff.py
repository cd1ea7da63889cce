"""`diff`: what changed from one run to another, and why."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import ChecksDir, Formats, IdentityFiles
from auditor.model.changes import (
    Carried,
    Change,
    Changes,
    Kind,
    encode_changes,
)
from auditor.report.text.visible import visible

#: Kind -> how its changes are headed; in the order in which they are told.
HEADS = {
    Kind.NEW: "new",
    Kind.WORSE: "worse",
    Kind.UNSEEN: "not read now, so still open",
    Kind.FIXED: "fixed",
    Kind.BETTER: "better",
    Kind.LEFT: "no longer in scope",
}


def diff(
    before: Annotated[Path, typer.Argument(help="A run folder or its run.json.")],
    after: Annotated[Path, typer.Argument(help="A later one of the same client.")],
    identity: IdentityFiles = None,
    checks: ChecksDir = None,
    formats: Formats = None,
) -> int:
    """Say what changed from one run to another, and for each change its cause.

    Example: auditor diff runs/2026-08-24T080000Z-5d6e7f runs/2026-11-25T100000Z-1a2b3c

    Snapshots are judged again to tell the hosts from rules, declarations and date;
    --identity opens encrypted ones. -f json:PATH is for programs. Exit code: 0 same or
    better, 1 worse (something new, worse or no longer read), 3 not comparable.
    """
    from auditor.cli.rejudging import side_of, steps_between
    from auditor.cli.request import outputs
    from auditor.history.comparing import compare, not_comparable
    from auditor.store.folder import opener_of, read_run

    wanted = outputs(formats or (), ["json"])
    opened = opener_of(identity or ())
    runs = read_run(before), read_run(after)
    why = not_comparable(*runs)
    if why:
        print(f"not comparable: {before} and {after}: {why}", file=sys.stderr)
        return 3
    one = side_of(before, runs[0], opened, checks or ())
    other = side_of(after, runs[1], opened, checks or ())
    found = compare(steps_between(one, other), _carried(before))
    for output in wanted:
        output.write(encode_changes(found))
    if all(output.path is not None for output in wanted):
        for line in _lines(found):
            typer.echo(visible(line))
    return int(found.worse)


def _carried(path: Path) -> tuple[Carried, ...]:
    """What the earlier run was left with, where it is a folder that says so."""
    from auditor.store.folder import read_changes

    kept = read_changes(path if path.is_dir() else path.parent)
    return kept.carried if kept else ()


def _lines(found: Changes) -> Iterator[str]:
    """The changes for people: counts first, then kind by kind, gravest first."""
    counts = Counter(change.kind for change in found.changes)
    yield f"since {found.since}"
    yield ", ".join(_counts(found, counts)) or "nothing changed"
    for kind, head in HEADS.items():
        if counts[kind]:
            yield from ("", f"{head}:")
            ranked = sorted(_of(kind, found), key=lambda one: -one.severity.weight)
            yield from map(_line, ranked)
    if found.lost:
        yield from ("", "evaluated before, not this time:")
        for one in found.lost:
            yield f"  {one.check}  {one.host}  ({one.reason or 'unknown'})"
    if found.missing:
        yield from ("", "hosts that are no longer audited:")
        yield from (f"  {host}" for host in found.missing)


def _counts(found: Changes, counts: Counter[Kind]) -> Iterator[str]:
    for kind, head in HEADS.items():
        if counts[kind]:
            causes = Counter(_causes(change) for change in _of(kind, found))
            why = ", ".join(f"{n} {cause}" for cause, n in causes.most_common())
            yield f"{counts[kind]} {head} ({why})"
    if found.lost:
        yield f"{len(found.lost)} no longer evaluated"
    if found.missing:
        yield f"{len(found.missing)} hosts missing"


def _of(kind: Kind, found: Changes) -> list[Change]:
    return [change for change in found.changes if change.kind is kind]


def _line(one: Change) -> str:
    subject = f"{one.subject.kind}:{one.subject.name}"
    what = f"{one.before} -> {one.after}"
    return (
        f"  {one.severity}  {one.check}  {one.host}  {subject}"
        f"  {what}  cause: {_causes(one)}"
    )


def _causes(one: Change) -> str:
    return " and ".join(one.causes)
