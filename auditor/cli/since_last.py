"""What a run that is being stored changed since the stored run before it."""

from __future__ import annotations

import sys

from msgspec import Struct
from msgspec.structs import replace

from auditor.cli.earlier import Beside, Earlier
from auditor.cli.rejudging import Side, side_of, steps_between
from auditor.cli.request import Options
from auditor.errors import AuditorError
from auditor.history.comparing import compare, without
from auditor.model.changes import Changes
from auditor.model.run import Run
from auditor.model.scope import Scope
from auditor.store.baseline import link_of, run_before
from auditor.store.folder import opener_of, read_changes, read_run


class SinceLast(Struct, frozen=True):
    """What is to be stored with a run, and the run before that it was told from."""

    changes: Changes
    beside: Beside


def since_last(
    made: Side, scope: Scope, options: Options, again: str | None = None
) -> SinceLast | None:
    """What changed since the run before; None for the first of its client.

    `again` is the run whose snapshots it judged once more: then that is the one before.
    A run before that can't be read is said on stderr: it must not cost the new one.
    """
    store = scope.inventory.store.dir
    link = link_of(store, again) if again else run_before(store, made.run)
    if link is None:
        return None
    try:
        before = read_run(link.folder)
        carried = read_changes(link.folder)
    except AuditorError as error:
        print(f"no changes told: {error}", file=sys.stderr)
        return None
    opened = opener_of(options.identities)
    steps = steps_between(
        side_of(link.folder, before, opened, options.checks),
        made,
    )
    found = compare(steps, carried.carried if carried else ())
    hosts, checks = _left_out(before, made.run, scope, options)
    found = replace(without(found, hosts, checks), since=link.manifest.run)
    return SinceLast(found, Beside(Earlier(link.folder, before), steps))


def _left_out(
    before: Run, made: Run, scope: Scope, options: Options
) -> tuple[set[str], set[str]]:
    """The hosts and checks of the run before that this one was told to leave out.

    A host that is no longer in the inventory is missing, and none of them.
    """
    listed = {host.name for host in scope.inventory.hosts.values() if host.audit}
    hosts = listed - {host.name for host in made.hosts}
    if not options.check:
        return hosts, set()
    checks = {check.id for check in before.checks}
    return hosts, checks - {check.id for check in made.checks}
