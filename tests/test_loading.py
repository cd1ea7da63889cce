"""Checks found by walking the package, and those of others in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import ConfigurationError
from auditor.loading import (
    load_checks,
    read_sidecar,
    rules_of_folder,
    rules_sha256,
)

FACT = '''
from typing import ClassVar, Self

from auditor.model.facts import Fact
from auditor.model.sources import Body


class Motd(Fact, frozen=True):
    """The message of the day."""

    fragment: ClassVar[str] = "source_file /etc/motd keep"
    shown: bool = False

    @classmethod
    def parse(cls, body: Body) -> Self:
        return cls(body.sources, any(text.lines for text in body.used()))
'''
CHECK = """
from auditor_extra_facts.motd import Motd

from auditor.model.check import check
from auditor.model.findings import PASS, WARN, Subject


@check
def banner_missing(motd: Motd):
    made = PASS if motd.shown else WARN
    yield made(Subject("file", "/etc/motd"), "shown" if motd.shown else "missing")
"""
TEXTS = """
title = "No banner"
why = "A banner says whose server it is."
impact = "None."
effort = "5 min"
undo = "Empty the file."
verify = "cat /etc/motd"
fix = { any = "Write /etc/motd." }
messages = { shown = "There is one.", missing = "There is none." }
"""
SIDECAR = f"""
id = "X-ACME-001"
severity = "low"
requirements = ["gdpr:Art. 32(1)(b)"]
[en]
{TEXTS}
[fr]
{TEXTS}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A third party's checks: one fact, one check, its texts."""
    for name, text in {
        "facts/motd.py": FACT,
        "house/banner_missing.py": CHECK,
        "house/banner_missing.toml": SIDECAR,
    }.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_shipped_checks_are_found_without_a_list() -> None:
    ids = [check.id for check in load_checks()]
    assert "ACC-001" in ids
    assert ids == sorted(ids)


def test_a_third_party_brings_facts_and_checks(folder: Path) -> None:
    (rule,) = rules_of_folder(folder)
    check = rule.load()
    names = [kind.__name__ for kind in check.facts]
    assert (check.id, check.family, names) == ("X-ACME-001", "house", ["Motd"])


def test_a_third_partys_id_begins_with_x(folder: Path) -> None:
    sidecar = folder / "house/banner_missing.toml"
    sidecar.write_text(SIDECAR.replace("X-ACME-001", "ACC-900"))
    with pytest.raises(ConfigurationError, match="begins with X-"):
        rules_of_folder(folder)


def test_a_check_without_texts_is_refused_by_name(folder: Path) -> None:
    (folder / "house/banner_missing.toml").unlink()
    with pytest.raises(ConfigurationError, match=r"banner_missing\.toml: missing"):
        rules_of_folder(folder)


def test_the_digest_of_the_rules_follows_code_and_texts(folder: Path) -> None:
    before = rules_sha256(rule.load() for rule in rules_of_folder(folder))
    (folder / "house/banner_missing.toml").write_text(SIDECAR.replace("low", "medium"))
    after = rules_sha256(rule.load() for rule in rules_of_folder(folder))
    assert after != before


def test_every_mistake_of_a_sidecar_comes_out_at_once() -> None:
    wrong = SIDECAR.replace('"low"', '"awful"').replace("effort", "efort")
    with pytest.raises(ConfigurationError) as caught:
        read_sidecar(wrong, "house/banner_missing.toml")
    assert [f"{p.key}: {p.message}" for p in caught.value.problems] == [
        "severity: no severity 'awful'",
        "en.effort: missing or empty",
        "en.efort: unknown key",
        "fr.effort: missing or empty",
        "fr.efort: unknown key",
    ]
