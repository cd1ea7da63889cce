"""Bytes and seconds of a host, enforced in the socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from auditor.collect.budget import (
    FREE_BYTES,
    Budget,
    LimitError,
    Metered,
    SharedBytes,
    Spent,
)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_bytes_up_to_the_limit_are_given(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    pair[1].sendall(b"12345")
    assert Metered(pair[0], Budget(5, 5)).recv(100) == b"12345"


def test_one_byte_more_ends_it(pair: tuple[socket.socket, socket.socket]) -> None:
    budget = Budget(5, 5)
    pair[1].sendall(b"123456")
    with pytest.raises(LimitError):
        Metered(pair[0], budget).recv(100)
    assert budget.why is Spent.BYTES


def test_past_the_deadline_nothing_is_read_nor_sent(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    metered = Metered(pair[0], Budget(-1, 5))
    with pytest.raises(LimitError):
        metered.recv(1)
    with pytest.raises(LimitError):
        metered.send(b"x")
    assert metered.budget.why is Spent.DEADLINE


def test_a_stage_ends_before_the_whole() -> None:
    budget = Budget(60, 5)
    budget.stage(-1)
    with pytest.raises(LimitError):
        budget.check()


def test_a_stage_that_is_over_no_longer_counts() -> None:
    budget = Budget(60, 5)
    budget.stage(-1)
    budget.stage(None)
    budget.check()
    assert budget.why is None


def test_what_ran_out_first_is_what_is_said() -> None:
    budget = Budget(60, 0)
    with pytest.raises(LimitError):
        budget.take(1)
    budget.stop()
    assert budget.why is Spent.BYTES


def test_the_free_bytes_of_a_host_are_its_own() -> None:
    budget = Budget(5, 2 * FREE_BYTES, SharedBytes(0))
    budget.take(FREE_BYTES)
    assert budget.why is None


def test_beyond_them_a_host_draws_on_the_shared_ones() -> None:
    shared = SharedBytes(10)
    greedy = Budget(5, 2 * FREE_BYTES, shared)
    greedy.take(FREE_BYTES + 10)
    with pytest.raises(LimitError):
        Budget(5, 2 * FREE_BYTES, shared).take(FREE_BYTES + 1)


def test_a_host_that_is_done_gives_them_back() -> None:
    shared = SharedBytes(10)
    greedy = Budget(5, 2 * FREE_BYTES, shared)
    greedy.take(FREE_BYTES + 10)
    greedy.close()
    other = Budget(5, 2 * FREE_BYTES, shared)
    other.take(FREE_BYTES + 10)
    assert other.why is None
