"""Since when what a block tells of has been open, and what last changed of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from auditor.history.past import Age
from auditor.report.view import View


def since_told(view: View, check: str, hosts: Iterable[str]) -> tuple[str, ...]:
    """What is known of the time before, in sentences; nothing without a history."""
    ages = [age for host in hosts for age in ages_of(view, check, host)]
    if not ages:
        return ()
    t = view.labels
    told = [_first(view, [age.first_seen for age in ages])]
    if any(age.at_least for age in ages):
        told.append(t("finding.since.at_least"))
    back = sum(age.returned for age in ages)
    if back:
        told.append(t.count("finding.since.returned", back))
    return (*told, *_last(view, ages))


def since_on_host(view: View, check: str, host: str) -> str:
    """Since when the oldest of a host's findings has been open, in a few words."""
    ages = ages_of(view, check, host)
    if not ages:
        return ""
    first = min(age.first_seen for age in ages)
    return view.labels("finding.since.host", day=view.labels.day(first))


def ages_of(view: View, check: str, host: str) -> list[Age]:
    """The ages of a host's open findings that are not accepted."""
    findings = view.judged.findings.get((check, host), ())
    found = (view.age(finding) for finding in findings if finding.waived is None)
    return [age for age in found if age is not None]


def _first(view: View, seen: list[datetime]) -> str:
    t = view.labels
    first, last = (t.day(at) for at in (min(seen), max(seen)))
    days = max(0, (view.run.run.started - min(seen)).days)
    age = t.count("finding.since.days", days)
    if first == last:
        return t("finding.since.first", day=first, age=age)
    return t("finding.since.between", first=first, last=last, age=age)


def _last(view: View, ages: list[Age]) -> Iterable[str]:
    """The latest change among them, with its causes."""
    t = view.labels
    changed = [(age.changed_at, age) for age in ages if age.changed_at is not None]
    if not changed:
        return
    at, age = max(changed, key=lambda one: one[0])
    what = t(f"finding.since.kind.{age.changed_kind}")
    causes = t.join([t(f"history.cause.{cause}") for cause in age.changed_by])
    yield t("finding.since.last", day=t.day(at), what=what, causes=causes)
