"""The project's own rules of shape: who imports whom, texts, names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.loading import LANGUAGES, load_checks
from auditor.model.check import Check
from auditor.model.frameworks import load_frameworks
from auditor.report.text.labels import AGREEING, FIELD

ROOT = Path(__file__).parents[1]
CHECKS = load_checks()
VERDICTS = {"FAIL", "WARN", "PASS", "NA", "ATTESTED"}
ENGINE_MESSAGES = {"among", "alone"}
#: Functions of auditor.facts that make a finding, and its message key.
SHARED_MESSAGES = {
    "attested_on": "attested",
    "of_nothing": "no_migration",
    "or_contradicted": "contradicted",
    "contradicted_by": "contradicted",
}

#: Folder below auditor/ (or checks) -> what of ours it may import.
ALLOWED = {
    "checks": {"auditor.facts", "auditor.model"},
    "auditor/model": {"auditor.errors", "auditor.model"},
    "auditor/facts": {"auditor.facts", "auditor.model"},
    "auditor/evaluate": {"auditor.model", "auditor.evaluate", "auditor.errors"},
    "auditor/alerting": {
        *(f"auditor.{one}" for one in ("alerting", "errors", "model", "store")),
        "auditor.report.text",
    },
    "auditor/history": {"auditor.model", "auditor.history"},
    "auditor/report": {
        "auditor.model",
        "auditor.report",
        "auditor.history",
        "auditor.errors",
    },
    # what waits for an alert neither judges nor reports
    "auditor/drill": {
        *(f"auditor.{one}" for one in ("collect", "drill", "inventory", "model")),
    },
    "auditor/report/text": {"auditor.model", "auditor.report.text"},
    # what all formats share knows none of them
    "auditor/report/sections": {
        "auditor.model",
        "auditor.history",
        *(f"auditor.report.{one}" for one in ("judged", "sections", "story")),
        *(f"auditor.report.{one}" for one in ("text", "view")),
    },
}
FORBIDDEN_IN_CHECKS = {"os", "subprocess", "socket", "time", "pathlib", "random"}


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("folder", ALLOWED)
def test_imports_run_one_way(folder: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / folder).rglob("*.py")
        for name in imports_of(file)
        if name.startswith("auditor.")
        and not any(name == a or name.startswith(f"{a}.") for a in ALLOWED[folder])
    ]
    assert wrong == []


def test_checks_and_facts_do_no_io() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for folder in ("checks", "auditor/facts")
        for file in (ROOT / folder).rglob("*.py")
        for name in imports_of(file)
        if name.partition(".")[0] in FORBIDDEN_IN_CHECKS
    ]
    assert wrong == []


def yielded_messages(check: Check) -> set[str]:
    """The message keys that stand in the check's module."""
    module = Path(check.function.__code__.co_filename)
    tree = ast.parse(module.read_text("utf-8"))
    constants = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in VERDICTS
    ]
    literal = {
        call.args[1].value
        for call in calls
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }
    # A key chosen elsewhere in the module must still stand there as a constant.
    computed = {key for key in check.sidecar.texts["en"].messages if key in constants}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    shared = {key for name, key in SHARED_MESSAGES.items() if name in names}
    return {str(key) for key in literal} | computed | shared


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_messages_are_exactly_those_that_the_check_yields(check: Check) -> None:
    wanted = yielded_messages(check) | (ENGINE_MESSAGES if check.fleet else set())
    for language in LANGUAGES:
        assert set(check.sidecar.texts[language].messages) == wanted


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_agree_with_a_number_that_their_message_shows(
    check: Check, language: str
) -> None:
    for message in check.sidecar.texts[language].messages.values():
        agreeing = {found[0] for found in AGREEING.findall(message)}
        assert agreeing <= set(FIELD.findall(message))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_requirement_is_one_of_a_framework(check: Check) -> None:
    known = {
        requirement
        for framework in load_frameworks().values()
        for requirement in framework.requirements
    }
    assert set(check.sidecar.requirements) - known == set()
    assert check.sidecar.requirements != ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_both_languages_fix_the_same_systems(check: Check) -> None:
    texts = check.sidecar.texts
    assert set(texts["en"].fix) == set(texts["fr"].fix)
    assert texts["en"].why != texts["fr"].why
