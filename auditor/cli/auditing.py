"""`run`, `collect`, `evaluate`, `report`: the three stages, together or one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.collecting import How, collect_into, program_by_hand
from auditor.cli.options import (
    Answers,
    AsOf,
    Checks,
    ChecksDir,
    Color,
    FailOn,
    FailOnOption,
    Formats,
    InventoryPath,
    Jobs,
    Lang,
    Limit,
    MinCoverage,
    NoInput,
    Out,
    Output,
    answers,
    outputs,
)
from auditor.cli.scope import Options, known_checks, read_scope
from auditor.errors import AuditorError
from auditor.evaluate.run import Scope
from auditor.evaluate.run import evaluate as judge
from auditor.model.check import Check
from auditor.model.host import Host
from auditor.model.run import Run
from auditor.model.snapshot import HostState, Snapshot
from auditor.report.formats import FORMATS, Material
from auditor.store.folder import RunFolder, read_run, read_snapshot, read_snapshots
from auditor.store.inputs import inputs_of


def run(
    inventory: InventoryPath = Path("inventory.toml"),
    limit: Limit = None,
    check: Checks = None,
    checks: ChecksDir = None,
    out: Out = None,
    formats: Formats = None,
    lang: Lang = None,
    jobs: Jobs = None,
    fail_on: FailOnOption = FailOn.LOW,
    min_coverage: MinCoverage = 0.0,
    as_of: AsOf = None,
    answer: Answers = None,
    no_input: NoInput = False,
    color: Color = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List hosts, logins and checks; stop.")
    ] = False,
) -> int:
    """Audit: collect from the hosts, evaluate, store the run, report.

    Example: auditor run -i inventory.toml -l site-35 -f html:report.html --lang fr

    Exit code: 0 complete and nothing to fix, 1 findings, 2 a mistake of usage or
    configuration, 3 incomplete (a host was not audited whole).
    """
    options = Options(
        inventory,
        limit,
        tuple(check or ()),
        tuple(checks or ()),
        lang,
        as_of,
        fail_on,
        min_coverage,
    )
    wanted = outputs(formats, list(FORMATS))
    scope, hosts = read_scope(options)
    if dry_run:
        return _announce(scope, hosts)
    how = How(answers(answer), jobs, no_input, color)
    with RunFolder(out or scope.inventory.store_dir) as folder:
        interrupted = collect_into(folder.add, scope, hosts, how)
        order = [host.name for host in hosts]
        snapshots = read_snapshots(folder.path / "snapshots", order)
        result = judge(snapshots, scope, interrupted=bool(interrupted))
        final = folder.finish(result, inputs_of(scope.inventory))
    _deliver(result, scope.language, wanted, known_checks(options.checks), color)
    print(f"run: {final}", file=sys.stderr)
    return interrupted or result.run.exit_code


def collect(
    inventory: InventoryPath = Path("inventory.toml"),
    limit: Limit = None,
    check: Checks = None,
    checks: ChecksDir = None,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder of the snapshots.")
    ] = Path("snapshots"),
    jobs: Jobs = None,
    answer: Answers = None,
    no_input: NoInput = False,
    color: Color = "auto",
    print_program: Annotated[
        str | None,
        typer.Option(
            "--print-program", help="Print the program for this host; connect nowhere."
        ),
    ] = None,
) -> int:
    """Collect only: one snapshot a host, to be evaluated later or elsewhere.

    By hand: auditor collect --print-program lis-35 > p.sh; on the host, as root,
    sh p.sh > answer; then auditor run --answer lis-35=answer -l lis-35.
    """
    options = Options(inventory, limit, tuple(check or ()), tuple(checks or ()))
    scope, hosts = read_scope(options)
    if print_program is not None:
        typer.echo(program_by_hand(scope, print_program), nl=False)
        return 0
    how = How(answers(answer), jobs, no_input, color)
    incomplete = 0
    with RunFolder(out) as folder:
        interrupted = collect_into(folder.add, scope, hosts, how)
        for file in sorted((folder.path / "snapshots").iterdir()):
            whole = read_snapshot(file).state is HostState.AUDITED
            incomplete += not whole
            file.replace(out / file.name)
            typer.echo(out / file.name)
    return interrupted or (3 if incomplete else 0)


def evaluate(
    snapshots: Annotated[
        list[Path], typer.Argument(help="A run folder, or snapshot files.")
    ],
    inventory: Annotated[
        Path | None,
        typer.Option("-i", "--inventory", help="Default: the run folder's inputs."),
    ] = None,
    limit: Limit = None,
    check: Checks = None,
    checks: ChecksDir = None,
    out: Out = None,
    formats: Formats = None,
    lang: Lang = None,
    fail_on: FailOnOption = FailOn.LOW,
    min_coverage: MinCoverage = 0.0,
    as_of: AsOf = None,
    color: Color = "auto",
) -> int:
    """Judge snapshots offline, with the rules of today; connects nowhere.

    Example: auditor evaluate runs/2026-11-25T100000Z-1a2b3c -f html:again.html
    """
    given = inventory or _inventory_of(snapshots)
    options = Options(
        given,
        limit,
        tuple(check or ()),
        tuple(checks or ()),
        lang,
        as_of,
        fail_on,
        min_coverage,
    )
    wanted = outputs(formats, list(FORMATS))
    scope, hosts = read_scope(options)
    names = [host.name for host in hosts]
    taken = [s for s in _snapshots(snapshots, names) if s.host in names]
    if not taken:
        raise AuditorError("evaluate: no snapshot of a chosen host")
    result = judge(taken, scope)
    _deliver(result, scope.language, wanted, known_checks(options.checks), color)
    if out is not None:
        with RunFolder(out) as folder:
            for snapshot in taken:
                folder.add(snapshot)
            final = folder.finish(result, inputs_of(scope.inventory))
        print(f"run: {final}", file=sys.stderr)
    return result.run.exit_code


def report(
    run: Annotated[Path, typer.Argument(help="A run folder or its run.json.")],
    formats: Formats = None,
    lang: Lang = None,
    checks: ChecksDir = None,
    color: Color = "auto",
) -> int:
    """Render a stored run again; judges nothing.

    Example: auditor report runs/2026-11-25T100000Z-1a2b3c -f html:fr.html --lang fr
    """
    wanted = outputs(formats, list(FORMATS))
    result = read_run(run)
    language = lang.value if lang else result.run.language
    _deliver(result, language, wanted, known_checks(tuple(checks or ())), color)
    return 0


def _inventory_of(snapshots: Sequence[Path]) -> Path:
    if len(snapshots) == 1 and (snapshots[0] / "inputs").is_dir():
        return snapshots[0] / "inputs" / "inventory.toml"
    raise AuditorError("evaluate: snapshots without their run folder need -i INVENTORY")


def _snapshots(paths: Sequence[Path], order: list[str]) -> Iterator[Snapshot]:
    for path in paths:
        if path.is_dir():
            inner = path / "snapshots"
            yield from read_snapshots(inner if inner.is_dir() else path, order)
        else:
            yield read_snapshot(path)


def _announce(scope: Scope, hosts: Sequence[Host]) -> int:
    """What `--dry-run` prints: whom it would log in to, as whom, with what rights."""
    for host in hosts:
        login = f"{host.user}@{host.address}:{host.port}"
        through = f" through {host.jump}" if host.jump else ""
        rights = "" if host.privilege == "never" else f", {host.privilege_by}"
        where = host.transport if host.transport != "ssh" else login + through
        typer.echo(f"{host.name}  {where}  privilege {host.privilege}{rights}")
    typer.echo(f"{len(hosts)} hosts, {len(scope.checks)} checks")
    return 0


def _deliver(
    result: Run,
    language: str,
    wanted: Sequence[Output],
    checks: Iterable[Check],
    color: str,
) -> None:
    """Write the formats, then the summary: on stderr when stdout has data."""
    from auditor.model.frameworks import load_frameworks
    from auditor.store.atomic import write_atomic

    sidecars = {c.id: c.sidecar for c in checks}
    material = Material(result, sidecars, load_frameworks(), language)
    for output in wanted:
        data = FORMATS[output.format](material)
        if output.path is None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            write_atomic(output.path, data)
    print(result.run.totals, result.run.coverage, file=sys.stderr)
    del color
