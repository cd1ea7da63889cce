"""The summary of a run on a terminal, in the order and words of the first page.

Text from targets never reaches rich's markup (only `Text` is built) nor the terminal
itself (control characters are shown by number). rich keeps to NO_COLOR and writes no
escapes where the stream is no terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from auditor.model.run import Bucket, HostInfo, Level
from auditor.model.snapshot import HostState
from auditor.report.formats import Material
from auditor.report.sections.blocks import Block, steps
from auditor.report.sections.decisions import Decision, decisions
from auditor.report.sections.questions import Question, questions
from auditor.report.sections.scored import Scored, held
from auditor.report.sections.summary import TRACED, Breach, Summary, UnseenLine, summary
from auditor.report.sections.trend import Since, counted, since
from auditor.report.sections.unseen import host_state
from auditor.report.sections.watched import counted as watched_counts
from auditor.report.text.lines import columns, fold
from auditor.report.text.sentences import plain
from auditor.report.view import View, view_of

STYLES = {
    Bucket.FAIL: "bold red",
    Bucket.WARN: "yellow",
    Bucket.PASS: "cyan",
    Bucket.UNKNOWN: "magenta",
    Bucket.WAIVED: "dim",
    Bucket.ATTESTED: "blue",
    Bucket.NA: "dim",
}

#: Findings that are listed; the report has them all.
MOST_FINDINGS = 12
MOST_HOSTS = 40
#: A host's own words are cut here.
MOST_DETAIL = 160

Lines = Iterable[Text]


def print_summary(material: Material, console: Console) -> None:
    """Write what a run came to: what the first page says, then hosts and findings."""
    view = view_of(material)
    width = console.width
    parts = (
        _opening(view, width),
        _asked(view, questions(view), width),
        _ordered(view, decisions(view), width),
        _changed(view, since(view), width),
        _hosts(view, width),
        _findings(view, width),
    )
    for at, lines in enumerate(lines for part in parts if (lines := list(part))):
        if at:
            console.print()
        for line in lines:
            console.print(line, soft_wrap=True)


def _opening(view: View, width: int) -> list[Text]:
    """Sentence, figures, possible breach (first when there is a trace), unseen."""
    first = summary(view)
    box = _breach(view, first.breach, width) if first.breach else []
    above = bool(first.breach and first.breach.level == TRACED)
    return [
        *_level(view, width),
        *fold(Text(first.verdict, style="bold"), width),
        *(box if above else ()),
        *_figures(view, first, width),
        *(() if above else box),
        *(line for one in first.unseen for line in _unseen(view, one, width)),
        *_watched(view, width),
    ]


def _level(view: View, width: int) -> Lines:
    level = view.run.run.level
    said = Text(view.labels(f"level.long.{level}"), style="dim")
    return fold(said, width) if level is not Level.R0 else []


def _figures(view: View, first: Summary, width: int) -> Lines:
    t = view.labels
    text = Text()
    if first.score:
        text.append(_score(view, first.score), style="bold")
        if first.worst:
            worst = f"{t('score.worst')} {first.worst.host}{t('colon')}"
            text.append(f"{t('semicolon')}{worst}{first.worst.value}")
        text.append(" · ")
    share = t.percent(view.run.run.coverage.share)
    yield from fold(text.append(t("terminal.coverage", share=share)), width)
    counts = Text(" · ").join(
        Text(
            t.count(f"bucket_count.{one.bucket}", one.count),
            style=STYLES[one.bucket],
        )
        for one in first.segments
        if one.count
    )
    yield from fold(counts, width)


def _score(view: View, score: Scored) -> str:
    t = view.labels
    why = held(t, score)
    why = f" ({why})" if why else ""
    return f"{t('figure.score')} {score.value} {t('figure.of', n=100)}{why}"


def _breach(view: View, breach: Breach, width: int) -> list[Text]:
    t = view.labels
    style = STYLES[Bucket.FAIL]
    logs = t(f"breach.logs.{breach.logs}")
    lines = fold(Text(f"{t('breach.title')}{t('colon')}{logs}", style=style), width)
    for one in breach.exposed:
        said = " ".join(plain(sentence) for sentence in one.sentences)
        lines += fold(Text(f"{one.host}{t('colon')}{said}"), width, indent=2)
    if breach.others:
        lines.append(Text(t.count("breach.others", breach.others)))
    return [*lines, *fold(Text(t("breach.do")), width)]


def _unseen(view: View, line: UnseenLine, width: int) -> Lines:
    pairs = view.labels.count("pairs", line.pairs)
    text = view.labels("unseen.line", cause=line.cause, hosts=line.hosts, pairs=pairs)
    said = f"{text} {_cut(line.detail)}".rstrip()
    return fold(Text(said, style=STYLES[Bucket.UNKNOWN]), width, indent=2)


def _watched(view: View, width: int) -> Lines:
    """One line about the waivers and attestations that somebody has to look at."""
    said = ", ".join(watched_counts(view))
    text = f"{view.labels('watched.title')}{view.labels('colon')}{said}"
    return fold(Text(text), width) if said else []


def _asked(view: View, asked: list[Question], width: int) -> Lines:
    rows = [
        (
            Text(one.number),
            Text(view.labels(f"answer.{one.answer}"), style=STYLES[one.bucket]),
            Text(one.text),
        )
        for one in asked
    ]
    return [*_title(view.labels("question.title"), rows), *columns(rows, width)]


def _ordered(view: View, ordered: list[Decision], width: int) -> Lines:
    rows = [
        (
            Text(str(number)),
            Text(" · ".join(word for word in (one.title, one.who, one.when) if word)),
        )
        for number, one in enumerate(ordered, 1)
    ]
    title = view.labels(f"decision_title.of_{len(rows)}") if rows else ""
    return [*_title(title, rows), *columns(rows, width)]


def _changed(view: View, found: Since | None, width: int) -> Lines:
    if found is None:
        return
    t = view.labels
    said = counted(view, found.changes)
    day = t("since.title", day=t.day(found.changes.since))
    yield from fold(Text(f"{day}{t('colon')}{' · '.join(said)}"), width)
    if found.compared:
        yield from fold(Text(found.compared), width)


def _hosts(view: View, width: int) -> Lines:
    shown = (Bucket.FAIL, Bucket.WARN, Bucket.UNKNOWN)
    t = view.labels
    words = [t(f"bucket.{bucket}") for bucket in shown]
    words += [t("figure.score"), t("matrix.coverage")]
    head = [Text(word, style="dim") for word in (t("terminal.hosts"), *words, "")]
    rows = [head]
    for host in _worst(view)[:MOST_HOSTS]:
        counts = view.judged.counts((check, host.name) for check in view.judged.checks)
        state = "" if host.state is HostState.AUDITED else host_state(view, host)
        rows.append(
            [
                Text(host.name),
                *(_count(bucket, counts[bucket]) for bucket in shown),
                Text(str(host.score.value) if host.score else "–"),
                Text(t.percent(host.coverage.share)),
                Text(state, style=STYLES[Bucket.UNKNOWN]),
            ]
        )
    right = frozenset(range(1, len(head) - 1))
    rest = _rest(view, len(view.judged.hosts) - MOST_HOSTS)
    return [*columns(rows, width, right), *rest]


def _worst(view: View) -> list[HostInfo]:
    """All hosts as the inventory has them; of too many, the worst first."""
    hosts = list(view.judged.hosts.values())
    if len(hosts) <= MOST_HOSTS:
        return hosts
    fails = {h.name: view.judged.of_host(h.name) for h in hosts}
    return sorted(
        hosts,
        key=lambda host: (
            host.state is HostState.AUDITED,
            -list(fails[host.name].values()).count(Bucket.FAIL),
        ),
    )


def _count(bucket: Bucket, count: int) -> Text:
    return Text(str(count) if count else "–", style=STYLES[bucket] if count else "dim")


def _findings(view: View, width: int) -> Lines:
    blocks = [block for step in steps(view) for block in step.blocks]
    if not blocks:
        return [Text(view.labels("terminal.no_open"))]
    rows = [_row(view, block) for block in blocks[:MOST_FINDINGS]]
    rest = _rest(view, len(blocks) - MOST_FINDINGS)
    return [*_title(view.labels("terminal.open"), rows), *columns(rows, width), *rest]


def _rest(view: View, more: int) -> Lines:
    said = view.labels.count("terminal.more", more)
    return [Text(said, style="dim")] if more > 0 else []


def _row(view: View, block: Block) -> tuple[Text, Text, Text]:
    word = f"severity.{block.severity}"
    if block.bucket is Bucket.WARN:
        word = f"bucket.{block.bucket}"
    hosts = view.hosts([row.host.name for row in block.rows])
    return (
        Text(view.labels(word), style=STYLES[block.bucket]),
        Text(block.check.id),
        Text(f"{block.title}{view.labels('colon')}{hosts}"),
    )


def _title(title: str, rows: Sequence[object]) -> list[Text]:
    return [Text(title, style="dim")] if rows else []


def _cut(detail: str) -> str:
    return detail if len(detail) <= MOST_DETAIL else f"{detail[:MOST_DETAIL]}…"
