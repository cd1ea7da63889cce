"""Whatever shell reads the program, in whatever language: the same facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.collect.frames import FrameReader
from auditor.collect.program import PROGRAM
from auditor.model.sources import SourceText, parse_body
from tests.lab.pytest_lab import Lab

AUDITOR = str(Path(__file__).parents[1] / ".venv/bin/auditor")
Read = tuple[SourceText, ...]
#: Sources that change from one moment to the next.
MOVING = ("ps ", "chronyc ", "/var/log", "/tmp")


@pytest.fixture(scope="module")
def program(lab: Lab) -> str:
    """The program for lis-36, whose accounts have a French locale."""
    base = [AUDITOR, "collect", "-i", str(lab.inventory)]
    done = lab.exec([*base, "--print-program", "lis-36"])
    assert done.returncode == 0, done.stderr
    return done.stdout


def facts(lab: Lab, program: str, shell: str) -> dict[str, Read]:
    """Each fact's sources and lines, but for processes, clock, logs and /tmp."""
    answer = lab.shell("lis-36", f"{shell} <<'PROGRAM'\n{program}\nPROGRAM\n").stdout
    frames = FrameReader(None).feed(answer.encode())
    bodies = {f.name: parse_body(f.name, f.body) for f in frames if f.name != PROGRAM}
    return {
        name: tuple(
            still(text)
            for text in body.texts
            if not text.source.name.startswith(MOVING)
        )
        for name, body in bodies.items()
    }


def still(text: SourceText) -> SourceText:
    """Without how much a search read in all: services write meanwhile."""
    lines = [line for line in text.lines if not line.raw.startswith("total\t")]
    return replace(text, lines=tuple(lines))


@pytest.fixture(scope="module")
def by_dash(lab: Lab, program: str) -> dict[str, Read]:
    return facts(lab, program, "dash")


@pytest.mark.parametrize("shell", ["bash", "busybox ash"])
def test_another_shell_gives_the_same_facts(
    lab: Lab, program: str, by_dash: dict[str, Read], shell: str
) -> None:
    assert facts(lab, program, shell) == by_dash
    assert len(by_dash) > 10


def test_a_french_locale_changes_nothing(
    lab: Lab, program: str, by_dash: dict[str, Read]
) -> None:
    french = "env LANG=fr_FR.UTF-8 LC_ALL=fr_FR.UTF-8 LANGUAGE=fr"
    spoken = lab.shell("lis-36", f"{french} ls /nowhere 2>&1").stdout
    assert "Aucun fichier" in spoken
    assert facts(lab, program, f"{french} dash") == by_dash
