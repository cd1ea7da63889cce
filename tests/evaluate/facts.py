"""Facts and checks of the smallest kind, for tests of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from auditor.evaluate.inputs import HostInputs
from auditor.model.check import Audit, Check, Sidecar, Texts, inputs_of
from auditor.model.facts import Fact
from auditor.model.findings import Finding, Severity
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Owners
from auditor.model.profile import Profile
from auditor.model.snapshot import FactText, HostState, Snapshot
from auditor.model.sources import Body, Read, Status, parse_body, status_of

AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
PROFILE = Profile("default", "", {}, {}, {})


class Door(Fact, frozen=True):
    """Lines `NAME=STATE` of /etc/doors."""

    fragment: ClassVar[str] = "source_file /etc/doors lines:equals 'front back'"

    doors: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """By name."""
        doors = {}
        for text in body.used():
            for line in text.lines:
                name, _, state = line.text.partition("=")
                doors[name] = text.read(state, line, key=name)
        return cls(body.sources, doors)


class Alarm(Fact, frozen=True):
    """Another fact, of which only the sources matter."""

    fragment: ClassVar[str] = "source_file /etc/alarm keep"


def answer(text: str) -> FactText:
    """A fact as it came, its body `text` (tabs as |)."""
    body = text.replace("|", "\t")
    status = status_of(parse_body("X", body).sources) if body else Status.MISSING
    return FactText(format=1, status=status, text=body)


def snapshot(host: str = "lab", **facts: str) -> Snapshot:
    """A snapshot with facts by name, as `answer` takes them."""
    texts = {name: answer(text) for name, text in facts.items()}
    return Snapshot(
        host=host, state=HostState.AUDITED, started=AT, ended=AT, facts=texts
    )


def inputs(taken: Snapshot, manifests: Manifests | None = None) -> HostInputs:
    """What the engine gives to checks for that snapshot."""
    host = Host(name=taken.host, address="192.0.2.1", group="site")
    given = manifests or Manifests()
    return HostInputs(taken, host, given, Owners(), PROFILE, Audit(AT))


def check_of(
    function: Callable[..., Iterator[Finding]],
    severity: Severity = Severity.HIGH,
    by_message: Mapping[str, Severity] | None = None,
) -> Check:
    """A check without a module: the function with the least of a sidecar."""
    texts = Texts("t", "w", {"any": "f"}, "i", "e", "u", "v", {})
    sidecar = Sidecar(
        id="X-TEST-001",
        severity=severity,
        requirements=(),
        texts={"en": texts, "fr": texts},
        severity_by_message=by_message or {},
    )
    kinds: dict[str, Any] = inputs_of(function)
    name = function.__name__
    return Check(sidecar.id, name, "test", function, kinds, lambda: sidecar)
