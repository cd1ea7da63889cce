"""Run checks over snapshots: host checks one by one, fleet checks over all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from msgspec import Struct, field

from auditor.evaluate.inputs import HostInputs
from auditor.evaluate.judging import Judged, settle
from auditor.model.check import Check, Fleet, facts_below
from auditor.model.facts import Fact
from auditor.model.findings import (
    NA,
    PASS,
    UNKNOWN,
    WHOLE_HOST,
    Finding,
    Reason,
    Value,
    Verdict,
)
from auditor.model.host import Host
from auditor.model.sources import ValueKind

#: Where `Judged` findings go: (check, host name, finding).
Row = tuple[Check, str, Judged]


def evaluate_host(checks: Iterable[Check], inputs: HostInputs) -> Iterator[Row]:
    """Every finding of the checks that look at one host."""
    for check in checks:
        if not check.fleet:
            for judged in _host_check(check, inputs):
                yield check, inputs.host.name, judged


def _host_check(check: Check, inputs: HostInputs) -> list[Judged]:
    kinds = check.facts
    facts = {kind: inputs.fact(kind) for kind in kinds}
    reasons = [inputs.unread_reason(kind) for kind in kinds]
    first = next((reason for reason in reasons if reason is not None), None)
    if first is not None and None not in reasons:
        return [Judged(_unread(inputs, first))]
    return _guarded(
        lambda: list(
            settle(_said(inputs.call(check.function, check.inputs)), facts, inputs)
        )
    )


def _unread(inputs: HostInputs, reason: Reason) -> Finding:
    return UNKNOWN(WHOLE_HOST, reason, detail=inputs.snapshot.detail)


def _guarded(judge: Callable[[], list[Judged]]) -> list[Judged]:
    """A check that raises says nothing of the host, and stops nobody else."""
    try:
        return judge()
    except Exception as error:  # noqa: BLE001
        detail = f"{type(error).__name__}: {error}"
        return [Judged(UNKNOWN(WHOLE_HOST, Reason.CHECK_ERROR, detail=detail))]


def _said(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; raises ValueError when there is none, or an NA without proof."""
    none = True
    for finding in findings:
        none = False
        if finding.verdict is Verdict.NA and not finding.evidence:
            raise ValueError(f"NA of {finding.subject} without proof")
        yield finding
    if none:
        raise ValueError("the check yielded nothing")


class FleetMember(Struct):
    """What is kept of a host for the fleet checks: few facts, no snapshot."""

    inputs: HostInputs
    unread: dict[Any, Reason | None]


class FleetView(Struct):
    """All hosts of a run as the fleet checks see them, filled host by host."""

    checks: Sequence[Check]
    members: dict[str, FleetMember] = field(default_factory=dict)

    def add(self, inputs: HostInputs) -> None:
        """Keep of a host the facts that some fleet check correlates."""
        kinds = {kind for check in self.checks for kind in _correlated(check)}
        unread = {kind: _unread_of(kind, inputs) for kind in kinds}
        self.members[inputs.host.name] = FleetMember(inputs.only(kinds), unread)

    def evaluate(self) -> Iterator[Row]:
        """Every finding of the fleet checks, on every host of the run."""
        for check in self.checks:
            for name, rows in self._of(check).items():
                for judged in rows:
                    yield check, name, judged

    def _of(self, check: Check) -> dict[str, list[Judged]]:
        said: dict[str, list[Finding]] = {name: [] for name in self.members}
        try:
            for finding in check.function(**self._inputs(check)):
                said[finding.on or ""].append(finding)
        except Exception as error:  # noqa: BLE001 - one check's trouble
            detail = f"{type(error).__name__}: {error}"
            broken = UNKNOWN(WHOLE_HOST, Reason.CHECK_ERROR, detail=detail)
            return {name: [Judged(broken)] for name in self.members}
        return {name: self._settled(check, name, said[name]) for name in self.members}

    def _inputs(self, check: Check) -> dict[str, Any]:
        some = next(iter(self.members.values())).inputs
        return {
            name: self._fleet(get_args(kind)[0])
            if get_origin(kind) is Fleet
            else some.resolve(kind)
            for name, kind in check.inputs.items()
        }

    def _fleet(self, kind: Any) -> Fleet[Any]:
        if kind is Host:
            hosts = {name: m.inputs.host for name, m in self.members.items()}
            return Fleet(hosts, {}, {})
        read: dict[str, Any] = {}
        unread: dict[str, Reason] = {}
        keys: dict[str, str] = {}
        for name, member in self.members.items():
            reason = member.unread[kind]
            if reason is None:
                read[name] = member.inputs.resolve(kind)
                keys[name] = member.inputs.snapshot.digest_key_id
            else:
                unread[name] = reason
        return Fleet(read, unread, keys)

    def _settled(self, check: Check, name: str, said: list[Finding]) -> list[Judged]:
        member = self.members[name]
        facts: Mapping[type[Fact], Fact] = {
            kind: member.inputs.fact(kind) for kind in check.facts
        }
        rest = said or [self._rest(check, name)]
        return _guarded(lambda: list(settle(rest, facts, member.inputs)))

    def _rest(self, check: Check, name: str) -> Finding:
        """What is said of a host that a fleet check did not name."""
        reasons = {
            host: next((m.unread[k] for k in _correlated(check) if m.unread[k]), None)
            for host, m in self.members.items()
        }
        own = reasons[name]
        if own is not None:
            return _unread(self.members[name].inputs, own)
        if len(self.members) == 1:
            return self._alone(check, name)
        given = [host for host, reason in reasons.items() if reason is None]
        if len(given) < 2:
            other = next(r for r in reasons.values() if r is not None)
            return UNKNOWN(WHOLE_HOST, other, detail="no other host to compare with")
        return PASS(
            WHOLE_HOST,
            "among",
            given=Value(ValueKind.COUNT, len(given)),
            hosts=Value(ValueKind.COUNT, len(self.members)),
        )

    def _alone(self, check: Check, name: str) -> Finding:
        """Nothing to compare with; but within the host something may be unread."""
        inputs = self.members[name].inputs
        for kind in check.facts:
            for source in inputs.fact(kind).sources:
                if not source.seen:
                    return UNKNOWN(WHOLE_HOST, inputs.reason_of(source))
        return NA(WHOLE_HOST, "alone")


def _correlated(check: Check) -> list[Any]:
    return [
        get_args(kind)[0]
        for kind in check.inputs.values()
        if get_origin(kind) is Fleet and get_args(kind)[0] is not Host
    ]


def _unread_of(kind: Any, inputs: HostInputs) -> Reason | None:
    """The reason when no fact below a correlated value was read at all."""
    kinds = sorted(facts_below(kind), key=lambda below: below.__name__)
    reasons = [inputs.unread_reason(below) for below in kinds]
    return None if None in reasons else next(iter(reasons), None)
