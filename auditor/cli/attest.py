"""`auditor attest`: what somebody signed because no probe sees it; list, lint, add."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from errno import ENOENT
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli import entries
from auditor.cli.options import AsOf, InventoryPath, NoInput
from auditor.errors import ConfigurationError, Problem
from auditor.inventory.entry_doubts import (
    Doubt,
    attestation_doubts,
    ended,
    unknown_hosts,
)
from auditor.inventory.manifests import read_manifest
from auditor.inventory.reading import read_inventory
from auditor.inventory.signed_documents import digest_of
from auditor.model.manifests import Attestation
from auditor.model.run import AttestationInfo, FindingRecord, Run

app = entries.group("List, check and add signed declarations (attestations.toml).")

DEFAULT = Path("inventory.toml")
QUESTIONS = {
    "subject": "What is attested, as alert-path-test",
    "scope": "Hosts, as inventory names or patterns, apart by commas",
    "statement": "What is stated?",
    "signed_by": "Who signs it?",
    "valid_until": "Last day (YYYY-MM-DD)",
}


@app.command("list")
def list_(inventory: InventoryPath = DEFAULT, as_of: AsOf = None) -> None:
    """Print every attestation: its state, its hosts, who signed it, its document.

    Example: auditor attest list
    """
    found = read_inventory(inventory)
    day = entries.day_of(found, as_of)
    for entry in read_manifest(found.manifests, "attestation", Attestation).entries:
        _row(entry, entries.state_text(entry.signed_on, entry.valid_until, day))


def _row(entry: Attestation, state: str) -> None:
    entries.row(
        f"{entry.place.file}:{entry.place.line}",
        entry.subject,
        state,
        ", ".join(entry.scope),
        f"signed by {entry.signed_by}",
        _document(entry),
    )


def _document(entry: Attestation) -> str:
    if entry.document is None:
        return "no document"
    if entry.sha256 is None:
        return f"{entry.document}, without a digest"
    wrong = entry.document_fault is not None
    return f"{entry.document}, {'NOT as signed' if wrong else 'as signed'}"


@app.command()
def lint(
    inventory: InventoryPath = DEFAULT,
    run: entries.RunPath = None,
    as_of: AsOf = None,
) -> None:
    """Say what each attestation settled in a run, and what looks like a slip.

    Example: auditor attest lint --run runs/2026-11-25T100000Z-1a2b3c

    Exit code: 0 nothing to think about, 1 something (expired, a document that is gone
    or changed, contradicted by a host, an unknown host), 2 a mistake in the file.
    """
    found = read_inventory(inventory)
    day = entries.day_of(found, as_of)
    attested = read_manifest(found.manifests, "attestation", Attestation).entries
    compared = entries.run_to_compare(found, run)
    count = 0
    for entry in attested:
        _row(entry, entries.state_text(entry.signed_on, entry.valid_until, day))
        doubts = list(attestation_doubts(entry, found.hosts, day))
        if compared is not None:
            doubts += _in_run(entry, compared)
        count += entries.doubted(found.manifests, "attestation", entry.place, doubts)
    entries.told_of("attestations", len(attested), compared)
    if count:
        raise typer.Exit(1)


def _in_run(entry: Attestation, run: Run) -> Iterator[Doubt]:
    """Print the findings that rest on an attestation; a doubt if one is against it."""
    for info in run.attestations:
        if _same(info, entry):
            findings = list(_resting(run, info))
            for finding in findings:
                subject = f"{finding.subject.kind}:{finding.subject.name}"
                said = f"{finding.check} {subject} {finding.verdict}"
                entries.row(f"  {finding.host}", said)
            if info.contradicted:
                hosts = {f.host for f in findings if f.message == "contradicted"}
                shown = ", ".join(sorted(hosts))
                yield Doubt("", f"contradicted in run {run.run.id} by {shown}")


def _same(info: AttestationInfo, entry: Attestation) -> bool:
    """Whether the run was judged with this entry; lines may have moved since."""
    return (info.subject, info.signed_by, info.signed_on, info.valid_until) == (
        (entry.subject, entry.signed_by, entry.signed_on, entry.valid_until)
    )


def _resting(run: Run, info: AttestationInfo) -> Iterator[FindingRecord]:
    for finding in run.findings:
        if any(
            one.source == "attestations.toml" and one.line == info.line
            for one in finding.evidence
        ):
            yield finding


@app.command()
def add(
    inventory: InventoryPath = DEFAULT,
    subject: Annotated[
        str | None, typer.Option("--subject", help="As alert-path-test.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="Hosts or patterns; repeatable, comma-separated."),
    ] = None,
    statement: Annotated[str | None, typer.Option("--statement")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", help="POINT=yes or POINT=no; repeatable."),
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option("--document", help="The signed document: its sha256 is taken."),
    ] = None,
    signed_by: Annotated[str | None, typer.Option("--signed-by")] = None,
    role: Annotated[str | None, typer.Option("--role")] = None,
    signed_on: Annotated[
        str | None, typer.Option("--signed-on", help="YYYY-MM-DD; default: today.")
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option("--valid-until", help="Last day, YYYY-MM-DD.")
    ] = None,
    no_input: NoInput = False,
) -> None:
    """Append an attestation to attestations.toml; what stands there stays as it is.

    Example: auditor attest add --subject alert-path-test --scope lis-35
    --statement "on-call acknowledged after 18 minutes" --answer delivered=yes
    --document alert-test.pdf --signed-by "E. Exemple" --valid-until 2027-09-15

    At a terminal, what is missing is asked for. What would be a mistake in the file
    is refused, and so are hosts that nobody knows.
    """
    found = read_inventory(inventory)
    given: dict[str, Any] = {
        "subject": subject,
        "scope": entries.words(scope),
        "statement": statement,
        "signed_by": signed_by,
        "valid_until": valid_until,
    }
    said = entries.answered(given, QUESTIONS, no_input=no_input)
    today = entries.day_of(found, None)
    first = entries.as_day("signed_on", signed_on or today.isoformat())
    last = entries.as_day("valid_until", said["valid_until"])
    table = {
        **said,
        "role": role,
        "answers": _answers(answer or []),
        **_signed(document, found.manifests),
        "signed_on": first,
        "valid_until": last,
    }
    past = (doubt for doubt in ended(first, last, today, "valid_until") if doubt.key)
    unknown = unknown_hosts("scope", tuple(table["scope"]), found.hosts)
    entries.refuse([*unknown, *past])
    entries.write(found.manifests / "attestations.toml", "attestation", table)


def _signed(document: Path | None, folder: Path) -> dict[str, str]:
    """The document by its way from the manifest, and its digest."""
    if document is None:
        return {}
    try:
        if not document.is_file():
            raise FileNotFoundError(ENOENT, "no such file")
        digest = digest_of(document)
    except OSError as error:
        message = error.strerror or "it can't be read"
        raise ConfigurationError([Problem(f"--document {document}", message)]) from None
    return {"document": os.path.relpath(document, folder), "sha256": digest}


def _answers(texts: Sequence[str]) -> dict[str, bool]:
    """`POINT=yes` as the table `answers`; raises ConfigurationError."""
    known = {"yes": True, "true": True, "no": False, "false": False}
    found = {}
    for text in texts:
        point, equals, word = text.partition("=")
        if not equals or not point.strip() or word.strip().casefold() not in known:
            message = "expected POINT=yes or POINT=no"
            raise ConfigurationError([Problem(f"--answer {text}", message)])
        found[point.strip()] = known[word.strip().casefold()]
    return found
