"""What holds for each fact: unread it proves nothing, and no answer breaks it."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import Struct
from msgspec.structs import fields

from auditor.model.facts import Fact
from auditor.model.sources import SEEN, Read, Source, Status, parse_body
from tests.hostile_bodies import (
    disturbed,
    every_fact,
    invented_bodies,
    recorded_bodies,
)

UNSEEN = sorted(set(Status) - SEEN)
#: Words that a fact's grammar brings along, whatever was read.
OWN_WORDS = {"sudo", "doas"}
#: A parser that is still at it after this many seconds would hold up a whole run: no
#: measure, but an end for what has none.
HANGING = 60
MEGABYTE = 1_000_000
UNITS = ("a", "a ", "a,", "a=", "a\t", "0.", "(", "[", '"', "\\x41", "$")

each_fact = pytest.mark.parametrize("kind", every_fact(), ids=lambda k: k.__name__)


@contextmanager
def ended() -> Iterator[None]:
    """Fail instead of hanging."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {HANGING} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGING)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def parsed(kind: type[Fact], text: str) -> Fact:
    return kind.parse(parse_body(kind.__name__, text))


def values_in(value: Any) -> Iterator[Any]:
    """Everything that a fact holds, but for its sources."""
    if isinstance(value, Read):
        yield value
    elif isinstance(value, Struct) and not isinstance(value, Source):
        for field in fields(value):
            yield from values_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from values_in(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        yield from (below for item in value for below in values_in(item))
    elif not isinstance(value, Source):
        yield value


@pytest.mark.parametrize("status", UNSEEN)
@each_fact
def test_an_unread_fact_has_one_source_of_that_status(
    kind: type[Fact], status: Status
) -> None:
    fact = kind.unread(status)
    assert [(s.fact, s.status) for s in fact.sources] == [(kind.__name__, status)]
    assert fact.status is status
    assert not any(source.seen for source in fact.sources)


@pytest.mark.parametrize("status", UNSEEN)
@each_fact
def test_an_unread_fact_holds_nothing_that_could_be_taken_for_read(
    kind: type[Fact], status: Status
) -> None:
    held = values_in(kind.unread(status))
    # No bool either: False would say that something is not there.
    assert [v for v in held if v is not None and v not in ("", *OWN_WORDS)] == []


@each_fact
def test_something_was_recorded_of_the_fact(kind: type[Fact]) -> None:
    assert recorded_bodies(kind.__name__) != ()


@each_fact
def test_a_recorded_answer_that_was_disturbed_is_parsed(kind: type[Fact]) -> None:
    bodies = recorded_bodies(kind.__name__)
    chance = random.Random(kind.__name__)
    with ended():
        for _ in range(150):
            text = chance.choice(bodies)[:40_000]
            for _ in range(chance.randrange(1, 4)):
                text = disturbed(text, chance)
            assert parsed(kind, text).sources != ()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(text=invented_bodies())
def test_an_invented_answer_is_parsed_by_every_fact(text: str) -> None:
    for kind in every_fact():
        assert parsed(kind, text).sources != ()


@each_fact
def test_a_line_of_a_megabyte_is_parsed(kind: type[Fact]) -> None:
    longest = max(recorded_bodies(kind.__name__), key=len)
    heads = [row for row in longest.split("\n") if row and not row.startswith(" ")]
    with ended():
        for unit in UNITS:
            line = f" 1\t{unit * (MEGABYTE // len(unit))}"
            rows = [row for head in heads[:2] for row in (head, line)]
            assert len(parsed(kind, "\n".join(rows)).sources) >= 1


@each_fact
def test_an_answer_as_long_as_can_be_is_parsed(kind: type[Fact]) -> None:
    longest = max(recorded_bodies(kind.__name__), key=len)
    text = longest * max(1, MEGABYTE // len(longest))
    with ended():
        assert len(parsed(kind, text).sources) >= 1
