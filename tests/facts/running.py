"""Run a fact's fragment as a host would: the assembled program, in each shell."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from auditor.collect.program import assemble
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.sources import Body, parse_body
from tests.cases import profile

SHELLS = {
    "sh": ["sh"],
    "dash": ["dash"],
    "bash": ["bash", "--posix"],
    "busybox": ["busybox", "ash"],
}


def every_shell() -> pytest.MarkDecorator:
    """Run a test once a shell; one that is not installed is skipped by name."""
    return pytest.mark.parametrize("shell", SHELLS)


def other_tools(folder: Path, kind: str) -> Path | None:
    """A folder whose awk is mawk or gawk, or whose tools all are BusyBox's.

    None for `system`, the machine's own. One that is not installed is skipped by name.
    """
    if kind == "system":
        return None
    program = shutil.which(kind)
    if program is None:
        pytest.skip(f"{kind} is not installed")
    names = ["awk"]
    if kind == "busybox":
        listed = subprocess.run([program, "--list"], capture_output=True, check=True)
        names = listed.stdout.decode().split()
    for name in names:
        (folder / name).symlink_to(program)
    return folder


@cache
def _tools(shell: str) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="tools-")
    other_tools(Path(folder.name), shell)
    return folder


def tools_of(shell: str) -> Path | None:
    """With BusyBox's shell all its tools, for facts that use more than the shell."""
    return Path(_tools(shell).name) if shell == "busybox" else None


def asking(fragment: str, *words: str, name: str = "Asked") -> type[Fact]:
    """A fact of that fragment and these parameters."""
    parameters = classmethod(lambda _cls, _host, _manifests, _profile: words)
    return type(name, (Fact,), {"fragment": fragment, "parameters": parameters})


def answers(
    shell: str,
    *facts: type[Fact],
    user: int | None = None,
    tools: Path | None = None,
) -> dict[str, Body]:
    """The body of each fact, by name, as the program run by that shell gives it.

    Root may run it as another user, who is denied what root is not. Programs in the
    folder `tools` are taken before the machine's own.
    """
    argv = SHELLS[shell]
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{argv[0]} is not installed")
    host = Host(name="here", address="127.0.0.1")
    program = assemble(facts, host, Manifests(), profile())
    path = os.environ["PATH"] if tools is None else f"{tools}:{os.environ['PATH']}"
    done = subprocess.run(
        argv,
        env={**os.environ, "PATH": path},
        input=program.text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    return dict(_frames(done.stdout.decode("ascii"), program.nonce))


def body(shell: str, fragment: str, *words: str) -> Body:
    """The body of one fragment."""
    return answers(shell, asking(fragment, *words))["Asked"]


def shown(text_of: Body, source: Path | str) -> list[str]:
    """The lines of one source as they travelled, `NUMBER TEXT`."""
    text = text_of.named(str(source))
    assert text is not None, f"no source {source} among {text_of.sources}"
    return [f"{line.number} {line.raw}" for line in text.lines]


def _frames(answer: str, nonce: str) -> list[tuple[str, Body]]:
    found = []
    for frame in answer.split(f"@{nonce} ")[1:]:
        head, _, rest = frame.partition("\n")
        words = head.split()
        if words[0] == "FACT":
            length = int(words[3])
            found.append((words[1], parse_body(words[1], rest[:length])))
    return found
