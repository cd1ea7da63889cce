"""What a command hands over: the formats asked for, and the summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import structs
from rich.console import Console

from auditor.cli.request import Output
from auditor.cli.scope import known_rules
from auditor.errors import AuditorError
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.report.formats import FORMATS, Document, Material
from auditor.report.terminal import print_summary
from auditor.store.documents import write_document


def deliver(
    result: Run,
    language: str,
    wanted: Sequence[Output],
    folders: tuple[Path, ...],
    color: str,
    hand_over: Callable[[Material], Material],
    earlier: tuple[Run, ...] = (),
) -> None:
    """Write the formats, then the summary: on stderr when stdout has data.

    `folders` are those of third-party checks, whose texts the report needs;
    `hand_over` makes of everything what whoever gets it may see.
    """
    sidecars = {rule.id: rule.sidecar for rule in known_rules(folders)}
    known = load_frameworks()
    chosen = result.run.frameworks or tuple(known)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise AuditorError(f"the run has frameworks of another version: {unknown}")
    frameworks = {name: known[name] for name in chosen}
    material = hand_over(Material(result, sidecars, frameworks, language, earlier))
    for output in wanted:
        _write(output, material)
    console = Console(
        stderr=any(output.path is None for output in wanted),
        force_terminal=True if color == "always" else None,
        no_color=True if color == "never" else None,
        highlight=False,
    )
    print_summary(material, console)


def _write(output: Output, material: Material) -> None:
    """One format to its file, and to the pages beside it where there are any."""
    name = output.path.resolve().name if output.path else None
    made = FORMATS[output.format](structs.replace(material, name=name))
    if output.path is None:
        assert isinstance(made, bytes), "a document of several files needs a name"
        sys.stdout.buffer.write(made)
        sys.stdout.flush()
    elif isinstance(made, Document):
        write_document(output.path, made.data, made.folder, made.pages)
    else:
        write_document(output.path, made)
