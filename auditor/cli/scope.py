"""From the options to what a run is: inventory, hosts, checks, and what judges them."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from auditor.cli.options import Options, instant
from auditor.errors import ConfigurationError, Problem
from auditor.evaluate.run import Scope
from auditor.inventory.documents import meant
from auditor.inventory.manifests import read_manifests
from auditor.inventory.profile import read_profile
from auditor.inventory.reading import read_inventory
from auditor.inventory.selecting import select_hosts
from auditor.loading import load_checks, load_folder, rules_sha256
from auditor.model.check import Check
from auditor.model.findings import Severity
from auditor.model.host import Host


def read_scope(options: Options) -> tuple[Scope, tuple[Host, ...]]:
    """Read everything that is written by people; raises ConfigurationError."""
    inventory = read_inventory(options.inventory)
    hosts = select_hosts(inventory, options.limit)
    engagement = inventory.engagement
    additions = (folder / "profile.toml" for folder in options.checks)
    checks = select_checks(known_checks(options.checks), options.check)
    scope = Scope(
        inventory=inventory,
        manifests=read_manifests(inventory.manifests, timezone=engagement.timezone),
        profile=read_profile(
            inventory.profile,
            additions=[file for file in additions if file.is_file()],
            known_only=not options.stored,
        ),
        checks=checks,
        rules_sha256=rules_sha256(checks),
        language=options.lang.value if options.lang else engagement.language,
        as_of=instant(options.as_of, engagement.timezone),
        fail_on=Severity(options.fail_on.value),
        min_coverage=options.min_coverage,
    )
    return scope, hosts


def known_checks(folders: tuple[Path, ...] = ()) -> tuple[Check, ...]:
    """The shipped checks, those of the entry point `auditor.checks`, and `--checks`.

    An entry point gives a function without arguments that returns a folder.
    """
    found = list(load_checks())
    for entry in entry_points(group="auditor.checks"):
        found += load_folder(Path(entry.load()()))
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError([Problem(f"--checks {folder}", "no such folder")])
        found += load_folder(folder)
    return tuple(found)


def select_checks(
    checks: tuple[Check, ...], terms: tuple[str, ...]
) -> tuple[Check, ...]:
    """The checks whose id, name or family a term names; all without a term.

    Raises ConfigurationError for a term that names nothing.
    """
    wanted = [term.strip() for text in terms for term in text.split(",")]
    if not wanted:
        return checks
    known = {
        word.casefold(): word
        for check in checks
        for word in (check.id, check.name, check.family)
    }
    unknown = [term for term in wanted if term.casefold() not in known]
    if unknown:
        raise ConfigurationError(
            [
                Problem(
                    f"--check {t}", f"names no check{meant(t, list(known.values()))}"
                )
                for t in unknown
            ]
        )
    folded = {term.casefold() for term in wanted}
    return tuple(
        check
        for check in checks
        if folded
        & {check.id.casefold(), check.name.casefold(), check.family.casefold()}
    )
