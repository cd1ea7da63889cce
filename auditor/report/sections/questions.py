"""The seven failings of CNIL decision SAN-2022-009, asked one by one."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import Requirement
from auditor.model.run import Bucket
from auditor.report.view import View

CASE = "cnil-san-2022-009"


class Deciding(Struct, frozen=True):
    """A check that decided an answer, and the hosts on which it did."""

    check: str
    title: str
    hosts: str


class Question(Struct, frozen=True):
    """One question: `answer` is a label's key, `bucket` the shape beside it."""

    number: str
    text: str
    answer: str
    bucket: Bucket
    deciding: tuple[Deciding, ...]
    note: str


def questions(view: View) -> list[Question]:
    """The questions of the case; none when the report leaves that framework out."""
    framework = view.frameworks.get(CASE)
    if framework is None:
        return []
    return [_asked(view, item) for item in framework.requirement if item.question]


def checks_for(view: View, requirement: Requirement) -> list[str]:
    """The chosen checks that answer it: the framework's own first, then all mapped."""
    chosen = view.judged.checks
    mapped = f"{CASE}:{requirement.id}"
    own = [check for check in requirement.checks if check in chosen]
    others = [c.id for c in chosen.values() if mapped in c.requirements]
    return list(dict.fromkeys(own + others))


def _asked(view: View, requirement: Requirement) -> Question:
    assert requirement.question is not None
    checks = checks_for(view, requirement)
    proving = [check for check in checks if check not in requirement.suspicions]
    answer, bucket = _answer(view, proving)
    deciding = _deciding(view, checks, bucket)
    note = _note(view, requirement, proving, answer)
    if answer == "unknown":
        suspected = [check for check in checks if check in requirement.suspicions]
        deciding = _deciding(view, suspected, Bucket.FAIL)
        if deciding:
            limit = view.labels(f"question.{requirement.id}.limit")
            note = view.labels("question.suspicion", limit=limit)
    text = requirement.question[view.labels.language]
    return Question(requirement.id, text, answer, bucket, tuple(deciding), note)


def _answer(view: View, checks: list[str]) -> tuple[str, Bucket]:
    """No if any FAIL, else not evaluated if any UNKNOWN, else declared, else yes."""
    counts = view.judged.counts(
        (check, host) for check in checks for host in view.judged.hosts
    )
    accepted = any(_accepted_on(view, check) for check in checks)
    ladder = (
        ("no", Bucket.FAIL, counts[Bucket.FAIL]),
        ("accepted", Bucket.WAIVED, accepted),
        ("unknown", Bucket.UNKNOWN, counts[Bucket.UNKNOWN]),
        ("declared", Bucket.ATTESTED, counts[Bucket.ATTESTED]),
        ("reserve", Bucket.WARN, counts[Bucket.WARN] + counts[Bucket.WAIVED]),
        ("yes", Bucket.PASS, counts[Bucket.PASS]),
        ("na", Bucket.NA, counts[Bucket.NA]),
    )
    for answer, bucket, holds in ladder:
        if holds:
            return answer, bucket
    return "unknown", Bucket.UNKNOWN


def _deciding(view: View, checks: list[str], bucket: Bucket) -> list[Deciding]:
    if bucket not in (Bucket.FAIL, Bucket.WAIVED, Bucket.WARN):
        return []
    found = [
        (
            check,
            _accepted_on(view, check)
            if bucket is Bucket.WAIVED
            else view.judged.hosts_with(check, bucket),
        )
        for check in checks
    ]
    return [
        Deciding(check, view.title(check), view.hosts(hosts))
        for check, hosts in found
        if hosts
    ]


def _accepted_on(view: View, check: str) -> list[str]:
    return [host for host in view.judged.hosts if view.judged.fails(check, host)]


def _note(view: View, item: Requirement, checks: list[str], answer: str) -> str:
    """What the answer lacks: a cause, a signer, or a channel that was not used."""
    limit = view.labels(f"question.{item.id}.limit")
    if not checks:
        return f"{view.labels('question.no_check')} {limit}"
    if answer == "unknown":
        return f"{_reasons(view, checks)} {limit}"
    if answer == "declared":
        return f"{_signers(view, checks)} {limit}".strip()
    return limit if answer == "yes" else ""


def _reasons(view: View, checks: list[str]) -> str:
    reasons: Counter[Reason] = Counter()
    for check in checks:
        for host in view.judged.hosts_with(check, Bucket.UNKNOWN):
            reasons[view.judged.reason(check, host) or Reason.MISSING] += 1
    words = [
        f"{view.labels(f'reason.{reason}')} ({view.labels.number(count)})"
        for reason, count in reasons.most_common(2)
    ]
    return view.labels("question.because", reasons=view.labels.join(words))


def _signers(view: View, checks: list[str]) -> str:
    attested = [
        finding
        for check in checks
        for host in view.judged.hosts_with(check, Bucket.ATTESTED)
        for finding in view.judged.findings[check, host]
        if finding.verdict is Verdict.ATTESTED
    ]
    said = dict.fromkeys(
        "".join(part.text for part in view.speaker.sentence(finding))
        for finding in attested
    )
    return next(iter(said), "")
