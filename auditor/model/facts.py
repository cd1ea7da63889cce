"""Facts: what is asked of a host, in shell, and how the answer is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar, get_type_hints

from msgspec import Struct

from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Body, Source, Status, status_of, unread_body

D = TypeVar("D")


class Fact(Struct, frozen=True):
    """One noun of a system: its shell fragment, its parameters, its parser.

    A subclass adds its values as fields. `fragment` is the body of a shell function
    (its parameters are "$@"), made of `source_file`, `source_command` and `first_of`
    only; `format` is raised when its output changes and `formats` names those that
    the parser still reads. `after` names facts whose bodies the fragment needs. A
    `keyed` fact needs the run's digest key: without one its body is empty, and it
    counts as never asked for.
    """

    fragment: ClassVar[str] = ""
    format: ClassVar[int] = 1
    formats: ClassVar[frozenset[int]] = frozenset({1})
    after: ClassVar[tuple[type[Fact], ...]] = ()
    searches: ClassVar[bool] = False
    keyed: ClassVar[bool] = False

    sources: tuple[Source, ...]

    @classmethod
    def parameters(
        cls,
        host: Host,  # noqa: ARG003 - what a subclass may use
        manifests: Manifests,  # noqa: ARG003
        profile: Profile,  # noqa: ARG003
    ) -> tuple[str, ...]:
        """The words that the fragment gets as "$@"; recorded in the snapshot."""
        return ()

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Read the body of an answer; never raises on what a host may send."""
        return cls(sources=body.sources)

    @classmethod
    def unread(cls, status: Status) -> Self:
        """The value of a fact that was not read at all, which proves nothing."""
        return cls.parse(unread_body(cls.__name__, status))

    @property
    def status(self) -> Status:
        """The fact's status, from its sources."""
        return status_of(self.sources)


#: Derived facts by their type: the functions that make them from facts.
DERIVED: dict[type, Callable[..., Any]] = {}


def derived(function: Callable[..., D]) -> Callable[..., D]:
    """Register a pure function facts -> value; checks ask for it by its type."""
    hints = get_type_hints(function)
    DERIVED[hints["return"]] = function
    return function
