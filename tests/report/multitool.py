"""Microsoft's SARIF validator, which scripts/npm-packages installs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PROGRAM = (
    Path(__file__).parents[1]
    / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
)


def needed() -> None:
    """Skip the test that calls it where the validator is not installed."""
    if platform.machine() != "x86_64":
        pytest.skip("sarif-multitool is built for x86_64")
    if not PROGRAM.exists():
        pytest.skip("no sarif-multitool here: scripts/npm-packages")


@cache
def schema() -> dict[str, Any]:
    """Its copy of the SARIF 2.1.0 schema."""
    file = PROGRAM.with_name("sarif-2.1.0.json")
    read: dict[str, Any] = json.loads(file.read_text("utf-8-sig"))
    return read


def validated(log: bytes, folder: Path) -> list[tuple[str, str, str]]:
    """`(level, rule, place)` of all that it says about a log.

    Its exit code is 0 whatever it finds, and it says nothing at all of a log that it
    can't read: so an empty list is no praise.
    """
    # Installed without scripts, it lacks its execute bit.
    PROGRAM.chmod(PROGRAM.stat().st_mode | 0o111)
    file, said = folder / "log.sarif", folder / "said.sarif"
    file.write_bytes(log)
    command: list[str | Path] = [PROGRAM, "validate", file, "-o", said, "-q"]
    command += ["--log", "ForceOverwrite", "--level", "Error;Warning;Note"]
    # Ghas: what code scanning asks for besides.
    command += ["--rule-kind", "Sarif;Ghas"]
    subprocess.run(
        command,
        # It needs no words of any language, so no ICU.
        env=os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        check=True,
    )
    (run,) = json.loads(said.read_text("utf-8-sig"))["runs"]
    return [
        (
            result.get("level", "warning"),
            result["ruleId"],
            str(result["message"].get("arguments")),
        )
        for result in run.get("results", [])
    ]
