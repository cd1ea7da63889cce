"""What a mutation may do to the findings of one check on one host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.evaluate.judging import Judged, rests_on
from auditor.model.facts import Fact
from auditor.model.findings import WHOLE_HOST, Subject, Verdict
from tests.mutations import Mutation

ACCUSING = {Verdict.FAIL, Verdict.WARN}
CALM = {Verdict.PASS, Verdict.NA}

Findings = Mapping[Subject, Judged]


def by_subject(findings: list[Judged]) -> Findings:
    """The findings of a check on a host by their subject."""
    return {judged.finding.subject: judged for judged in findings}


def wrongs(
    before: Findings,
    after: Findings,
    mutation: Mutation,
    facts: Mapping[type[Fact], Fact],
) -> Iterator[str]:
    """Each false PASS, NA or accusation that losing a source brought about."""
    unknown = any(j.finding.verdict is Verdict.UNKNOWN for j in after.values())
    for subject, judged in before.items():
        verdict = judged.finding.verdict
        now = after.get(subject)
        if now is None:
            if not unknown:
                yield f"{subject}: {verdict} vanished and nothing is unknown"
        elif now.finding.verdict not in _allowed(judged, mutation, facts):
            yield f"{subject}: {verdict} became {now.finding.verdict}"
    for subject, judged in after.items():
        new = subject not in before and subject != WHOLE_HOST
        if new and judged.finding.verdict in CALM:
            yield f"{subject}: {judged.finding.verdict} came up"


def _allowed(
    judged: Judged, mutation: Mutation, facts: Mapping[type[Fact], Fact]
) -> set[Verdict]:
    """What a finding may become when something was lost."""
    verdict = judged.finding.verdict
    if verdict in CALM:
        rests = _rests(judged, mutation, facts)
        return {Verdict.UNKNOWN} if rests else set(Verdict)
    if verdict is Verdict.FAIL and _stands(judged, mutation):
        return {Verdict.FAIL}
    return set(Verdict) - CALM if verdict in ACCUSING else set(Verdict)


def accused(before: Findings, after: Findings) -> Iterator[str]:
    """Each subject that is accused only since the source was lost."""
    for subject, judged in after.items():
        was = before.get(subject)
        innocent = was is None or was.finding.verdict not in ACCUSING
        if judged.finding.verdict in ACCUSING and innocent:
            yield f"{subject}: {judged.finding.verdict} {judged.finding.message}"


def _rests(
    judged: Judged, mutation: Mutation, facts: Mapping[type[Fact], Fact]
) -> bool:
    return any(
        source.fact == mutation.fact and mutation.source in (None, source.name)
        for source in rests_on(judged.finding, facts)
        if source.kind != "alternative"
    )


def _stands(judged: Judged, mutation: Mutation) -> bool:
    """Whether lines of other facts prove it, with nothing that could contradict it."""
    finding = judged.finding
    return (
        bool(finding.evidence)
        and all(e.read.proven for e in finding.evidence)
        and all(e.read.source.fact != mutation.fact for e in finding.evidence)
        and all(source.fact != mutation.fact for source in finding.also)
    )
