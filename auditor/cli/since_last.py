"""What a run that is being stored changed since the stored run before it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from msgspec.structs import replace

from auditor.cli.rejudging import Side, side_of, steps_between
from auditor.cli.request import Options
from auditor.errors import AuditorError
from auditor.history.comparing import compare, within
from auditor.model.changes import Changes
from auditor.model.run import Run
from auditor.model.scope import Scope
from auditor.store.baseline import link_of, run_before
from auditor.store.folder import opener_of, read_changes, read_run


def changes_since_last(
    made: Side, scope: Scope, options: Options, again: str | None = None
) -> Changes | None:
    """The changes to be stored with the run; None for the first of its client.

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
    asked = replace(steps, before=_asked_again(before, made.run, scope, options))
    found = compare(asked, carried.carried if carried else ())
    return replace(found, since=link.manifest.run)


def _asked_again(before: Run, made: Run, scope: Scope, options: Options) -> Run:
    """The run before, without what this one was told to leave out.

    What `--limit` and `--check` leave out is not missing; a host that is no longer in
    the inventory is.
    """
    listed = {host.name for host in scope.inventory.hosts.values() if host.audit}
    chosen = {host.name for host in made.hosts}
    hosts = [host.name for host in before.hosts if host.name not in listed - chosen]
    checks: Iterable[str] = (check.id for check in before.checks)
    if options.check:
        checks = (check.id for check in made.checks)
    return within(before, frozenset(hosts), frozenset(checks))
