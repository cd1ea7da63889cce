"""What every part of the report is drawn from, and how it names and links things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from auditor.history.past import Age, Audited
from auditor.history.states import Identity, identity_of
from auditor.history.steps import Stage, Steps
from auditor.model.frameworks import Framework
from auditor.model.run import CheckInfo, FindingRecord, Run
from auditor.report.formats import Material
from auditor.report.judged import Judged, judge
from auditor.report.story import Story, load_story
from auditor.report.text.labels import Labels, load_labels
from auditor.report.text.sentences import Speaker
from auditor.report.text.visible import visible_part, visible_run

#: The order of columns and filters; families of third parties follow by name.
FAMILIES = (
    "access",
    "accounts",
    "encryption",
    "alerting",
    "migration",
    "patient_data",
    "lifecycle",
    "ssh",
)
#: The column of families that no column is left for.
OTHERS = "others"

_PARAGRAPH = re.compile(r"\((\w+)\)")
_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9._-]")


class Chip(Struct, frozen=True):
    """A requirement as `RGPD art. 32(1)(b)`, with the words of the requirement."""

    text: str
    meaning: str


class View(Struct, frozen=True):
    """A judged run in one language, with earlier runs of the client, oldest first.

    `stages` lead from the last of them to the run.
    """

    judged: Judged
    labels: Labels
    speaker: Speaker
    story: Story
    frameworks: Mapping[str, Framework]
    earlier: tuple[Judged, ...] = ()
    stages: tuple[Stage, ...] = ()
    audits: tuple[Audited, ...] = ()
    ages: Mapping[Identity, Age] = {}

    @property
    def run(self) -> Run:
        """The run, every string in it visible."""
        return self.judged.run

    @property
    def steps(self) -> Steps:
        """How the last of the earlier runs became this one; there has to be one."""
        return Steps(self.earlier[-1].run, self.stages)

    @property
    def families(self) -> list[str]:
        """The families of the chosen checks, in the order of the report."""
        found = {check.family for check in self.judged.checks.values()}
        known = [family for family in FAMILIES if family in found]
        return known + sorted(found - set(FAMILIES))

    def age(self, finding: FindingRecord) -> Age | None:
        """Since when a finding has been open; None when nothing tells."""
        return self.ages.get(identity_of(finding))

    def family(self, family: str) -> str:
        """A family's name."""
        return self.labels.word(f"family.{family}", family)

    def title(self, check: str) -> str:
        """A check's title."""
        return self.speaker.title(self.judged.checks[check])

    def hosts(self, names: Iterable[str], most: int = 3) -> str:
        """Hosts' names as words of a sentence."""
        return self.labels.join(list(names), most)

    def chips(self, check: CheckInfo) -> list[Chip]:
        """What a check is mapped to, among the frameworks of this report."""
        found = []
        for mapped in check.requirements:
            framework = self.frameworks.get(mapped.partition(":")[0])
            if framework:
                requirement = framework.requirements.get(mapped)
                wording = requirement.text if requirement else framework.title
                meaning = wording[self.labels.language]
                found.append(Chip(self.requirement_name(framework, mapped), meaning))
        return found

    def requirement_name(self, framework: Framework, mapped: str) -> str:
        """`RGPD art. 32(1)(b)` for `gdpr:Art. 32(1)(b)`."""
        _, _, identifier = mapped.partition(":")
        title = framework.title[self.labels.language]
        pattern = self.labels.word(f"chip.{framework.id}", f"{title} {{id}}")
        if self.labels.language == "fr":
            identifier = _in_french(identifier)
        else:
            identifier = identifier.replace("Fiche ", "sheet\u00a0")
        return pattern.replace("{id}", identifier)


def _in_french(identifier: str) -> str:
    """`art. 32.1.b` for `Art. 32(1)(b)`, as the CNIL quotes articles."""
    if identifier.startswith("Art. "):
        article = _PARAGRAPH.sub(r".\1", identifier.removeprefix("Art. "))
        return f"art.\u00a0{article}"
    return identifier.replace("Fiche ", "fiche\u00a0")


def view_of(material: Material) -> View:
    """Everything that a report in the material's language is drawn from."""
    run = visible_run(material.run)
    labels = load_labels(material.language, run.run.timezone)
    return View(
        judge(run),
        labels,
        Speaker(labels, material.sidecars),
        load_story(),
        material.frameworks,
        tuple(judge(visible_run(one)) for one in material.earlier),
        (
            *(replace(one, run=visible_run(one.run)) for one in material.between),
            Stage(material.last_step, run),
        ),
        material.audits,
        {_identity(age): age for age in map(visible_part, material.ages)},
    )


def _identity(age: Age) -> Identity:
    return Identity(age.check, age.host, (age.subject.kind, age.subject.name))


def anchor(kind: str, *names: str) -> str:
    """An id for an element: stable between audits, safe in HTML and in a URL."""
    safe = (_UNSAFE_IN_ID.sub(lambda m: f"_{ord(m[0]):x}", name) for name in names)
    return "-".join((kind, *safe))
