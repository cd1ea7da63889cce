"""The annex: host sheets, catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auditor.model.findings import Verdict
from auditor.model.run import Bucket, CheckInfo, HostInfo
from auditor.report.sections.blocks import rank
from auditor.report.sections.pictures import BUCKETS
from auditor.report.sections.scored import Scored, scored
from auditor.report.sections.unseen import host_state
from auditor.report.text.sentences import Part, Sentence
from auditor.report.view import Chip, View


class SheetLine(Struct, frozen=True):
    """Checks of a host: one with its title, or several of which the same is said."""

    checks: tuple[str, ...]
    said: Sentence


class SheetPart(Struct, frozen=True):
    """The checks of a host that came to one bucket."""

    bucket: Bucket
    lines: tuple[SheetLine, ...]

    @property
    def count(self) -> int:
        """How many checks these are."""
        return sum(len(line.checks) for line in self.lines)


class Sheet(Struct, frozen=True):
    """All of one host."""

    host: HostInfo
    group: str
    state: str
    score: Scored | None
    parts: tuple[SheetPart, ...]

    @property
    def tally(self) -> list[tuple[Bucket, int]]:
        """How many checks came to each bucket, in the order of the bar."""
        counts = {part.bucket: part.count for part in self.parts}
        return [(bucket, counts.get(bucket, 0)) for bucket in BUCKETS]


class Entry(Struct, frozen=True):
    """A check in the catalogue."""

    check: CheckInfo
    title: str
    chips: tuple[Chip, ...]
    open: bool


def sheets(view: View) -> list[Sheet]:
    """A sheet for every host, in the run's order; what is open there worst first."""
    return [_sheet(view, host) for host in view.judged.hosts.values()]


def _sheet(view: View, host: HostInfo) -> Sheet:
    buckets = view.judged.of_host(host.name)
    parts = []
    for bucket in BUCKETS:
        checks = [check for check, found in buckets.items() if found is bucket]
        if bucket in (Bucket.FAIL, Bucket.WARN):
            checks.sort(key=lambda check: rank(view, check, [host.name]))
        if checks:
            lines = tuple(_lines(view, checks, host.name, bucket))
            parts.append(SheetPart(bucket, lines))
    group = view.run.groups.get(host.group, host.group) if host.group else ""
    score = scored(host.score, host.coverage)
    return Sheet(host, group, host_state(view, host), score, tuple(parts))


def _lines(
    view: View, checks: list[str], host: str, bucket: Bucket
) -> Iterable[SheetLine]:
    """NA with its proof, UNKNOWN with its reason, passes by number, others by title."""
    shared: dict[Sentence, list[str]] = {}
    for check in checks:
        said = _said(view, check, host, bucket)
        if said is None:
            yield SheetLine((check,), (Part(view.title(check)),))
        else:
            shared.setdefault(said, []).append(check)
    for said, names in shared.items():
        yield SheetLine(tuple(names), said)


def _said(view: View, check: str, host: str, bucket: Bucket) -> Sentence | None:
    if bucket is Bucket.PASS:
        return ()
    if bucket not in (Bucket.NA, Bucket.UNKNOWN):
        return None
    wanted = Verdict(bucket.value.upper())
    found = view.judged.findings.get((check, host), ())
    return next((view.speaker.sentence(f) for f in found if f.verdict is wanted), ())


def catalogue(view: View) -> list[Entry]:
    """Every chosen check, by family."""
    families = view.families
    checks = sorted(
        view.judged.checks.values(), key=lambda c: (families.index(c.family), c.id)
    )
    return [
        Entry(
            check,
            view.title(check.id),
            tuple(view.chips(check)),
            bool(view.judged.hosts_with(check.id, Bucket.FAIL, Bucket.WARN)),
        )
        for check in checks
    ]
