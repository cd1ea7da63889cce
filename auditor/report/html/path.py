"""The path to the data, drawn when findings of one host show all of it.

Origin, open service, served directory and what lies there; a host of which a part
is not proven gets no drawing.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auditor.model.findings import Verdict
from auditor.model.run import FindingRecord, ValueRecord
from auditor.model.sources import ValueKind
from auditor.report.view import View

#: Widths in the drawing's own units, in which a letter of 14 is about 7.4 wide.
LETTER, PADDING, NARROWEST, GAP = 7.4, 36, 140, 52
MOST_LETTERS = 30

_PLACES = frozenset({"directory", "path", "root", "file"})


class Node(Struct, frozen=True):
    """A box of the drawing; `hot` boxes are what is wrong."""

    x: int
    width: int
    top: str
    bottom: str
    hot: bool


class DataPath(Struct, frozen=True):
    """The drawing; `told` says the same in words."""

    host: str
    nodes: tuple[Node, ...]
    width: int
    told: str


def data_path(view: View) -> DataPath | None:
    """The path on the host that has the most data lying open."""
    found = [
        (opened, data, host)
        for host in view.judged.hosts
        for opened in _fails(view, host, "open")[:1]
        for data in _fails(view, host, "served_data")
        if data.subject.kind in _PLACES
    ]
    if not found:
        return None
    opened, data, host = max(found, key=lambda item: _most(item[1]))
    return _drawn(view, host, opened, data)


def _fails(view: View, host: str, name: str) -> list[FindingRecord]:
    return [
        finding
        for check in view.story.sets[name]
        for finding in view.judged.findings.get((check, host), ())
        if finding.verdict is Verdict.FAIL
    ]


def _most(data: FindingRecord) -> int:
    return max((count for _, count in _counts(data)), default=0)


def _counts(data: FindingRecord) -> list[tuple[str, int]]:
    return [
        (key, value.value)
        for key, value in data.values.items()
        if value.kind is ValueKind.COUNT and isinstance(value.value, int)
    ]


def _drawn(
    view: View, host: str, opened: FindingRecord, data: FindingRecord
) -> DataPath:
    t = view.labels
    zone = view.judged.hosts[host].zone
    service = opened.subject.name.split(" ")[0]
    port = _port(opened)
    counts = [
        t.count(f"path.count.{key}", n)
        for key, n in _counts(data)
        if f"path.count.{key}.other" in t.entries
    ]
    texts = [
        (t.word(f"path.from.{zone}", zone), t.word(f"path.zone.{zone}", zone), False),
        (f"{port} · {service}" if port else service, t("path.open"), True),
        (_end_of(data.subject.name), t("path.served"), True),
    ]
    if counts:
        second = counts[1] if len(counts) > 1 else t("path.readable")
        texts.append((counts[0], second, True))
    nodes = tuple(_placed(texts))
    told = " → ".join(f"{node.top} ({node.bottom})" for node in nodes)
    width = nodes[-1].x + nodes[-1].width + 1
    return DataPath(host, nodes, width, f"{host}{t('colon')}{told}")


def _placed(texts: Iterable[tuple[str, str, bool]]) -> Iterable[Node]:
    x = 1
    for top, bottom, hot in texts:
        longest = max(len(top), len(bottom) * 0.86)
        width = max(NARROWEST, round(longest * LETTER) + PADDING)
        yield Node(x, width, top, bottom, hot)
        x += width + GAP


def _port(finding: FindingRecord) -> str:
    values: list[ValueRecord] = list(finding.values.values())
    ports = [str(v.value) for v in values if v.kind is ValueKind.PORT]
    ports += [
        shown.value
        for evidence in finding.evidence
        for shown in evidence.values
        if shown.kind is ValueKind.PORT
    ]
    return ports[0] if ports else ""


def _end_of(path: str) -> str:
    """The end of a long path, which says most, cut before a folder's name."""
    if len(path) <= MOST_LETTERS:
        return path
    end = path[-(MOST_LETTERS - 1) :]
    return "…" + (end[end.index("/") :] if "/" in end[:-1] else end)
