"""`auditor waivers`: the risks that somebody accepted; list, lint, add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from glob import escape
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli import entries
from auditor.cli.options import AsOf, ChecksDir, InventoryPath, NoInput
from auditor.inventory.entry_doubts import (
    Doubt,
    ended,
    unknown_to,
    waiver_doubts,
    width_of,
)
from auditor.inventory.manifests import read_manifest
from auditor.inventory.reading import read_inventory
from auditor.model.host import Inventory
from auditor.model.manifests import Place, Waiver
from auditor.model.run import Bucket, FindingRecord, Run, bucket_of

app = entries.group("List, check and add accepted risks (waivers.toml).")

DEFAULT = Path("inventory.toml")
MOST_HOSTS = 10
QUESTIONS = {
    "check": "Id of the check whose finding is accepted",
    "hosts": "Hosts, as inventory names or patterns, apart by commas",
    "subjects": "Subjects, as the report names them, apart by commas",
    "reason": "Why is it accepted?",
    "owner": "Who sees to it?",
    "accepted_by": "Who accepts the risk?",
    "until": "Last day (YYYY-MM-DD, at most 12 months from now)",
}
MostHosts = Annotated[
    int, typer.Option("--most-hosts", min=1, help="More hosts than this are told.")
]


@app.command("list")
def list_(inventory: InventoryPath = DEFAULT, as_of: AsOf = None) -> None:
    """Print every waiver: where it stands, its state, what it names, who accepted it.

    Example: auditor waivers list
    """
    found = read_inventory(inventory)
    day = entries.day_of(found, as_of)
    for waiver in read_manifest(found.manifests, "waiver", Waiver).entries:
        _row(waiver, entries.state_text(waiver.accepted_on, waiver.until, day))


def _row(waiver: Waiver, state: str) -> None:
    entries.row(
        f"{waiver.place.file}:{waiver.place.line}",
        waiver.check,
        state,
        ", ".join(waiver.hosts),
        ", ".join(waiver.subjects),
        f"accepted by {waiver.accepted_by}",
    )


@app.command()
def lint(
    inventory: InventoryPath = DEFAULT,
    run: entries.RunPath = None,
    most_hosts: MostHosts = MOST_HOSTS,
    checks: ChecksDir = None,
    as_of: AsOf = None,
) -> None:
    """Say what each waiver names in a run, and what looks like a slip.

    Example: auditor waivers lint --run runs/2026-11-25T100000Z-1a2b3c

    Exit code: 0 nothing to think about, 1 something (expired, names nothing, accepts
    too much, an unknown host or check), 2 a mistake in the file.
    """
    found = read_inventory(inventory)
    day = entries.day_of(found, as_of)
    waivers = read_manifest(found.manifests, "waiver", Waiver).entries
    compared = entries.run_to_compare(found, run)
    known = _known(checks)
    count = 0
    for waiver in waivers:
        _row(waiver, entries.state_text(waiver.accepted_on, waiver.until, day))
        doubts = [*waiver_doubts(waiver, found.hosts, known, day, most_hosts)]
        if compared is not None:
            over = any(doubt.key == "until" for doubt in doubts)
            doubts += _in_run(waiver, compared, expired=over)
        count += entries.doubted(found.manifests, "waiver", waiver.place, doubts)
    entries.told_of("waivers", len(waivers), compared)
    if count:
        raise typer.Exit(1)


def _known(folders: list[Path] | None) -> frozenset[str]:
    from auditor.cli.scope import known_rules

    return frozenset(rule.id for rule in known_rules(folders or ()))


def _in_run(waiver: Waiver, run: Run, *, expired: bool) -> Iterator[Doubt]:
    """Print the findings that a waiver names, host by host; a doubt if none is."""
    from auditor.model.waiving import names

    hosts: dict[str, list[FindingRecord]] = {}
    for finding in run.findings:
        if names(waiver, finding):
            hosts.setdefault(finding.host, []).append(finding)
    for host, findings in hosts.items():
        subjects = (f"{f.subject.kind}:{f.subject.name} {f.verdict}" for f in findings)
        entries.row(f"  {host}", ", ".join(subjects))
    if not hosts and not expired:
        yield Doubt("", f"names no finding of run {run.run.id}{_why_not(waiver, run)}")


def _why_not(waiver: Waiver, run: Run) -> str:
    """Why it may name none although it is right: what was asked and seen."""
    if waiver.check not in {check.id for check in run.checks}:
        return ", which did not ask this check"
    hosts = [host.name for host in run.hosts if waiver.covers(host.name)]
    if not hosts:
        return ", which saw none of its hosts"
    unseen = [h for h in hosts if _bucket(run, waiver.check, h) is Bucket.UNKNOWN]
    return f"; not evaluated: {', '.join(unseen)}" if unseen else ""


def _bucket(run: Run, check: str, host: str) -> Bucket:
    return bucket_of(f for f in run.findings if (f.check, f.host) == (check, host))


@app.command()
def add(
    inventory: InventoryPath = DEFAULT,
    check: Annotated[str | None, typer.Option("--check", help="As SSH-004.")] = None,
    hosts: Annotated[
        list[str] | None,
        typer.Option("--hosts", help="Names or patterns; repeatable, comma-separated."),
    ] = None,
    subjects: Annotated[
        list[str] | None,
        typer.Option("--subjects", help="As the report names them; repeatable."),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", help="KEY=VALUE: only with this value; repeatable."),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason")] = None,
    compensating: Annotated[
        str | None, typer.Option("--compensating", help="What is done instead.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", help="Who sees to it.")
    ] = None,
    accepted_by: Annotated[str | None, typer.Option("--accepted-by")] = None,
    accepted_on: Annotated[
        str | None, typer.Option("--accepted-on", help="YYYY-MM-DD; default: today.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Last day, at most 12 months later.")
    ] = None,
    from_run: Annotated[
        Path | None,
        typer.Option("--from", help="Take the subjects from this run's findings."),
    ] = None,
    checks: ChecksDir = None,
    no_input: NoInput = False,
) -> None:
    """Append a waiver to waivers.toml; what stands there stays as it is.

    Example: auditor waivers add --check ENC-002 --hosts lis-35
    --subjects swap:/dev/sda2 --reason "no reboot before March" --owner "G. Exemple"
    --accepted-by "F. Exemple, controller" --until 2027-03-31

    At a terminal, what is missing is asked for. What would be a mistake in the file
    is refused, and so are hosts and checks that nobody knows.
    """
    found = read_inventory(inventory)
    given: dict[str, Any] = {
        "check": check,
        "hosts": entries.words(hosts),
        "subjects": list(subjects or []),
        "reason": reason,
        "owner": owner,
        "accepted_by": accepted_by,
        "until": until,
    }
    if from_run is not None:
        given["subjects"] += _subjects(found, from_run, given)
    said = entries.answered(given, QUESTIONS, no_input=no_input)
    today = entries.day_of(found, None)
    table = {
        **said,
        "compensating": compensating,
        "values": _values(value or []),
        "accepted_on": entries.as_day("accepted_on", accepted_on or today.isoformat()),
        "until": entries.as_day("until", said["until"]),
    }
    waiver = _made(table)
    unknown = unknown_to(waiver, found.hosts, _known(checks))
    past = ended(waiver.accepted_on, waiver.until, today, "until")
    entries.refuse([*unknown, *(doubt for doubt in past if doubt.key)])
    file = found.manifests / "waivers.toml"
    entries.write(file, "waiver", table)
    wide = width_of(waiver, found.hosts, MOST_HOSTS)
    entries.doubted(file.parent, "waiver", Place(file.name, 0), wide)


def _made(table: dict[str, Any]) -> Waiver:
    return Waiver(
        check=table["check"],
        hosts=tuple(table["hosts"]),
        subjects=tuple(table["subjects"]),
        reason=table["reason"],
        owner=table["owner"],
        accepted_by=table["accepted_by"],
        accepted_on=table["accepted_on"],
        until=table["until"],
    )


def _subjects(inventory: Inventory, path: Path, given: dict[str, Any]) -> list[str]:
    """The subjects of a run's open findings of that check on those hosts."""
    from auditor.errors import ConfigurationError, Problem
    from auditor.model.manifests import matches
    from auditor.model.waiving import WAIVABLE

    run = entries.run_to_compare(inventory, path)
    found = [
        # What a target calls something is no pattern.
        escape(f"{f.subject.kind}:{f.subject.name}")
        for f in (run.findings if run else ())
        if f.verdict in WAIVABLE
        and f.check == given["check"]
        and matches(tuple(given["hosts"]), f.host)
    ]
    if not found:
        message = "no open finding of this --check on these --hosts"
        raise ConfigurationError([Problem(f"--from {path}", message)])
    return list(dict.fromkeys(found))


def _values(texts: Sequence[str]) -> dict[str, Any]:
    """`KEY=VALUE` as the table `values`; a key given twice accepts both."""
    from auditor.errors import ConfigurationError, Problem

    found: dict[str, list[str]] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise ConfigurationError([Problem(f"--value {text}", "expected KEY=VALUE")])
        found.setdefault(key.strip(), []).append(value.strip())
    return {key: one if len(one) > 1 else one[0] for key, one in found.items()}
