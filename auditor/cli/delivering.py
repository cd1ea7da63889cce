"""What a command hands over: the formats asked for, and the summary."""

from __future__ import annotations

from msgspec import structs
from rich.console import Console

from auditor.cli.handing import Prepared
from auditor.cli.past import Past
from auditor.cli.request import Delivery, Output
from auditor.cli.scope import known_rules
from auditor.errors import AuditorError
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.report.formats import FORMATS, Material
from auditor.report.terminal import print_summary
from auditor.store.documents import write_document


def deliver(result: Run, prepared: Prepared, past: Past) -> None:
    """Write the formats, then the summary: on stderr when stdout has data."""
    asked = prepared.asked
    material = structs.replace(_material(result, asked), ages=past.ages)
    if past.steps is not None:
        *between, last = past.steps.stages
        material = structs.replace(
            material,
            earlier=past.earlier,
            between=tuple(between),
            last_step=last.step,
            audits=past.audits,
        )
    material = prepared.handed_over(material)
    for output in prepared.outputs:
        _write(output, material)
    aside = any(output.path is None for output in prepared.outputs)
    print_summary(material, console_of(asked.color, stderr=aside))


def console_of(color: str, *, stderr: bool = False) -> Console:
    """The terminal, with colour as `--color` asks for it."""
    return Console(
        stderr=stderr,
        force_terminal=True if color == "always" else None,
        no_color=True if color == "never" else None,
        highlight=False,
    )


def _material(result: Run, asked: Delivery) -> Material:
    sidecars = {rule.id: rule.sidecar for rule in known_rules(asked.folders)}
    known = load_frameworks()
    chosen = result.run.frameworks or tuple(known)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise AuditorError(f"the run has frameworks of another version: {unknown}")
    frameworks = {name: known[name] for name in chosen}
    language = asked.lang.value if asked.lang else result.run.language
    return Material(result, sidecars, frameworks, language)


def _write(output: Output, material: Material) -> None:
    """One format to its file, and to the pages beside it where there are any."""
    name = output.path.resolve().name if output.path else None
    made = FORMATS[output.format](structs.replace(material, name=name))
    if isinstance(made, bytes):
        output.write(made)
    else:
        assert output.path is not None, "a document of several files needs a name"
        write_document(output.path, made.data, made.folder, made.pages)
