"""Checks as SARIF rules, and the texts that they are mapped to as taxonomies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from auditor.model.check import Texts
from auditor.model.findings import Severity
from auditor.model.run import CheckInfo
from auditor.report.sarif.results import LEVELS, message
from auditor.report.text.sentences import plain
from auditor.report.view import View

Json = dict[str, Any]

#: What readers sort alerts by: a number from 0 to 10, written as text.
SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "3.0",
}

#: Code scanning refuses a log with a rule of more; `relationships` has them all.
MOST_TAGS = 20


class Taxonomies(Struct, frozen=True):
    """Framework -> the ids of its requirements that a check of the run is mapped to."""

    taxa: Mapping[str, tuple[str, ...]]

    def components(self, view: View, language: str) -> list[Json]:
        """One toolComponent a framework, in the order of `taxa`."""
        return [self._component(view, name, language) for name in self.taxa]

    def relationships(self, check: CheckInfo) -> Iterator[Json]:
        """The requirements that a check bears on: `relevant` claims no more."""
        names = list(self.taxa)
        for name, _, identifier in map(_parted, check.requirements):
            if identifier in self.taxa.get(name, ()):
                yield {
                    "target": {
                        "id": identifier,
                        "index": self.taxa[name].index(identifier),
                        "toolComponent": {"name": name, "index": names.index(name)},
                    },
                    "kinds": ["relevant"],
                }

    def _component(self, view: View, name: str, language: str) -> Json:
        framework = view.frameworks[name]
        words = view.labels.language
        known = framework.requirements
        return {
            "name": name,
            "version": framework.version,
            "language": language,
            "shortDescription": message(framework.title[words]),
            "fullDescription": message(framework.claim[words]),
            "isComprehensive": False,
            "taxa": [
                {"id": taxon}
                | (
                    {"shortDescription": message(known[full].text[words])}
                    if (full := f"{name}:{taxon}") in known
                    else {}
                )
                for taxon in self.taxa[name]
            ],
        }


def taxonomies_of(view: View) -> Taxonomies:
    """What the checks of a run are mapped to, among the frameworks of the report."""
    taxa: dict[str, dict[str, None]] = {}
    for check in view.judged.checks.values():
        for name, _, identifier in map(_parted, check.requirements):
            if name in view.frameworks:
                taxa.setdefault(name, {})[identifier] = None
    return Taxonomies({name: tuple(ids) for name, ids in sorted(taxa.items())})


def rules(view: View, texts: Taxonomies) -> list[Json]:
    """One reportingDescriptor a check, in the run's order."""
    return [_rule(view, texts, check) for check in view.judged.checks.values()]


def _rule(view: View, texts: Taxonomies, check: CheckInfo) -> Json:
    told = view.speaker.texts(check.id)
    title = message(view.title(check.id))
    tags = ["security", check.family, *check.requirements]
    return {
        "id": check.id,
        **({"name": check.name} if check.name else {}),
        "shortDescription": title,
        "fullDescription": _said(view, told.why) if told else title,
        "help": message("\n\n".join(_help(view, told))) if told else title,
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "relationships": list(texts.relationships(check)),
        "properties": {
            "security-severity": SECURITY_SEVERITY[check.severity],
            "severity": check.severity,
            "family": check.family,
            "tags": tags[:MOST_TAGS],
        },
    }


def _said(view: View, text: str) -> Json:
    return message(plain(view.speaker.prose(text)))


def _help(view: View, told: Texts) -> Iterator[str]:
    """Why, how to fix on each system, and how to verify, each under its title."""
    colon = view.labels("colon")
    yield view.labels("finding.why") + colon + plain(view.speaker.prose(told.why))
    for system, fix in told.fix.items():
        name = view.speaker.system(system, told.fix)
        head = f"{view.labels('finding.fix')} ({name}){colon}"
        yield head + plain(view.speaker.prose(fix))
    for part in ("impact", "effort", "undo", "verify"):
        text = plain(view.speaker.prose(getattr(told, part)))
        yield view.labels(f"finding.{part}") + colon + text


def _parted(requirement: str) -> tuple[str, str, str]:
    return requirement.partition(":")
