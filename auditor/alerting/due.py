"""What is due to be told: regressions that are open and were not told yet.

Pure. The memory is led from run to run, whether or not somebody was told after each, so
that nothing is lost between two runs that tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from auditor.alerting.ending import ends_of
from auditor.alerting.record import ENDS, FINDINGS, Item, Memory, What, key_of
from auditor.model.changes import Change, Changes, Kind, State
from auditor.model.findings import Severity
from auditor.model.host import Alerts
from auditor.model.manifests import Manifests
from auditor.model.run import Bucket, FindingRecord, HostInfo, Run, bucket_of
from auditor.model.snapshot import HostState

#: Hosts of which something was read.
SEEN = frozenset({HostState.AUDITED, HostState.PARTIAL})


class Step(Struct, frozen=True):
    """A run of the store, and what changed since the one before it.

    `changes` is None of a first run, and where nothing was comparable.
    """

    run: Run
    changes: Changes | None = None


def after(memory: Memory, step: Step) -> Memory:
    """What is known once one more run, the next in the chain, has been looked at."""
    open_, known, past = dict(memory.open), set(memory.known), set(memory.past)
    if step.changes is not None:
        for change in step.changes.changes:
            _change(change, step.run, open_, known, past)
        for item in _unseen(step.changes, step.run):
            open_.setdefault(item.key, item)
    past |= _close_judged(open_, step.run)
    for host in step.run.hosts:
        _host(host, step.run, open_)
    return Memory(open=open_, known=frozenset(known), past=frozenset(past))


def with_ends(memory: Memory, manifests: Manifests, run: Run, policy: Alerts) -> Memory:
    """With the waivers and attestations that end, as the manifests are now."""
    items = {item.key: item for item in ends_of(manifests, run, policy.ends_within)}
    kept = {k: item for k, item in memory.open.items() if item.what not in ENDS}
    fresh = {key: memory.open.get(key, item) for key, item in items.items()}
    return replace(memory, open=kept | fresh)


def due(
    memory: Memory, run: Run, policy: Alerts, address: str, now: datetime
) -> tuple[Item, ...]:
    """What that address has to be told after the run; it is told once, or reminded."""
    counts = _Counts(run, policy)
    return tuple(
        item
        for item in memory.open.values()
        if counts.worth(item) and _untold(item, policy.remind, address, now)
    )


def told(memory: Memory, keys: Iterable[str], address: str, now: datetime) -> Memory:
    """With these items told to the address."""
    changed = {
        key: replace(item, told={**item.told, address: now})
        for key in keys
        if (item := memory.open.get(key)) is not None
    }
    return replace(memory, open={**memory.open, **changed})


class _Counts:
    """What the inventory wants to be told of, as things are in the run."""

    def __init__(self, run: Run, policy: Alerts) -> None:
        self._policy = policy
        self._checks = {check.id for check in run.checks}
        self._states = {host.name: host.state for host in run.hosts}

    def worth(self, item: Item) -> bool:
        """Whether it counts, whoever was told already."""
        if item.what in FINDINGS:
            return self._in_scope(item) and _at_least(
                item.severity, self._policy.from_severity
            )
        if item.what is What.SIGHT:
            # A host that could not be audited is one thing to tell, not one a check.
            return self._in_scope(item) and self._states[item.host] in SEEN
        if item.what is What.UNAUDITED:
            # Another host key is no outage that may pass by itself.
            strange = item.state is HostState.UNTRUSTED
            often = strange or item.runs >= self._policy.unreachable_runs
            return often and item.host in self._states
        return True

    def _in_scope(self, item: Item) -> bool:
        return item.check in self._checks and item.host in self._states


def _at_least(severity: Severity | None, least: Severity) -> bool:
    return severity is not None and severity.weight >= least.weight


def _untold(item: Item, remind: int | None, address: str, now: datetime) -> bool:
    last = item.told.get(address)
    if last is None:
        return True
    again = remind is not None and item.what not in {*ENDS, What.MISSING}
    return again and now - last >= timedelta(days=remind or 0)


def _change(
    change: Change,
    run: Run,
    open_: dict[str, Item],
    known: set[str],
    past: set[str],
) -> None:
    """Lead one identity on by its change."""
    key = _key(change)
    held = open_.get(key)
    match change.kind:
        case Kind.NEW if change.after is State.OPEN:
            if held is None and key not in known:
                what = What.RETURNED if key in past else What.NEW
                open_[key] = _item(what, key, change, run)
            known.discard(key)
        case Kind.WORSE if change.after is State.OPEN:
            item = _item(What.WORSE, key, change, run)
            open_[key] = replace(item, since=held.since) if held else item
            known.discard(key)
        case Kind.UNSEEN | Kind.LEFT:
            if held is None and change.before is State.OPEN:
                known.add(key)
        case Kind.FIXED | Kind.BETTER | Kind.NEW | Kind.WORSE:
            open_.pop(key, None)
            known.discard(key)
            if change.kind is Kind.FIXED:
                past.add(key)


def _item(what: What, key: str, change: Change, run: Run) -> Item:
    return Item(
        what=what,
        key=key,
        run=run.run.id,
        since=run.run.started,
        check=change.check,
        host=change.host,
        severity=change.severity,
        causes=change.causes,
    )


def _unseen(changes: Changes, run: Run) -> Iterator[Item]:
    """What was evaluated and is no more, and hosts that are gone."""
    run_id, started = run.run.id, run.run.started
    for lost in changes.lost:
        yield Item(
            what=What.SIGHT,
            key=key_of("sight", lost.check, lost.host),
            run=run_id,
            since=started,
            check=lost.check,
            host=lost.host,
            reason=lost.reason,
        )
    for name in changes.missing:
        key = key_of("missing", name)
        yield Item(what=What.MISSING, key=key, run=run_id, since=started, host=name)


def _close_judged(open_: dict[str, Item], run: Run) -> set[str]:
    """Take out what the run itself shows to be over; the keys of what was fixed.

    Changes don't tell it where a run was of less, and the next is compared with one
    before it.
    """
    fixed, found = set(), _found(open_, run)
    hosts = {host.name for host in run.hosts}
    for key, item in list(open_.items()):
        findings = found.get((item.check, item.host), [])
        if item.what is What.MISSING:
            over = item.host in hosts
        elif not findings:
            over = False
        elif item.what is What.SIGHT:
            over = bucket_of(findings) is not Bucket.UNKNOWN
        else:
            buckets = _buckets(key, findings)
            over = not buckets & {Bucket.FAIL, Bucket.UNKNOWN}
            if over and not buckets & {Bucket.WARN, Bucket.WAIVED, Bucket.ATTESTED}:
                fixed.add(key)
        if over:
            del open_[key]
    return fixed


def _buckets(key: str, findings: Sequence[FindingRecord]) -> set[Bucket]:
    """What is said of one identity by the findings of its check and host.

    What is not named is over, unless not all of it was read or listed.
    """
    same = {f.bucket for f in findings if _key(f) == key}
    if same:
        return same
    whole = all(f.bucket is not Bucket.UNKNOWN and not f.more for f in findings)
    return set() if whole else {Bucket.UNKNOWN}


def _key(one: Change | FindingRecord) -> str:
    return key_of("finding", one.check, one.host, one.subject)


def _found(
    open_: Mapping[str, Item], run: Run
) -> Mapping[tuple[str, str], list[FindingRecord]]:
    """The run's findings by check and host, of those of which something is open."""
    pairs = {(i.check, i.host) for i in open_.values() if i.check and i.host}
    found: dict[tuple[str, str], list[FindingRecord]] = defaultdict(list)
    for finding in run.findings:
        if (finding.check, finding.host) in pairs:
            found[finding.check, finding.host].append(finding)
    return found


def _host(host: HostInfo, run: Run, open_: dict[str, Item]) -> None:
    """Count a host that could not be audited; an interruption says nothing of it."""
    key = key_of("host", host.name)
    if host.state is HostState.INTERRUPTED:
        return
    if host.state in SEEN:
        open_.pop(key, None)
        return
    first = Item(
        what=What.UNAUDITED,
        key=key,
        run=run.run.id,
        since=run.run.started,
        host=host.name,
    )
    held = open_.get(key, first)
    open_[key] = replace(held, state=host.state, reason=host.reason, runs=held.runs + 1)
