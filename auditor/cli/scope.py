"""From the options to what a run is: inventory, hosts, checks, and what judges them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path

from msgspec.structs import replace

from auditor.cli.request import Options, instant
from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import meant
from auditor.inventory.manifests import read_manifests
from auditor.inventory.profile import read_profile
from auditor.inventory.reading import read_inventory
from auditor.inventory.selecting import select_hosts
from auditor.loading import Rule, rules_of_folder, rules_sha256, shipped_rules
from auditor.model.findings import Severity
from auditor.model.host import Host, Inventory
from auditor.model.scope import Scope
from auditor.store.inputs import inputs_sha256


def read_scope(options: Options) -> tuple[Scope, tuple[Host, ...]]:
    """Read everything that is written by people; raises ConfigurationError."""
    inventory = _stored_as(read_inventory(options.inventory), options)
    hosts = select_hosts(inventory, options.limit)
    engagement = inventory.engagement
    additions = (folder / "profile.toml" for folder in options.checks)
    rules = select_rules(known_rules(options.checks), options.check)
    checks = tuple(rule.load() for rule in rules)
    profile = read_profile(
        inventory.profile,
        additions=[file for file in additions if file.is_file()],
        known_only=not options.stored,
    )
    manifests = read_manifests(inventory.manifests, timezone=engagement.timezone)
    scope = Scope(
        inventory=inventory,
        manifests=manifests,
        profile=profile,
        checks=checks,
        rules_sha256=rules_sha256(checks),
        language=options.lang.value if options.lang else engagement.language,
        as_of=instant(options.as_of, engagement.timezone),
        fail_on=Severity(options.fail_on.value),
        min_coverage=options.min_coverage,
        inputs=inputs_sha256(inventory, profile, manifests),
    )
    return scope, hosts


def _stored_as(inventory: Inventory, options: Options) -> Inventory:
    """The inventory with what the options say of the store."""
    store = inventory.store
    return replace(
        inventory,
        store=replace(
            store,
            dir=options.out or store.dir,
            sign_key=options.sign_key or store.sign_key,
        ),
    )


def known_rules(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """The shipped checks, those of the entry point `auditor.checks`, and `--checks`.

    An entry point gives a function without arguments that returns a folder.
    """
    found = list(shipped_rules())
    for entry in entry_points(group="auditor.checks"):
        found += rules_of_folder(Path(entry.load()()))
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError([Problem(f"--checks {folder}", "no such folder")])
        found += rules_of_folder(folder)
    return tuple(found)


def select_rules(rules: tuple[Rule, ...], terms: Iterable[str]) -> tuple[Rule, ...]:
    """The checks whose id, name or family a term names; all without a term.

    Raises ConfigurationError for a term that names nothing.
    """
    wanted = [term.strip() for text in terms for term in text.split(",")]
    if not wanted:
        return rules
    known = {word.casefold(): word for rule in rules for word in _words(rule)}
    problems = [
        Problem(f"--check {term}", f"names no check{meant(term, list(known.values()))}")
        for term in wanted
        if term.casefold() not in known
    ]
    if problems:
        raise ConfigurationError(problems)
    folded = {term.casefold() for term in wanted}
    return tuple(r for r in rules if folded & {w.casefold() for w in _words(r)})


def _words(rule: Rule) -> tuple[str, str, str]:
    return rule.id, rule.name, rule.family
