"""`explain`, `checks list`, `checks show`, `sudoers`: what the tool itself says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import ChecksDir, InventoryPath, Lang, Language, Limit
from auditor.errors import AuditorError

if TYPE_CHECKING:
    from auditor.model.check import Check

checks_app = typer.Typer(
    help="The checks and what they are mapped to.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)

WORDS = {
    "en": {
        "why": "Why it matters",
        "fix": "How to fix",
        "impact": "Service impact",
        "effort": "Effort",
        "undo": "How to undo",
        "verify": "How to verify",
        "facts": "Read on the host",
        "messages": "What it may say",
        "requirements": "Mapped to",
    },
    "fr": {
        "why": "Pourquoi",
        "fix": "Corriger",
        "impact": "Effet sur le service",
        "effort": "Effort",
        "undo": "Retour arrière",
        "verify": "Vérifier",
        "facts": "Lu sur le serveur",
        "messages": "Ce qu’il peut dire",
        "requirements": "Se rapporte à",
    },
}


def explain(
    name: Annotated[str, typer.Argument(help="Id or name: ACC-001.")],
    lang: Lang = None,
    checks: ChecksDir = None,
) -> int:
    """Say what a check looks at, why, how to fix it and what it is mapped to.

    Example: auditor explain ACC-001 --lang fr
    """
    from auditor.cli.scope import known_rules, select_rules

    found = select_rules(known_rules(checks or ()), (name,))
    if len(found) > 1:
        names = ", ".join(rule.id for rule in found)
        raise AuditorError(f"explain {name}: names several checks: {names}")
    language = (lang or Language.EN).value
    typer.echo("\n".join(_explained(found[0].load(), language)))
    return 0


def _explained(check: Check, language: str) -> list[str]:
    from auditor.report.text.labels import load_labels

    texts, words = check.sidecar.texts[language], WORDS[language]
    lines = [
        f"{check.id} · {texts.title}",
        f"{check.family} · {check.sidecar.severity} · {check.name}",
        "",
        f"{words['why']}:",
        f"  {texts.why}",
        f"{words['fix']}:",
        *(f"  {system}: {_steps(text)}" for system, text in texts.fix.items()),
    ]
    for key in ("impact", "effort", "undo", "verify"):
        lines += [f"{words[key]}:", f"  {getattr(texts, key)}"]
    lines += [f"{words['messages']}:"]
    labels = load_labels(language)
    lines += [f"  {k}: {labels.agreed(text, {})}" for k, text in texts.messages.items()]
    facts = sorted(kind.__name__ for kind in check.facts)
    lines += [f"{words['facts']}:", f"  {', '.join(facts) or '-'}"]
    return [*lines, f"{words['requirements']}:", *_requirements(check, language)]


def _steps(text: str) -> str:
    """A text of several lines, those after the first below it."""
    return text.strip().replace("\n", "\n    ")


def _requirements(check: Check, language: str) -> list[str]:
    from auditor.model.frameworks import load_frameworks

    frameworks = load_frameworks()
    titles = {name: framework.title[language] for name, framework in frameworks.items()}
    lines = []
    for requirement in check.sidecar.requirements:
        framework, _, number = requirement.partition(":")
        lines.append(f"  {titles.get(framework, framework)}: {number}")
    return lines


@checks_app.command("list")
def list_checks(checks: ChecksDir = None, lang: Lang = None) -> None:
    """One line a check: id, family, severity, title."""
    from auditor.cli.scope import known_rules

    language = (lang or Language.EN).value
    for rule in known_rules(checks or ()):
        sidecar, title = rule.sidecar, rule.sidecar.texts[language].title
        severity = sidecar.severity.value
        typer.echo(f"{sidecar.id}  {rule.family:<13} {severity:<9} {title}")


@checks_app.command("show")
def show_check(
    name: Annotated[str, typer.Argument(help="Id or name.")],
    checks: ChecksDir = None,
    lang: Lang = None,
) -> None:
    """The same as `auditor explain`."""
    explain(name, lang, checks)


def sudoers(
    inventory: InventoryPath = Path("inventory.toml"), limit: Limit = None
) -> int:
    """Print the sudo rule that lets the audit account read as root.

    Example: auditor sudoers -i inventory.toml > auditor.sudoers; visudo -cf
    auditor.sudoers; then install it as /etc/sudoers.d/auditor, mode 0440.
    """
    from auditor.inventory.reading import read_inventory
    from auditor.inventory.selecting import select_hosts

    read = read_inventory(inventory)
    users = sorted({h.user for h in select_hosts(read, limit) if h.user})
    typer.echo(
        "# For auditor. The program that it sends is read by a root shell, so this\n"
        "# rule grants full root to the account: give it a key of its own, a from=\n"
        "# restriction, and an owner in owners.toml. Without NOPASSWD the audit asks\n"
        "# for sudo_password of the inventory."
    )
    for user in users:
        if user != "root":
            typer.echo(f"{user} ALL=(root) NOPASSWD: /bin/sh")
    return 0
