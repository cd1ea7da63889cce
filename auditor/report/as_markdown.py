"""`-f markdown`: the summary for a ticket, a merge request or a wiki page.

The words and the order of the report's first page, then the open findings; for
evidence and remediation it leaves the reader to the report. All text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model.run import Level
from auditor.report.formats import Material
from auditor.report.sections.accepted import accepted
from auditor.report.sections.blocks import Block, steps
from auditor.report.sections.decisions import Decision, decisions
from auditor.report.sections.questions import Question, questions
from auditor.report.sections.scored import held
from auditor.report.sections.summary import TRACED, Breach, Summary, summary
from auditor.report.sections.trend import counted, since
from auditor.report.sections.watched import Watched, watched
from auditor.report.text.markdown import escape, table
from auditor.report.text.sentences import plain
from auditor.report.view import View, view_of

#: How many checks are named behind an answer or a decision; a number says the rest.
MOST_DECIDING = 2
MOST_CHECKS = 3


def write(material: Material) -> bytes:
    """The summary as UTF-8; blocks stand apart by one empty line."""
    view = view_of(material)
    return ("\n\n".join(_blocks(view)) + "\n").encode("utf-8")


def _blocks(view: View) -> Iterable[str]:
    first = summary(view)
    yield _kicker(view)
    yield f"# {escape(first.verdict)}"
    yield _lede(view, first)
    box = list(_breach(view, first.breach)) if first.breach else []
    above = first.breach is not None and first.breach.level == TRACED
    yield from box if above else ()
    yield from _figures(view, first)
    yield from () if above else box
    yield from _unseen(view, first)
    yield from _questions(view)
    if view.run.run.level.names_checks:
        yield from _decisions(view)
    yield from _since(view)
    yield from _findings(view)
    yield from _footer(view)


def _kicker(view: View) -> str:
    run = view.run.run
    rest = (
        run.client,
        view.labels.count("hosts", len(view.judged.hosts)),
        view.labels.day(run.started),
        run.auditor,
        view.labels(f"level.short.{run.level}"),
    )
    said = " · ".join(escape(part) for part in rest if part.strip())
    return f"**{escape(view.labels('title'))}** · {said}"


def _lede(view: View, first: Summary) -> str:
    unseen = next(s.count for s in first.segments if s.bucket == "unknown")
    last = (
        view.labels.count("lede.unseen", unseen)
        if unseen
        else view.labels("lede.all_seen")
    )
    said = " ".join((*first.more, last))
    return f"**{escape(first.gaps)}**{escape(f'{first.found} {said}')}"


def _breach(view: View, breach: Breach) -> Iterable[str]:
    labels = view.labels
    title, logs = labels("breach.title"), labels(f"breach.logs.{breach.logs}")
    yield f"## {escape(title)} – {escape(logs)}"
    yield _list(
        f"**{escape(one.host)}**{labels('colon')}"
        + escape(" ".join(plain(sentence) for sentence in one.sentences))
        for one in breach.exposed
    )
    if breach.others:
        yield escape(labels.count("breach.others", breach.others))
    yield f"**{escape(labels('breach.do'))}**"
    yield escape(labels("breach.law"))
    yield escape(
        labels(
            "breach.first",
            local=labels.instant(breach.first),
            utc=breach.utc,
            until=labels.instant(breach.until),
        )
    )


def _figures(view: View, first: Summary) -> Iterable[str]:
    labels, judged = view.labels, view.judged
    yield f"## {escape(labels('figure.title'))}"
    audited = labels("figure.audited")
    if first.partial:
        partial = labels.count("figure.partial", first.partial)
        audited = f"{audited}, {partial}"
    of = labels("figure.of", n=labels.number(len(judged.hosts)))
    share = labels.percent(view.run.run.coverage.share)
    yield _list(
        [
            *_score(view, first),
            _named(view, labels("figure.coverage"), share),
            _named(view, audited, f"{labels.number(first.audited)} {of}"),
        ]
    )
    rows = [
        [
            escape(labels(f"bucket.{segment.bucket}")),
            escape(labels.number(segment.count)),
            escape(labels(f"bucket_means.{segment.bucket}")),
        ]
        for segment in first.segments
    ]
    head = [labels("reading.bucket"), labels("nav.catalogue"), labels("reading.means")]
    yield table([escape(word) for word in head], rows)
    yield escape(
        labels(
            "figure.sum",
            pairs=labels.number(len(judged.buckets)),
            hosts=labels.count("hosts", len(judged.hosts)),
            checks=labels.count("checks", len(judged.checks)),
        )
    )


def _score(view: View, first: Summary) -> Iterable[str]:
    labels = view.labels
    if first.score is None:
        return
    why = held(labels, first.score)
    said = f"{first.score.value} {labels('figure.of', n=100)}"
    yield _named(view, labels("figure.score"), f"{said} ({why})" if why else said)
    if first.worst is not None:
        value = f"{first.worst.host}{labels('colon')}{first.worst.value}"
        yield _named(view, labels("score.worst").capitalize(), value)


def _since(view: View) -> Iterable[str]:
    found = since(view)
    if found is None:
        return
    day = view.labels.day(found.changes.since)
    yield f"## {escape(view.labels('since.title', day=day))}"
    yield _list(escape(said) for said in counted(view, found.changes))
    if found.compared:
        yield escape(found.compared)


def _unseen(view: View, first: Summary) -> Iterable[str]:
    labels = view.labels
    yield f"## {escape(labels('unseen.title'))}"
    if first.unseen:
        yield _list(
            f"**{escape(line.cause)}**{labels('colon')}"
            + escape(f"{line.hosts} ({labels.count('pairs', line.pairs)})")
            for line in first.unseen
        )
    else:
        yield escape(labels("unseen.nothing"))
    if first.unseen_more:
        yield escape(labels.count("unseen.more", first.unseen_more))
    soon = sum(one.ends_soon for one in accepted(view))
    if soon:
        yield escape(labels.count("accepted.soon_line", soon))
    looked = watched(view)
    if looked:
        yield f"## {escape(labels('watched.title'))}"
        yield _list(_watched(view, one) for one in looked)


def _watched(view: View, one: Watched) -> str:
    labels = view.labels
    name = f"{one.check} – {one.title}" if one.check else one.title
    hosts = view.hosts(one.hosts)
    until = f"{labels('accepted.until')} {labels.date(one.until)}"
    return f"**{escape(name)}**{labels('colon')}" + escape(
        f"{one.said} {hosts} · {until} · {one.by}"
    )


def _questions(view: View) -> Iterable[str]:
    asked = questions(view)
    if asked:
        yield f"## {escape(view.labels('question.title'))}"
        yield "\n".join(_question(view, one) for one in asked)


def _question(view: View, asked: Question) -> str:
    labels = view.labels
    named = [f"{one.title}, {one.hosts}" for one in asked.deciding[:MOST_DECIDING]]
    hidden = len(asked.deciding) - len(named)
    if hidden > 0:
        named.append(labels.count("question.more", hidden))
    said = ". ".join(
        text for text in (labels("semicolon").join(named), asked.note) if text
    )
    answer = f"**{escape(labels(f'answer.{asked.answer}'))}**"
    rest = f" – {escape(said)}" if said else ""
    return f"{asked.number}. {escape(asked.text)} {answer}{rest}"


def _decisions(view: View) -> Iterable[str]:
    labels = view.labels
    taken = decisions(view)
    key = f"decision_title.of_{len(taken)}" if taken else "nav.decisions"
    yield f"## {escape(labels(key))}"
    if taken:
        yield "\n".join(
            f"{number}. {_decision(view, one)}" for number, one in enumerate(taken, 1)
        )
    else:
        yield escape(labels("decision_title.none"))


def _decision(view: View, decision: Decision) -> str:
    labels = view.labels
    said = [
        decision.who,
        decision.when,
        labels.join(list(decision.checks), MOST_CHECKS),
    ]
    costs = (
        (labels("finding.effort"), decision.effort),
        (labels("finding.impact"), decision.impact),
    )
    if len(decision.checks) > 1 and decision.effort:
        said.append(labels("decision_title.gravest", check=decision.checks[0]))
    said += [f"{word}{labels('colon')}{plain(cost)}" for word, cost in costs if cost]
    rest = " · ".join(escape(part) for part in said if part)
    return f"**{escape(decision.title)}** · {rest}"


def _findings(view: View) -> Iterable[str]:
    labels = view.labels
    yield f"## {escape(labels('finding.title'))}"
    work = steps(view)
    if not work:
        yield escape(labels("finding.none"))
    for step in work:
        if view.run.run.level.names_checks:
            yield f"### {escape(labels(f'step.{step.key}.title'))}"
        head = (
            labels("filter.severity"),
            labels("catalogue.id"),
            labels("catalogue.title_column"),
            labels("nav.hosts"),
        )
        yield table(
            [escape(word) for word in head],
            [_finding(view, block) for block in step.blocks],
        )


def _finding(view: View, block: Block) -> list[str]:
    word = f"severity.{block.severity}"
    if block.bucket == "warn":
        word = "bucket.warn"
    hosts = view.hosts([row.host.name for row in block.rows])
    cells = (view.labels(word), block.check.id, block.title, hosts)
    return [escape(cell) for cell in cells]


def _footer(view: View) -> Iterable[str]:
    labels, run = view.labels, view.run.run
    yield "---"
    made = labels(
        "footer.made",
        tool=run.tool,
        rules=run.rules_sha256[:12],
        profile=run.profile,
    )
    yield escape(f"{made} {labels('footer.mapped')}")
    level = f"{labels(f'level.long.{run.level}')}."
    marks = f" {labels('level.marks')}" if run.level is not Level.R0 else ""
    yield escape(level + marks)


def _named(view: View, name: str, figure: str) -> str:
    return f"{escape(name)}{view.labels('colon')}**{escape(figure)}**"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
