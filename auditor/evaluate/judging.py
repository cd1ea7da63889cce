"""What was not read is never a PASS, and accuses nobody.

A check says what it concluded and from what; here each conclusion is held against the
sources that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from auditor.evaluate.inputs import HostInputs
from auditor.model.facts import Fact
from auditor.model.findings import (
    UNKNOWN,
    WHOLE_HOST,
    Finding,
    Reason,
    Verdict,
)
from auditor.model.sources import Source

ACCUSING = frozenset({Verdict.FAIL, Verdict.WARN})


class Judged(Struct, frozen=True):
    """A finding as it stands; partial when something else was not read."""

    finding: Finding
    partial: bool = False


def judge(
    finding: Finding, facts: Mapping[type[Fact], Fact], inputs: HostInputs
) -> Judged:
    """Hold one finding against its sources."""
    unseen = next((s for s in rests_on(finding, facts) if not s.seen), None)
    if unseen is not None:
        return Judged(_unknown(finding, unseen, inputs))
    if finding.verdict in ACCUSING:
        elsewhere = (*_narrowed(finding, facts), *finding.also)
        return Judged(finding, any(not source.seen for source in elsewhere))
    return Judged(finding)


def rests_on(finding: Finding, facts: Mapping[type[Fact], Fact]) -> tuple[Source, ...]:
    """The sources that must have been seen for the finding to stand."""
    if finding.verdict is Verdict.PASS:
        return _narrowed(finding, facts)
    if finding.verdict is Verdict.NA:
        return tuple(e.read.source for e in finding.evidence)
    if finding.verdict in ACCUSING:
        if not finding.evidence:
            return (*_narrowed(finding, facts), *finding.also)
        default = (e.read.source for e in finding.evidence if not e.read.proven)
        return (*default, *finding.also)
    # An attestation counts where no probe can tell, not where none was let in.
    return finding.rests_on if finding.verdict is Verdict.ATTESTED else ()


def _narrowed(finding: Finding, facts: Mapping[type[Fact], Fact]) -> tuple[Source, ...]:
    """All sources of all facts asked for; of a fact that is named, those named."""
    named: dict[str, list[Source]] = {}
    for source in finding.rests_on:
        named.setdefault(source.fact, []).append(source)
    found: list[Source] = []
    for kind, fact in facts.items():
        if kind not in finding.without:
            found += named.pop(kind.__name__, fact.sources)
    for rest in named.values():
        found += rest
    return tuple(found)


def _unknown(finding: Finding, unseen: Source, inputs: HostInputs) -> Finding:
    name = "" if unseen.name == unseen.fact else f" {unseen.name}"
    detail = f"{unseen.fact}{name}: {unseen.status}"
    return replace(
        UNKNOWN(finding.subject, inputs.reason_of(unseen), detail=detail),
        on=finding.on,
    )


def settle(
    findings: Iterable[Finding], facts: Mapping[type[Fact], Fact], inputs: HostInputs
) -> Iterator[Judged]:
    """Judge all findings of one check on one host and add what they leave open.

    Raises ValueError for two findings of a subject when no third can say so.
    """
    seen = set()
    doubled = False
    partial: Finding | None = None
    for finding in findings:
        if finding.subject in seen:
            doubled = True
            continue
        seen.add(finding.subject)
        judged = judge(finding, facts, inputs)
        if judged.partial and partial is None:
            partial = finding
        yield judged
    if doubled:
        twice = "two findings of a subject"
        if WHOLE_HOST in seen:  # it would hide the error: then nothing stands
            raise ValueError(twice)
        yield Judged(UNKNOWN(WHOLE_HOST, Reason.CHECK_ERROR, detail=twice))
    elif partial is not None and WHOLE_HOST not in seen:
        elsewhere = (*_narrowed(partial, facts), *partial.also)
        unseen = next(source for source in elsewhere if not source.seen)
        yield Judged(_unknown(replace(partial, subject=WHOLE_HOST), unseen, inputs))
