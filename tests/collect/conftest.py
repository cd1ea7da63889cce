"""One sshd for the tests that only read from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.collect.sshd import Sshd, sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A real sshd on loopback that lets `server.key` in."""
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running
