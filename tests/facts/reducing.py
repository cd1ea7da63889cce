"""Reduce a text as a host would, in each shell and with each awk."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model.sources import SourceText
from tests.facts.running import answers, asking, other_tools

AWKS = ("system", "mawk", "gawk", "busybox")


def every_awk() -> pytest.MarkDecorator:
    """Run a test with each awk; one that is not installed is skipped by name."""
    return pytest.mark.parametrize("awk", AWKS)


def reduced(
    folder: Path,
    text: str | bytes,
    reducer: str,
    declared: str = "",
    *,
    shell: str = "sh",
    awk: str = "system",
) -> SourceText:
    """What travels of a file of that text."""
    file = folder / "file"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    fact = asking(f"source_file {file} {reducer} '{declared}'")
    found = answers(shell, fact, tools=other_tools(tools, awk))["Asked"]
    named = found.named(str(file))
    assert named is not None
    return named


def rows(text: SourceText) -> list[str]:
    """Its lines, `NUMBER FIELD|FIELD…`, still escaped."""
    return [f"{line.number} {line.raw}".replace("\t", "|") for line in text.lines]
