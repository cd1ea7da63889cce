"""The lab as a pytest fixture: one bring-up for a whole test run.

`from tests.lab.pytest_lab import lab` in a conftest makes the fixture known there.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab import able, expectations, material, possible, state
from tests.lab.cli import shell_prefix
from tests.lab.expectations import Expectations
from tests.lab.hosts import choose
from tests.lab.up import bring_up


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab that runs."""

    run: state.Run

    @property
    def inventory(self) -> Path:
        return self.run.inventory

    @property
    def folder(self) -> Path:
        """Holds inventory, known_hosts, manifests and `keys/NAME` (private keys)."""
        return self.run.folder

    @property
    def abilities(self) -> list[str]:
        """What this machine can carry: words of `needs` in host and expectation."""
        return able.abilities(self.run)

    def expectations(self) -> Expectations:
        """What an audit must say and must not say, cut to what this lab has."""
        return expectations.read(self.run)

    def command(self, argv: Sequence[str]) -> list[str]:
        """The argv that runs a command in the auditor's network."""
        return [
            "nsenter",
            f"--net=/proc/{self.run.require_holder()}/ns/net",
            "--",
            *argv,
        ]

    def environment(self) -> dict[str, str]:
        """Ours, and the secrets that the inventory names."""
        return {**os.environ, **material.environment(self.run)}

    def exec(
        self, argv: Sequence[str], *, timeout: float = 120, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command where the hosts are reachable; text in and out."""
        return subprocess.run(
            self.command(argv),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            input=stdin,
            check=False,
        )

    def shell(self, host: str, script: str) -> subprocess.CompletedProcess[str]:
        """Run a line of sh as root inside a host."""
        return subprocess.run(
            [*shell_prefix(self.run, host), "sh", "-c", script],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def upper(self, host: str) -> Path:
        """The overlay's upper directory: every file that the host has changed."""
        return self.run.seen() / host / "upper"


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """All hosts, up for the whole run; skipped with the reason where impossible."""
    if reason := possible.refusal():
        give_up(f"lab not possible: {reason}")
    state.sweep()
    run = bring_up(choose([]), None, os.getpid())
    yield Lab(run)
    state.remove(run)


def give_up(reason: str) -> None:
    """Skip; an error in CI, unless the Makefile said that there is no lab here."""
    if os.environ.get("CI") == "true" and os.environ.get("AUDITOR_LAB") != "no":
        pytest.fail(f"{reason} (in CI that is an error)")
    pytest.skip(reason)
