"""The fleet: hosts by families, one table body a laboratory, worst host first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from auditor.model.run import GRAVEST_FIRST, Bucket, HostInfo
from auditor.model.scoring import coverage_of, score_of
from auditor.model.snapshot import HostState
from auditor.report.html.pages import Laboratory, laboratories
from auditor.report.sections.scored import Scored, scored
from auditor.report.sections.unseen import UNSEEN_STATES, host_state
from auditor.report.view import OTHERS, View

#: A table wider than this is no longer read; what comes after is one column.
MOST_FAMILIES = 12


class Cell(Struct, frozen=True):
    """A host's checks of one family; `text` is seen, `name` is heard.

    `said` is the name without host and family, which are the headers of its row and
    column.
    """

    bucket: Bucket
    text: str
    name: str
    said: str


class Row(Struct, frozen=True):
    """A host; without cells it was not seen, and `state` says why."""

    host: HostInfo
    cells: tuple[Cell, ...]
    state: str


class Group(Struct, frozen=True):
    """A laboratory; `title` is empty for hosts of none."""

    title: str
    rows: tuple[Row, ...]


class LabRow(Struct, frozen=True):
    """A laboratory on the index of a large fleet; `share` is its coverage.

    Score and coverage are of its hosts' sums: a mean would hide the worst of them.
    """

    group: str
    title: str
    hosts: int
    unseen: int
    cells: tuple[Cell, ...]
    score: Scored | None
    share: float


class LabMatrix(Struct, frozen=True):
    """Columns of families by name, and a row a laboratory."""

    columns: tuple[str, ...]
    rows: tuple[LabRow, ...]


class Matrix(Struct, frozen=True):
    """Columns of families by name, and rows by laboratory."""

    columns: tuple[str, ...]
    groups: tuple[Group, ...]


def matrix(view: View) -> Matrix:
    """The fleet of a run."""
    columns = _columns(view)
    names = tuple(view.family(column) for column in columns)
    groups: dict[str | None, list[HostInfo]] = {}
    for host in view.judged.hosts.values():
        groups.setdefault(host.group, []).append(host)
    return Matrix(
        names,
        tuple(
            Group(
                view.run.groups.get(group, group) if group else "",
                tuple(_row(view, host, columns) for host in _worst_first(view, hosts)),
            )
            for group, hosts in groups.items()
        ),
    )


def lab_matrix(view: View) -> LabMatrix:
    """The fleet of a run, all hosts of a laboratory in one row."""
    columns = _columns(view)
    rows = tuple(_lab_row(view, lab, columns) for lab in laboratories(view))
    return LabMatrix(tuple(view.family(column) for column in columns), rows)


def _lab_row(view: View, lab: Laboratory, columns: dict[str, list[str]]) -> LabRow:
    title = lab.title or view.labels("matrix.no_group")
    hosts = [view.judged.hosts[name] for name in lab.hosts]
    pairs = view.judged.weighed(
        (check, host) for check in view.judged.checks for host in lab.hosts
    )
    coverage = coverage_of(pairs)
    return LabRow(
        lab.group,
        title,
        len(hosts),
        sum(host.state in UNSEEN_STATES for host in hosts),
        tuple(
            _cell(view, title, lab.hosts, family, checks)
            for family, checks in columns.items()
        ),
        scored(score_of(pairs), coverage),
        coverage.share,
    )


def _columns(view: View) -> dict[str, list[str]]:
    """Family -> its checks."""
    families = view.families
    if len(families) > MOST_FAMILIES:
        families = [*families[: MOST_FAMILIES - 1], OTHERS]
    columns: dict[str, list[str]] = {family: [] for family in families}
    for check in view.judged.checks.values():
        columns.get(check.family, columns.get(OTHERS, [])).append(check.id)
    return columns


def _worst_first(view: View, hosts: list[HostInfo]) -> list[HostInfo]:
    def rank(host: HostInfo) -> tuple[bool, int, float, str]:
        counts = Counter(view.judged.of_host(host.name).values())
        unseen = host.state in UNSEEN_STATES
        return unseen, -counts[Bucket.FAIL], host.coverage.share, host.name

    return sorted(hosts, key=rank)


def _row(view: View, host: HostInfo, columns: dict[str, list[str]]) -> Row:
    state = "" if host.state is HostState.AUDITED else host_state(view, host)
    if host.state in UNSEEN_STATES:
        return Row(host, (), state)
    cells = tuple(
        _cell(view, host.name, (host.name,), family, checks)
        for family, checks in columns.items()
    )
    return Row(host, cells, state)


def _cell(
    view: View, who: str, hosts: Sequence[str], family: str, checks: list[str]
) -> Cell:
    counts = view.judged.counts((check, host) for check in checks for host in hosts)
    bucket = next((b for b in GRAVEST_FIRST if counts[b]), Bucket.NA)
    applicable = len(checks) * len(hosts) - counts[Bucket.NA]
    evaluated = applicable - counts[Bucket.UNKNOWN]
    parts = [
        view.labels.count(f"bucket_count.{one}", counts[one])
        for one in GRAVEST_FIRST
        if counts[one]
    ]
    said = view.labels.join(parts, most=len(parts))
    name = view.labels("matrix.cell", host=who, family=view.family(family), counts=said)
    text = _short(view, bucket, counts, evaluated, applicable)
    return Cell(bucket, text, name, said)


def _short(
    view: View,
    bucket: Bucket,
    counts: Counter[Bucket],
    evaluated: int,
    applicable: int,
) -> str:
    if not applicable:
        return view.labels("matrix.na")
    if not evaluated:
        return f"–/{applicable}"
    shown = {Bucket.PASS: 0, Bucket.UNKNOWN: 0}.get(bucket, counts[bucket])
    return f"{shown}/{evaluated}"
