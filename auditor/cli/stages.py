"""The three stages as the commands run them: collect, evaluate, report.

Each imports what it alone needs, so that collecting connects soon.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from auditor.cli.alerting import addresses_of, tell
from auditor.cli.collecting import collect_into, program_by_hand
from auditor.cli.earlier import Beside, Earlier, earlier_than, read_earlier, steps_since
from auditor.cli.request import Delivery, How, Options
from auditor.cli.scope import read_scope
from auditor.errors import AuditorError
from auditor.model.host import Host
from auditor.model.scope import Scope
from auditor.model.snapshot import HostState, Snapshot
from auditor.store.folder import (
    Opener,
    RunFolder,
    Snapshots,
    opener_of,
    read_run,
    read_snapshot,
    read_snapshots,
)
from auditor.store.manifest import MANIFEST

if TYPE_CHECKING:
    from auditor.cli.rejudging import Side


def run(options: Options, how: How, asked: Delivery, *, dry: bool) -> int:
    """Collect, evaluate, store, report; the exit code."""
    from auditor.cli.handing import prepare

    delivery = prepare(asked)
    scope, hosts = read_scope(options)
    if dry:
        return _announce(scope, hosts)
    # Read before anything connects: a wrong path would else waste the audit.
    earlier = read_earlier(asked.since, scope.inventory.engagement.client)
    to = addresses_of(scope.inventory) if how.alert else ()
    with RunFolder(scope.inventory.store) as folder:
        interrupted = collect_into(folder.snapshots.add, scope, hosts, how)
        from auditor.evaluate.run import evaluate as judge

        order = [host.name for host in hosts]
        snapshots = partial(folder.snapshots.read, order)
        result = judge(snapshots(), scope, interrupted=bool(interrupted))
        from auditor.cli.rejudging import side_at_hand

        made = side_at_hand(result, scope, snapshots)
        steps = steps_since(earlier, made, checks=options.checks)
        final, before = _keep(folder, made, scope, options)
        # No other run may come in between, and no report that fails before it.
        untold = tell(scope, result, final, to) if to else 0
    from auditor.cli.delivering import deliver
    from auditor.cli.past import chosen, stored

    try:
        known = stored(final, result, lambda _: before)
        deliver(result, delivery, chosen(asked.since, earlier, steps, known))
    finally:  # the run is kept: `auditor report` can render it another way
        print(f"run: {final}", file=sys.stderr)
    code = interrupted or result.run.exit_code
    return untold if untold and code in (0, 1) else code


def collect(options: Options, how: How, out: Path, program_for: str | None) -> int:
    """Collect into `out`, or print the program for one host; the exit code."""
    scope, hosts = read_scope(options)
    if program_for is not None:
        typer.echo(program_by_hand(scope, program_for), nl=False)
        return 0
    snapshots = Snapshots(out, scope.inventory.store.recipients)
    states = set()

    def keep(snapshot: Snapshot) -> None:
        states.add(snapshot.state)
        typer.echo(snapshots.add(snapshot))

    interrupted = collect_into(keep, scope, hosts, how)
    return interrupted or (0 if states == {HostState.AUDITED} else 3)


def evaluate(snapshots: Sequence[Path], options: Options, asked: Delivery) -> int:
    """Judge snapshots offline; the exit code. Raises AuditorError."""
    from auditor.cli.delivering import deliver
    from auditor.cli.handing import prepare
    from auditor.cli.past import Past, chosen, stored
    from auditor.cli.rejudging import side_at_hand
    from auditor.evaluate.run import evaluate as judge

    delivery = prepare(asked)
    scope, hosts = read_scope(options)
    names = [host.name for host in hosts]
    opened = opener_of(options.identities)
    taken = [s for s in _snapshots(snapshots, names, opened) if s.host in names]
    if not taken:
        raise AuditorError("evaluate: no snapshot of a chosen host")
    told = Counter(snapshot.host for snapshot in taken)
    twice = [name for name, times in told.items() if times > 1]
    if twice:
        raise AuditorError(f"evaluate: more than one snapshot of {', '.join(twice)}")
    result = judge(taken, scope)
    made = side_at_hand(result, scope, lambda: taken)
    earlier = earlier_than(result, asked.since)
    steps = steps_since(earlier, made, options.identities, options.checks)
    final = None
    known = Past()
    if options.out is not None:
        with RunFolder(scope.inventory.store) as folder:
            for snapshot in taken:
                folder.snapshots.add(snapshot)
            again = _judged_again(snapshots)
            final, before = _keep(folder, made, scope, options, again)
        known = stored(final, result, lambda _: before)
    deliver(result, delivery, chosen(asked.since, earlier, steps, known))
    if final is not None:
        print(f"run: {final}", file=sys.stderr)
    return result.run.exit_code


def report(run: Path, asked: Delivery, identities: Sequence[Path] = ()) -> int:
    """Render a stored run again; raises AuditorError."""
    from auditor.cli.delivering import deliver
    from auditor.cli.handing import prepare
    from auditor.cli.past import chosen, stored
    from auditor.cli.rejudging import side_of

    delivery = prepare(asked)
    result = read_run(run)
    earlier = earlier_than(result, asked.since)
    made = side_of(run, result, opener_of(identities), asked.folders)
    steps = steps_since(earlier, made, identities, asked.folders)

    def beside(folder: Path) -> Beside | None:
        if asked.since:
            return None
        before = Earlier(folder, read_run(folder))
        way = steps_since([before], made, identities, asked.folders)
        return Beside(before, way) if way else None

    known = stored((run if run.is_dir() else run.parent).resolve(), result, beside)
    deliver(result, delivery, chosen(asked.since, earlier, steps, known))
    return 0


def _keep(
    folder: RunFolder,
    made: Side,
    scope: Scope,
    options: Options,
    again: str | None = None,
) -> tuple[Path, Beside | None]:
    """Store a judged run with what changed; its folder, and the run before it."""
    from auditor.cli.since_last import since_last
    from auditor.store.inputs import inputs_of

    last = since_last(made, scope, options, again)
    inputs = inputs_of(scope.inventory, scope.profile, scope.manifests)
    changes, beside = (last.changes, last.beside) if last else (None, None)
    return folder.finish(made.run, inputs, again, changes), beside


def _snapshots(
    paths: Sequence[Path], order: list[str], opened: Opener | None
) -> Iterator[Snapshot]:
    for path in paths:
        if path.is_dir():
            inner = path / "snapshots"
            yield from read_snapshots(inner if inner.is_dir() else path, order, opened)
        else:
            yield read_snapshot(path, opened)


def _judged_again(paths: Sequence[Path]) -> str | None:
    """The stored run whose snapshots these are; None when they are nobody's."""
    (path, *others) = paths
    return path.name if not others and (path / MANIFEST).is_file() else None


def _announce(scope: Scope, hosts: Sequence[Host]) -> int:
    """What `--dry-run` prints: whom it would log in to, as whom, with what rights."""
    for host in hosts:
        login = f"{host.user}@{host.address}:{host.port}"
        through = f" through {host.jump}" if host.jump else ""
        rights = "" if host.privilege == "never" else f", {host.privilege_by}"
        where = host.transport if host.transport != "ssh" else login + through
        typer.echo(f"{host.name}  {where}  privilege {host.privilege}{rights}")
    typer.echo(f"hosts: {len(hosts)}, checks: {len(scope.checks)}")
    return 0
