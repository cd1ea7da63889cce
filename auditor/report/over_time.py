"""Audits over time on a terminal: the runs of a client, and how long findings are open.

As everywhere, text that a target may have written is made visible, and is never read
as markup. Days are local to the engagement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from auditor.history.episodes import Episode, days_open
from auditor.history.lines import RunLine, Visit
from auditor.model.changes import Cause
from auditor.model.findings import Verdict
from auditor.model.run import Bucket
from auditor.report.terminal import STYLES
from auditor.report.text.labels import Labels
from auditor.report.text.lines import columns
from auditor.report.text.visible import visible

#: Stands where there is no figure.
NOTHING = "–"


def print_runs(lines: Sequence[RunLine], t: Labels, console: Console) -> None:
    """One line a run, in the order of the chain."""
    if not lines:
        console.print(Text(t("history.no_run")), soft_wrap=True)
        return
    words = ("number", "day", "hosts", "score", "coverage", "fails", "new", "fixed")
    head = [*(t(f"history.{word}") for word in (*words, "exit")), ""]
    _print([head, *(_run(line, t) for line in lines)], console, {0, *range(2, 9)})


def print_visits(
    visits: Sequence[Visit], lines: Sequence[RunLine], t: Labels, console: Console
) -> None:
    """One line for each run that a host was in."""
    days = {line.number: _day(line.started, t) for line in lines}
    head = [
        t("history.number"),
        t("history.day"),
        t("history.score"),
        t("history.coverage"),
        t("history.fails"),
        "",
    ]
    rows = [
        [
            str(visit.number),
            days[visit.number],
            NOTHING if visit.score is None else str(visit.score),
            t.percent(visit.coverage),
            str(visit.fail),
            t(f"state.{visit.state}"),
        ]
        for visit in visits
        if visit.number in days
    ]
    if rows:
        _print([head, *rows], console, {0, 2, 3, 4})


def print_findings(
    episodes: Sequence[Episode],
    now: RunLine,
    cut: int | None,
    t: Labels,
    console: Console,
) -> None:
    """One line an episode, with its age in the run `now`.

    `cut` is the number of the first run where runs before it were erased.
    """
    if not episodes:
        console.print(Text(t("history.no_finding")), soft_wrap=True)
        return
    words = ("first", "age", "severity", "check", "host", "subject")
    head = [Text(t(f"history.{word}"), style="dim") for word in words]
    rows = [_finding(episode, now, cut, t) for episode in episodes]
    _print_all([head, *rows], console, {1})


def _run(line: RunLine, t: Labels) -> list[str]:
    reached = line.hosts - len(line.unreached)
    hosts = str(line.hosts) if not line.unreached else f"{reached}/{line.hosts}"
    others = [
        f"{t(f'history.cause.{c}')} {t.number(n)}" for c, n in line.others.items()
    ]
    return [
        str(line.number),
        _day(line.started, t),
        hosts,
        NOTHING if line.score is None else str(line.score),
        t.percent(line.coverage),
        t.number(line.fail),
        NOTHING if line.new is None else t.number(line.new),
        NOTHING if line.fixed is None else t.number(line.fixed),
        str(line.exit_code),
        ", ".join(others),
    ]


def _finding(episode: Episode, now: RunLine, cut: int | None, t: Labels) -> list[Text]:
    style = STYLES[Bucket.FAIL if episode.verdict is Verdict.FAIL else Bucket.WARN]
    subject = visible(f"{episode.kind}:{episode.subject}")
    return [
        Text(_day(episode.first_seen, t)),
        Text(t.count("history.days", days_open(episode, now.started))),
        Text(t(f"severity.{episode.severity}"), style=style),
        Text(visible(episode.check)),
        Text(visible(episode.host)),
        Text(" · ".join([subject, *_notes(episode, now, cut, t)])),
    ]


def _notes(episode: Episode, now: RunLine, cut: int | None, t: Labels) -> Iterable[str]:
    if episode.first_number == cut:
        yield t("history.at_least")
    if episode.returned:
        yield t("history.returned")
    if episode.verdict is Verdict.WARN:
        yield t("bucket.warn")
    if episode.waived_since is not None:
        yield t("history.waived", day=_day(episode.waived_since, t))
    if episode.closed_at is not None:
        yield t("history.closed", day=_day(episode.closed_at, t))
        yield from (told(cause, t) for cause in episode.closed_by)
    elif episode.last_number < now.number:
        yield t("history.unseen", day=_day(episode.last_seen, t))


def told(cause: Cause, t: Labels) -> str:
    """A cause in words."""
    return t(f"history.cause.{cause}")


def _day(instant: datetime, t: Labels) -> str:
    """The local date as columns have it, ISO 8601: all are as wide, and sort."""
    return t.local(instant).date().isoformat()


def _print(rows: list[list[str]], console: Console, right: set[int]) -> None:
    head, *rest = rows
    dim = [Text(word, style="dim") for word in head]
    body = [[Text(visible(word)) for word in row] for row in rest]
    _print_all([dim, *body], console, right)


def _print_all(rows: list[list[Text]], console: Console, right: set[int]) -> None:
    for line in columns(rows, console.width, frozenset(right)):
        console.print(line, soft_wrap=True)
