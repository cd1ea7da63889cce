"""The summary of a run on a terminal.

Text from targets never reaches rich's markup (only `Text` is built) nor the terminal
itself (control characters are shown by number). rich keeps to NO_COLOR and writes no
escapes where the stream is no terminal.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.model.check import Sidecar
from auditor.model.run import Bucket, HostInfo, Level, Run
from auditor.model.snapshot import HostState
from auditor.report.blocks import Block, steps
from auditor.report.matrix import host_state
from auditor.report.summary import Summary, summary
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


def print_summary(
    run: Run, sidecars: Mapping[str, Sidecar], language: str, console: Console
) -> None:
    """Write what a run came to: one sentence, figures, hosts, open findings."""
    view = view_of(run, sidecars, {}, language)
    first = summary(view)
    if run.run.level is not Level.R0:
        console.print(Text(view.labels(f"level.long.{run.run.level}"), style="dim"))
    console.print(Text(first.verdict, style="bold"))
    console.print(_figures(view, first))
    for line in first.unseen:
        pairs = view.labels.count("pairs", line.pairs)
        text = view.labels(
            "unseen.line", cause=line.cause, hosts=line.hosts, pairs=pairs
        )
        console.print(Text(f"{text} {line.detail}".rstrip(), style="magenta"))
    console.print()
    console.print(_hosts(view))
    _rest(view, console, len(view.judged.hosts) - MOST_HOSTS)
    console.print()
    _findings(view, console)


def _figures(view: View, first: Summary) -> Text:
    text = Text()
    for segment in first.segments:
        if segment.count:
            count = view.labels.count(f"bucket_count.{segment.bucket}", segment.count)
            text.append(count, style=STYLES[segment.bucket])
            text.append(" · ")
    share = view.labels.percent(view.run.run.coverage.share)
    return text.append(view.labels("terminal.coverage", share=share))


def _hosts(view: View) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(view.labels("terminal.hosts"), no_wrap=True)
    shown = (Bucket.FAIL, Bucket.WARN, Bucket.UNKNOWN)
    for bucket in shown:
        table.add_column(view.labels(f"bucket.{bucket}"), justify="right")
    table.add_column(view.labels("matrix.coverage"), justify="right")
    table.add_column("")
    for host in _worst(view)[:MOST_HOSTS]:
        counts = view.judged.counts((check, host.name) for check in view.judged.checks)
        state = "" if host.state is HostState.AUDITED else host_state(view, host)
        table.add_row(
            Text(host.name),
            *(_count(bucket, counts[bucket]) for bucket in shown),
            Text(view.labels.percent(host.coverage.share)),
            Text(state, style="magenta"),
        )
    return table


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


def _findings(view: View, console: Console) -> None:
    blocks = [block for step in steps(view) for block in step.blocks]
    if not blocks:
        console.print(Text(view.labels("terminal.no_open")))
        return
    console.print(Text(view.labels("terminal.open"), style="dim"))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for block in blocks[:MOST_FINDINGS]:
        table.add_row(*_row(view, block))
    console.print(table)
    _rest(view, console, len(blocks) - MOST_FINDINGS)


def _rest(view: View, console: Console, more: int) -> None:
    if more > 0:
        console.print(Text(view.labels.count("terminal.more", more), style="dim"))


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
