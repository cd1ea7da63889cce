"""PatientData over folders of the test, and what lies in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.facts.mounts import Mounts
from auditor.facts.patient_data import PatientData
from auditor.facts.served import ServedFolders
from auditor.model.facts import Fact
from auditor.model.sources import Body, Status
from tests.facts.running import answers, asking, tools_of
from tests.lab.records import patients

LIMITS = ("30", str(2 << 30), "200000")
MESSAGE = (
    "MSH|^~\\&|ANALYSE|LABO|SIL|LABO|20260102030405||ORU^R01|1|P|2.3\r"
    "PID|1||900001^^^LABO||ESSAI^ZELIE||19700101|F\r"
    "OBX|1|NM|GLU||5.1|mmol/L\r"
)


# Of right form and key, of a place that the register of codes never gave.
NUMBERS = tuple(patient.nir for patient in patients(5))


def every_awk() -> pytest.MarkDecorator:
    """Run a test with each awk; one that is not installed is skipped by name."""
    return pytest.mark.parametrize("awk", ["mawk", "gawk", "busybox"])


def looking(
    *folders: Path | str,
    served: tuple[Path, ...] = (),
    limits: tuple[str, ...] = LIMITS,
    mounts: type[Fact] = Mounts,
) -> type[Fact]:
    """PatientData over folders of the test."""
    words = [word for path in served for word in ("web", str(path))]
    root = asking(ServedFolders.fragment, *words, name="ServedFolders")
    root.after = ServedFolders.after
    fact = asking(PatientData.fragment, *limits, *map(str, folders), name="PatientData")
    fact.after = (mounts, root)
    return fact


def data(folder: Path, shell: str = "sh", tools: Path | None = None) -> PatientData:
    """What is found below one folder."""
    body = answers(shell, looking(folder), tools=tools or tools_of(shell))
    return PatientData.parse(body["PatientData"])


def states(body: Body) -> list[tuple[str, Status]]:
    return [(source.name, source.status) for source in body.sources]
