"""What a check asks for by type, made from one snapshot: facts are parsed on load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from auditor.model.check import Audit, facts_below, inputs_of
from auditor.model.facts import DERIVED, Fact
from auditor.model.findings import Reason
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Owners
from auditor.model.profile import Profile
from auditor.model.snapshot import FactText, HostState, Snapshot
from auditor.model.sources import SEEN, Source, Status, parse_body

REASONS = {
    Status.DENIED: Reason.DENIED,
    Status.NO_TOOL: Reason.NO_TOOL,
    Status.TIMED_OUT: Reason.TIMED_OUT,
    Status.TRUNCATED: Reason.TRUNCATED,
    Status.FAILED: Reason.UNPARSABLE,
    Status.MISSING: Reason.MISSING,
    Status.NOT_COLLECTED_FOR: Reason.NOT_COLLECTED_FOR,
}


class HostInputs(Struct):
    """One host's snapshot with all that its checks may ask for."""

    snapshot: Snapshot
    host: Host
    manifests: Manifests
    owners: Owners
    profile: Profile
    audit: Audit
    _values: dict[Any, Any] = field(default_factory=dict)

    def fact(self, kind: type[Fact]) -> Fact:
        """The parsed fact; of one that was not read, the value that proves nothing."""
        if kind not in self._values:
            self._values[kind] = self._parsed(kind)
        value: Fact = self._values[kind]
        return value

    def _parsed(self, kind: type[Fact]) -> Fact:
        status = self.unread_status(kind)
        if status is not None:
            return kind.unread(status)
        text = self.snapshot.facts[kind.__name__].text
        try:
            return kind.parse(parse_body(kind.__name__, text))
        except Exception:  # noqa: BLE001 - a parser that stumbles has not read the fact
            return kind.unread(Status.FAILED)

    def unread_status(self, kind: type[Fact]) -> Status | None:
        """Why the fact was not read at all, or None when it was."""
        answer: FactText | None = self.snapshot.facts.get(kind.__name__)
        if answer is None:
            return Status.MISSING if self._never_came else Status.NOT_COLLECTED_FOR
        if answer.text and answer.format not in kind.formats:
            return Status.NOT_COLLECTED_FOR
        if kind.keyed and not answer.text and not self.snapshot.digest_key_id:
            return Status.NOT_COLLECTED_FOR
        if answer.text:
            return None
        # An empty answer shows nothing, whatever a snapshot says of it.
        return Status.FAILED if answer.status in SEEN else answer.status

    def reason_of(self, source: Source) -> Reason:
        """The reason that an unseen source gives."""
        if source.status is Status.MISSING and self._never_came:
            return self.snapshot.reason or Reason.MISSING
        return REASONS[source.status]

    @property
    def _never_came(self) -> bool:
        return self.snapshot.state not in (HostState.AUDITED, HostState.PARTIAL)

    def unread_reason(self, kind: type[Fact]) -> Reason | None:
        """The reason that a fact not read at all gives, or None when it was read."""
        if self.unread_status(kind) is None:
            return None
        return self.reason_of(self.fact(kind).sources[0])

    def resolve(self, kind: Any) -> Any:
        """The value for a parameter of that type; raises TypeError for others."""
        if kind in self._values:
            return self._values[kind]
        if isinstance(kind, type) and issubclass(kind, Fact):
            return self.fact(kind)
        if kind in DERIVED:
            self._values[kind] = self.call(DERIVED[kind], inputs_of(DERIVED[kind]))
            return self._values[kind]
        known: dict[Any, Any] = {
            Host: self.host,
            Manifests: self.manifests,
            Owners: self.owners,
            Profile: self.profile,
            Audit: self.audit,
        }
        if kind not in known:
            raise TypeError(f"no input of type {kind!r}")
        return known[kind]

    def with_snapshot(self, snapshot: Snapshot) -> HostInputs:
        """These inputs for another snapshot; what it shares stays parsed."""
        same = {
            kind: value
            for kind, value in self._values.items()
            if isinstance(kind, type)
            and issubclass(kind, Fact)
            and snapshot.facts.get(kind.__name__)
            is self.snapshot.facts.get(kind.__name__)
        }
        return replace(self, snapshot=snapshot, _values=same)

    def only(self, kinds: Iterable[Any]) -> HostInputs:
        """These inputs with nothing kept but the values of some types."""
        kept: set[Any] = set(kinds)
        for kind in tuple(kept):
            kept |= facts_below(kind)
        values = {kind: self.resolve(kind) for kind in kept}
        return replace(
            self,
            snapshot=msgspec.structs.replace(self.snapshot, facts={}),
            _values=values,
        )

    def call(self, function: Any, inputs: Mapping[str, Any]) -> Any:
        """Call a function with its inputs resolved."""
        return function(**{name: self.resolve(kind) for name, kind in inputs.items()})
