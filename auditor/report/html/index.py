"""The index of a large fleet: a line a laboratory, and where its pages are."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from auditor.model.run import Bucket
from auditor.report.html.pages import Laboratory, Page, only
from auditor.report.html.requirements import FrameworkState
from auditor.report.sections.accepted import accepted, declared
from auditor.report.sections.pictures import BUCKETS
from auditor.report.sections.unseen import causes
from auditor.report.view import View, anchor


class LabLine(Struct, frozen=True):
    """A laboratory, what it came to, and what its pages tell in full.

    `causes` are reasons with the number of (check, host) pairs that each left open;
    `accepted`, `soon` and `declared` are numbers of entries.
    """

    lab: Laboratory
    pages: tuple[Page, ...]
    tally: tuple[tuple[Bucket, int], ...]
    causes: tuple[tuple[str, int], ...]
    accepted: int
    soon: int
    declared: int


def lab_lines(view: View, pages: Sequence[Page]) -> list[LabLine]:
    """The laboratories of these pages, in their order."""
    of_lab: dict[str, list[Page]] = {}
    for page in pages:
        of_lab.setdefault(page.lab.group, []).append(page)
    return [_line(view, found) for found in of_lab.values()]


def _line(view: View, pages: Sequence[Page]) -> LabLine:
    lab = pages[0].lab
    part = only(view, lab.hosts)
    counts = part.judged.counts()
    risks = accepted(part)
    return LabLine(
        lab,
        tuple(pages),
        tuple((bucket, counts[bucket]) for bucket in BUCKETS),
        tuple(
            (view.labels(f"reason.{cause.reason}"), cause.pairs)
            for cause in causes(part)
        ),
        len(risks),
        sum(risk.ends_soon for risk in risks),
        sum(len(one.hosts) for one in declared(part)),
    )


def framework_page(framework: FrameworkState) -> str:
    """The file name of a framework's page."""
    return f"{anchor('framework', framework.id)}.html"
