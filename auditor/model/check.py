"""Checks: pure functions that ask for their inputs by type and yield findings."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from msgspec import Struct

from auditor.model.facts import DERIVED, Fact
from auditor.model.findings import Finding, Reason, Severity

F_co = TypeVar("F_co", covariant=True)
CheckFunction = Callable[..., Iterable[Finding]]


class Audit(Struct, frozen=True):
    """The instant that a snapshot is judged at, and the client's time zone."""

    instant: datetime
    timezone: str = "UTC"

    @property
    def date(self) -> date:
        """The local date: manifests' dates are local, their last day inclusive."""
        return self.instant.astimezone(ZoneInfo(self.timezone)).date()


class Fleet(Struct, Generic[F_co], frozen=True):
    """One fact, or derived fact, of all hosts of a run.

    `read` has the hosts that gave it, `unread` the others with the reason; `digest
    keys` tell which hosts' keyed digests may be compared.
    """

    read: Mapping[str, F_co]
    unread: Mapping[str, Reason]
    digest_keys: Mapping[str, str]


class Texts(Struct, frozen=True):
    """What explain, report and docs say of a check in one language."""

    title: str
    why: str
    fix: Mapping[str, str]
    impact: str
    effort: str
    undo: str
    verify: str
    messages: Mapping[str, str]


class Sidecar(Struct, frozen=True):
    """The `.toml` beside a check."""

    id: str
    severity: Severity
    requirements: tuple[str, ...]
    texts: Mapping[str, Texts]
    severity_by_message: Mapping[str, Severity]
    attestation: str | None = None


class Check(Struct, frozen=True):
    """A check as loaded: its function and its sidecar, which share one name.

    `id` is such as `ACC-001`; `read_sidecar` is asked for the rest, which collecting
    does without. `sha256` is that of its code and sidecar.
    """

    id: str
    name: str
    family: str
    function: CheckFunction
    inputs: Mapping[str, Any]
    read_sidecar: Callable[[], Sidecar]
    sha256: str = ""

    @property
    def sidecar(self) -> Sidecar:
        """Its texts, severities and requirements."""
        return self.read_sidecar()

    @property
    def fleet(self) -> bool:
        """Whether it correlates over all hosts of a run."""
        return any(get_origin(kind) is Fleet for kind in self.inputs.values())

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        """Every fact that it asks for, those below derived facts included, by name."""
        found: set[type[Fact]] = set()
        for kind in self.inputs.values():
            found |= facts_below(kind)
        return tuple(sorted(found, key=lambda kind: kind.__name__))

    def severity_of(self, message: str) -> Severity:
        """The severity of a finding with that message key."""
        return self.sidecar.severity_by_message.get(message, self.sidecar.severity)


def facts_below(kind: Any) -> frozenset[type[Fact]]:
    """The facts that an input of that type is made of."""
    if get_origin(kind) is Fleet:
        return facts_below(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Fact):
        return frozenset({kind})
    if kind in DERIVED:
        return frozenset().union(
            *(facts_below(below) for below in inputs_of(DERIVED[kind]).values())
        )
    return frozenset()


def inputs_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Parameter name -> type, without the return type."""
    hints = get_type_hints(function)
    hints.pop("return", None)
    return hints


def check(function: CheckFunction) -> CheckFunction:
    """Mark a function as the check of its module; texts come from the `.toml`."""
    assert isinstance(function, types.FunctionType)
    function.__dict__["is_check"] = True
    return function
