"""At most five decisions: findings that one order answers, in the order of work."""

from __future__ import annotations

from msgspec import Struct

from auditor.model.findings import Severity
from auditor.model.run import Bucket
from auditor.report.judged import SEVERITIES
from auditor.report.story import STEPS, work_of
from auditor.report.text.sentences import Sentence
from auditor.report.view import View

MOST_DECISIONS = 5


class Decision(Struct, frozen=True):
    """What to order, from whom, by when, and what it costs for its gravest check."""

    title: str
    who: str
    when: str
    effort: Sentence
    impact: Sentence
    checks: tuple[str, ...]


class _Work(Struct, frozen=True):
    key: str
    step: str
    checks: tuple[str, ...]
    hosts: tuple[str, ...]
    severity: Severity

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Step, severity, then the most hosts."""
        return (
            STEPS.index(self.step),
            SEVERITIES.index(self.severity),
            -len(self.hosts),
            self.key,
        )


def decisions(view: View) -> list[Decision]:
    """The decisions that the open FAILs ask for; none where only families are told."""
    if not view.run.run.level.names_checks:
        return []
    work = sorted(_work(view), key=lambda one: one.rank)
    return [_decision(view, one) for one in work[:MOST_DECISIONS]]


def _work(view: View) -> list[_Work]:
    failing: dict[str, list[str]] = {}
    steps: dict[str, str] = {}
    for check in view.judged.checks.values():
        if view.judged.hosts_with(check.id, Bucket.FAIL):
            rule = work_of(check, view.story)
            failing.setdefault(rule.key, []).append(check.id)
            known = steps.get(rule.key, rule.step)
            steps[rule.key] = min(known, rule.step, key=STEPS.index)
    return [_ranked(view, key, steps[key], checks) for key, checks in failing.items()]


def _ranked(view: View, key: str, step: str, checks: list[str]) -> _Work:
    on = {check: view.judged.hosts_with(check, Bucket.FAIL) for check in checks}
    grave = {
        check: SEVERITIES.index(view.judged.severity(check, on[check]))
        for check in checks
    }
    checks = sorted(checks, key=lambda check: (grave[check], -len(on[check]), check))
    hosts = tuple(dict.fromkeys(host for check in checks for host in on[check]))
    return _Work(key, step, tuple(checks), hosts, SEVERITIES[grave[checks[0]]])


def _decision(view: View, work: _Work) -> Decision:
    texts = view.speaker.texts(work.checks[0])
    hosts = view.hosts(work.hosts)
    ours = f"decision.{work.key}.other" in view.labels.entries
    return Decision(
        title=view.labels.count(f"decision.{work.key}", len(work.hosts), hosts=hosts)
        if ours
        else view.labels("decision_other", title=view.title(work.key), hosts=hosts),
        who=view.labels.word(f"decision_by.{work.key}", ""),
        when=view.labels(f"step.{work.step}.when"),
        effort=view.speaker.prose(texts.effort) if texts else (),
        impact=view.speaker.prose(texts.impact) if texts else (),
        checks=work.checks,
    )
