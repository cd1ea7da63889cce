"""A framework's requirements with what the checks mapped to them came to.

A state is that of the checks, over all hosts; of the requirement itself it says no more
than the framework's claim does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from auditor.model.frameworks import Framework, Requirement
from auditor.model.run import GRAVEST_FIRST, Bucket
from auditor.report.judged import Judged
from auditor.report.view import View


class Mapped(Struct, frozen=True):
    """Checks behind a requirement of which the gravest on any host is the same."""

    bucket: Bucket
    checks: tuple[str, ...]


class Standing(Struct, frozen=True):
    """A requirement and the chosen checks mapped to it; `name` is as chips write it.

    `bucket` is the gravest that one of its checks came to on a host, None when no check
    of the run is mapped to it. `counts` are (check, host) pairs, gravest first.
    """

    name: str
    text: str
    bucket: Bucket | None
    counts: tuple[tuple[Bucket, int], ...]
    mapped: tuple[Mapped, ...]

    @property
    def partly(self) -> bool:
        """Whether some was evaluated, and some that could change the state was not."""
        return self.bucket is Bucket.UNKNOWN and len(self.counts) > 1


class FrameworkState(Struct, frozen=True):
    """A framework in the report; `listed` says how much of its text is listed."""

    id: str
    title: str
    claim: str
    source: str
    listed: str
    standings: tuple[Standing, ...]

    @property
    def tally(self) -> list[tuple[Bucket | None, int]]:
        """How many requirements are in each state, gravest first, uncovered last."""
        counts = Counter(one.bucket for one in self.standings)
        states = (*GRAVEST_FIRST, None)
        return [(state, counts[state]) for state in states if counts[state]]


def framework_states(view: View) -> list[FrameworkState]:
    """Every framework of the report, in its order.

    None when no check names a requirement: at R3 the run no longer says which.
    """
    judged = view.judged
    counts = {
        check: Counter(judged.of_check(check).values()) for check in judged.checks
    }
    mapped = checks_by_requirement(judged)
    if not mapped:
        return []
    return [
        _framework(view, framework, mapped, counts)
        for framework in view.frameworks.values()
    ]


def checks_by_requirement(judged: Judged) -> dict[str, list[str]]:
    """`gdpr:Art. 29` -> the chosen checks that name it, in the run's order."""
    found: dict[str, list[str]] = {}
    for check in judged.checks.values():
        for requirement in dict.fromkeys(check.requirements):
            found.setdefault(requirement, []).append(check.id)
    return found


def _framework(
    view: View,
    framework: Framework,
    mapped: Mapping[str, list[str]],
    counts: Mapping[str, Counter[Bucket]],
) -> FrameworkState:
    language = view.labels.language
    listed = framework.listed
    return FrameworkState(
        framework.id,
        framework.title[language],
        framework.claim[language],
        framework.source[language],
        listed[language] if listed else view.labels("framework.listed"),
        tuple(
            _standing(view, framework, key, requirement, mapped.get(key, ()), counts)
            for key, requirement in framework.requirements.items()
        ),
    )


def _standing(
    view: View,
    framework: Framework,
    key: str,
    requirement: Requirement,
    checks: Iterable[str],
    counts: Mapping[str, Counter[Bucket]],
) -> Standing:
    own = {check: counts[check] for check in checks}
    total: Counter[Bucket] = sum(own.values(), Counter())
    by_bucket: dict[Bucket | None, list[str]] = {}
    for check, found in own.items():
        by_bucket.setdefault(_gravest(found), []).append(check)
    return Standing(
        view.requirement_name(framework, key),
        requirement.text[view.labels.language],
        _gravest(total),
        tuple((bucket, total[bucket]) for bucket in GRAVEST_FIRST if total[bucket]),
        tuple(
            Mapped(bucket, tuple(by_bucket[bucket]))
            for bucket in GRAVEST_FIRST
            if bucket in by_bucket
        ),
    )


def _gravest(counts: Counter[Bucket]) -> Bucket | None:
    return next((bucket for bucket in GRAVEST_FIRST if counts[bucket]), None)
