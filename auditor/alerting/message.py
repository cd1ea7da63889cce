"""The text of an alert: plain, and without anything that a target says.

Of a finding it names the check, by our id and title, and the host by its name in the
inventory; items hold nothing else of one (record.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from itertools import groupby

from msgspec import Struct

from auditor.alerting.record import ENDS, FINDINGS, Item, What
from auditor.model.changes import Cause
from auditor.model.findings import Severity
from auditor.model.run import CheckInfo, Run
from auditor.report.text.labels import Labels, flat, load_labels
from auditor.report.text.visible import visible

#: How many checks or hosts of one line are named; the rest is a number.
NAMED = 6
#: How many lines a part has; the gravest come first, and the rest is a number.
LINES = 50


class Message(Struct, frozen=True):
    """A subject of one line, and a body of plain text."""

    subject: str
    body: str


def words(language: str, timezone: str = "UTC") -> Labels:
    """The report's labels with those of alerts; these come first."""
    file = resources.files("auditor.templates").joinpath(f"alerts.{language}.toml")
    own = dict(flat(tomllib.loads(file.read_text("utf-8")), ""))
    base = load_labels(language, timezone)
    return Labels(language, timezone, {**base.entries, **own})


def trial(client: str, labels: Labels) -> Message:
    """What `alerts test` sends, marked as a test."""
    subject = labels("test_subject", client=visible(client))
    body = labels("test_body", client=visible(client))
    return Message(labels("test_mark") + subject, body + "\n")


def message_of(items: Sequence[Item], run: Run, labels: Labels) -> Message:
    """Tell what is due; raises ValueError when that is nothing."""
    if not items:
        raise ValueError("an alert about nothing")
    text = _Text(run, labels)
    parts = [
        (name, found)
        for name, kinds in _PARTS.items()
        if (found := [item for item in items if item.what in kinds])
    ]
    counts = ", ".join(text.count(name, found) for name, found in parts)
    client = visible(run.run.client)
    about = labels("run", instant=labels.instant(run.run.started), run=run.run.id)
    lines = [about]
    for name, found in parts:
        made = list(text.lines(name, found))
        more = [labels.count("lines_more", len(made) - LINES)] if made[LINES:] else []
        lines += ["", labels(f"heading.{name}"), *made[:LINES], *more]
    lines += ["", labels("read")]
    subject = labels("subject", client=client, what=counts)
    return Message(subject, "\n".join(lines) + "\n")


#: The parts of a message in their order, and what each is about.
_PARTS = {
    "finding": FINDINGS,
    "unaudited": frozenset({What.UNAUDITED}),
    "sight": frozenset({What.SIGHT}),
    "missing": frozenset({What.MISSING}),
    "end": ENDS,
}


class _Text:
    """Lines of a message about one run, in one language."""

    def __init__(self, run: Run, labels: Labels) -> None:
        self._run = run
        self._labels = labels
        self._checks = {check.id: check for check in run.checks}

    def count(self, part: str, items: Sequence[Item]) -> str:
        """How many; of findings it is checks, a host each, not their subjects."""
        pairs = {(item.check, item.host, item.key) for item in items}
        if part == "finding":
            pairs = {(check, host, "") for check, host, _ in pairs}
        return self._labels.count(f"count.{part}", len(pairs))

    def lines(self, part: str, items: Sequence[Item]) -> Iterator[str]:
        """The lines of one part, grouped and sorted."""
        making: dict[str, Callable[[Sequence[Item]], Iterator[str]]] = {
            "finding": self._findings,
            "unaudited": self._unaudited,
            "sight": self._sight,
            "missing": self._missing,
            "end": self._ends,
        }
        return making[part](items)

    def _findings(self, items: Sequence[Item]) -> Iterator[str]:
        def gravest(item: Item) -> tuple[int, str]:
            weight = item.severity.weight if item.severity else 0
            return -weight, item.check

        for _, of_check in groupby(sorted(items, key=gravest), key=gravest):
            found = sorted(of_check, key=lambda item: item.host)
            yield self._headed(found[0].check, found[0].severity)
            for host, on_host in groupby(found, key=lambda item: item.host):
                what = self._what(list(on_host))
                yield "  - " + self._labels("line.on", host=host, what=what)

    def _headed(self, check: str, severity: Severity | None) -> str:
        weight = self._labels(f"line.severity.{severity}") if severity else ""
        title = self._title(check)
        return self._labels("line.check", check=check, severity=weight, title=title)

    def _what(self, items: Sequence[Item]) -> str:
        """`2 new, 1 worse, for 3 days; cause: waiver` of one check on one host."""
        told = [
            self._labels.count(f"of.{what}", n)
            for what in (What.NEW, What.RETURNED, What.WORSE)
            if (n := sum(item.what is what for item in items))
        ]
        text = ", ".join([*told, self._age(items)])
        causes = {cause for item in items for cause in item.causes}
        if causes - {Cause.HOST}:
            names = [self._labels(f"cause.{c}") for c in Cause if c in causes]
            because = self._labels("of.cause", causes=", ".join(names))
            return text + self._labels("semicolon") + because
        return text

    def _age(self, items: Iterable[Item]) -> str:
        since = min(item.since for item in items)
        days = (self._run.run.started - since).days
        labels = self._labels
        return labels.count("of.age", days) if days > 0 else labels("of.today")

    def _unaudited(self, items: Sequence[Item]) -> Iterator[str]:
        for item in sorted(items, key=lambda item: item.host):
            yield "  - " + self._labels(
                "line.unaudited",
                host=item.host,
                state=self._labels(f"state.{item.state}"),
                runs=self._labels.count("of.runs", item.runs),
                age=self._age([item]),
            )

    def _sight(self, items: Sequence[Item]) -> Iterator[str]:
        def place(item: Item) -> tuple[str, str]:
            return item.host, item.reason.value if item.reason else ""

        found = sorted(items, key=lambda item: (*place(item), item.check))
        for (host, reason), group in groupby(found, key=place):
            lost = list(group)
            checks = self._labels.join([item.check for item in lost], NAMED)
            because = f" ({self._labels(f'reason.{reason}')})" if reason else ""
            line = self._labels("line.sight", host=host, checks=checks)
            yield f"  - {line}{because}, {self._age(lost)}"

    def _missing(self, items: Sequence[Item]) -> Iterator[str]:
        for item in sorted(items, key=lambda item: item.host):
            yield f"  - {item.host}"

    def _ends(self, items: Sequence[Item]) -> Iterator[str]:
        labels = self._labels
        for item in sorted(items, key=lambda i: (str(i.until), i.check, i.key)):
            day = labels.date(item.until) if item.until else ""
            end = labels(f"of.{item.what}", day=day)
            hosts = labels.join(sorted(item.hosts), NAMED)
            if item.subject is None:
                title = self._title(item.check)
                values = {"check": item.check, "title": title}
                line = labels("line.waiver", **values, end=end, hosts=hosts)
            else:
                subject = labels(f"attested.{item.subject}")
                line = labels("line.attestation", subject=subject, end=end, hosts=hosts)
            yield f"  - {line}"

    def _title(self, check: str) -> str:
        info: CheckInfo | None = self._checks.get(check)
        return visible(info.title[self._labels.language]) if info else check
