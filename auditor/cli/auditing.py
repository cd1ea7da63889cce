"""`doctor`, and `run`, `collect`, `evaluate`, `report`: the stages, one by one or all.

Only options stand here; the work is imported by who does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import (
    Answers,
    AsOf,
    BrandPath,
    Checks,
    ChecksDir,
    Color,
    FailOn,
    FailOnOption,
    Formats,
    IdentityFiles,
    InventoryPath,
    Jobs,
    Lang,
    Limit,
    MinCoverage,
    NoInput,
    Out,
    Redact,
    RedactKey,
    RedactOption,
    SignKey,
    Since,
    Templates,
)
from auditor.errors import AuditorError


def doctor(
    inventory: InventoryPath = Path("inventory.toml"),
    limit: Limit = None,
    jobs: Jobs = None,
    no_input: NoInput = False,
    color: Color = "auto",
) -> int:
    """Try each host (reach, host key, login, privilege, clock), read nothing else.

    Example: auditor doctor -i inventory.toml -l site-35

    Exit code: 0 all well, 1 something to mend here, 3 a host would not be audited.
    """
    from auditor.cli.doctor import examine
    from auditor.cli.request import How, Options

    return examine(Options(inventory, limit), How({}, jobs, no_input, color))


def run(
    inventory: InventoryPath = Path("inventory.toml"),
    limit: Limit = None,
    check: Checks = None,
    checks: ChecksDir = None,
    out: Out = None,
    sign_key: SignKey = None,
    formats: Formats = None,
    lang: Lang = None,
    since: Since = None,
    jobs: Jobs = None,
    fail_on: FailOnOption = FailOn.LOW,
    min_coverage: MinCoverage = 0.0,
    as_of: AsOf = None,
    answer: Answers = None,
    redact: RedactOption = Redact.R0,
    redact_key: RedactKey = None,
    brand: BrandPath = None,
    templates: Templates = None,
    no_input: NoInput = False,
    color: Color = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List hosts, logins and checks; stop.")
    ] = False,
    scheduled: Annotated[
        bool,
        typer.Option(
            "--scheduled",
            help="For a timer: no prompt, 1 only for what got worse, a heartbeat.",
        ),
    ] = False,
    alert: Annotated[
        bool,
        typer.Option("--alert", help="Tell what got worse to whom [alerts] names."),
    ] = False,
) -> int:
    """Audit: collect from the hosts, evaluate, store the run, report.

    Example: auditor run -i inventory.toml -l site-35 -f html:report.html --lang fr

    Exit code: 0 complete and nothing to fix, 1 findings, 2 a mistake of usage or
    configuration, 3 incomplete (a host was not audited whole, an alert not sent).
    """
    from auditor.cli import stages
    from auditor.cli.request import Delivery, HandOver, How, Options, answers

    options = Options(
        inventory,
        limit,
        check or (),
        checks or (),
        lang,
        as_of,
        fail_on,
        min_coverage,
        out=out,
        sign_key=sign_key,
    )
    how = How(answers(answer), jobs, no_input, color, alert=alert)
    over = HandOver(redact, redact_key, brand, templates)
    asked = Delivery(formats or (), lang, checks or (), since or (), color, over)
    if scheduled and not dry_run:
        from auditor.cli.scheduled import run_scheduled

        return run_scheduled(options, how, asked)
    return stages.run(options, how, asked, dry=dry_run)


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
    from auditor.cli import stages
    from auditor.cli.request import How, Options, answers

    options = Options(inventory, limit, check or (), checks or ())
    how = How(answers(answer), jobs, no_input, color)
    return stages.collect(options, how, out, print_program)


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
    sign_key: SignKey = None,
    identity: IdentityFiles = None,
    formats: Formats = None,
    lang: Lang = None,
    since: Since = None,
    fail_on: FailOnOption = FailOn.LOW,
    min_coverage: MinCoverage = 0.0,
    as_of: AsOf = None,
    redact: RedactOption = Redact.R0,
    redact_key: RedactKey = None,
    brand: BrandPath = None,
    templates: Templates = None,
    color: Color = "auto",
) -> int:
    """Judge snapshots offline, with the rules of today; connects nowhere.

    Example: auditor evaluate runs/2026-11-25T100000Z-1a2b3c -f html:again.html
    """
    from auditor.cli import stages
    from auditor.cli.request import Delivery, HandOver, Options

    options = Options(
        inventory or _inventory_of(snapshots),
        limit,
        check or (),
        checks or (),
        lang,
        as_of,
        fail_on,
        min_coverage,
        stored=inventory is None,
        out=out,
        sign_key=sign_key,
        identities=identity or (),
    )
    over = HandOver(redact, redact_key, brand, templates)
    asked = Delivery(formats or (), lang, checks or (), since or (), color, over)
    return stages.evaluate(snapshots, options, asked)


def report(
    run: Annotated[Path, typer.Argument(help="A run folder or its run.json.")],
    formats: Formats = None,
    lang: Lang = None,
    since: Since = None,
    identity: IdentityFiles = None,
    checks: ChecksDir = None,
    redact: RedactOption = Redact.R0,
    redact_key: RedactKey = None,
    brand: BrandPath = None,
    templates: Templates = None,
    color: Color = "auto",
) -> int:
    """Render a stored run again; its verdicts stay.

    Example: auditor report runs/2026-11-25T100000Z-1a2b3c -f html:fr.html --lang fr
    """
    from auditor.cli import stages
    from auditor.cli.request import Delivery, HandOver

    over = HandOver(redact, redact_key, brand, templates)
    asked = Delivery(formats or (), lang, checks or (), since or (), color, over)
    return stages.report(run, asked, identity or ())


def _inventory_of(snapshots: Sequence[Path]) -> Path:
    if len(snapshots) == 1 and (snapshots[0] / "inputs").is_dir():
        return snapshots[0] / "inputs" / "inventory.toml"
    raise AuditorError("evaluate: snapshots without their run folder need -i INVENTORY")
