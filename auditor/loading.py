"""Find checks and facts: ours by walking the package, others' by folder."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from auditor.errors import ConfigurationError, Problem
from auditor.model.check import Check, Sidecar, Texts, inputs_of
from auditor.model.findings import Severity

LANGUAGES = ("en", "fr")


@cache
def load_checks() -> tuple[Check, ...]:
    """The shipped checks, by id."""
    importlib.import_module("auditor.facts")
    package = importlib.import_module("auditor.checks")
    found = []
    for entry in pkgutil.walk_packages(package.__path__, "auditor.checks."):
        if not entry.ispkg:
            module = importlib.import_module(entry.name)
            family, name = entry.name.split(".")[-2:]
            sidecar = files(f"auditor.checks.{family}").joinpath(f"{name}.toml")
            if not sidecar.is_file():
                raise ConfigurationError([Problem(str(sidecar), "missing")])
            found.append(_check(module, family, name, sidecar.read_text("utf-8")))
    return _by_id(found)


def load_folder(folder: Path) -> tuple[Check, ...]:
    """Third-party checks: `DIR/facts/*.py`, then `DIR/<family>/*.py` + `.toml`.

    Raises ConfigurationError for a missing or wrong `.toml` and for an id that is not
    `X-VENDOR-001`.
    """
    for path in sorted(folder.glob("facts/*.py")):
        _import(path, f"auditor_extra_facts.{path.stem}")
    found = []
    for path in sorted(folder.glob("*/*.py")):
        if path.parent.name != "facts" and path.name != "__init__.py":
            module = _import(path, f"auditor_extra.{path.parent.name}.{path.stem}")
            sidecar = path.with_suffix(".toml")
            if not sidecar.is_file():
                raise ConfigurationError([Problem(str(sidecar), "missing")])
            check = _check(
                module, path.parent.name, path.stem, sidecar.read_text("utf-8")
            )
            if not check.id.startswith("X-"):
                problem = f"{check.id!r}: a third-party id begins with X-"
                raise ConfigurationError([Problem(str(sidecar), problem, key="id")])
            found.append(check)
    return _by_id(found)


def rules_sha256(checks: Iterable[Check]) -> str:
    """A digest of the rules in force: code and texts of the checks."""
    digest = hashlib.sha256()
    for check in checks:
        module = sys.modules[check.function.__module__]
        code = Path(str(module.__file__))
        digest.update(code.read_bytes())
        digest.update(code.with_suffix(".toml").read_bytes())
    return digest.hexdigest()


def _import(path: Path, name: str) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _by_id(checks: Iterable[Check]) -> tuple[Check, ...]:
    found: dict[str, Check] = {}
    for check in sorted(checks, key=lambda check: check.id):
        if check.id in found:
            names = f"{found[check.id].name} and {check.name}"
            raise ConfigurationError([Problem(names, f"both have the id {check.id}")])
        found[check.id] = check
    return tuple(found.values())


def _check(module: ModuleType, family: str, name: str, text: str) -> Check:
    function = getattr(module, name, None)
    if function is None or not getattr(function, "is_check", False):
        message = f"has no @check function called {name}"
        raise ConfigurationError([Problem(str(module.__file__), message)])
    sidecar = read_sidecar(text, f"{family}/{name}.toml")
    return Check(name, family, function, inputs_of(function), sidecar)


def read_sidecar(text: str, file: str) -> Sidecar:
    """Read a check's `.toml`; raises ConfigurationError with every problem."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([Problem(file, str(error))]) from error
    problems = list(_sidecar_problems(table, file))
    if problems:
        raise ConfigurationError(problems)
    return Sidecar(
        id=table["id"],
        severity=Severity(table["severity"]),
        requirements=tuple(table["requirements"]),
        texts={language: Texts(**table[language]) for language in LANGUAGES},
        severity_by_message={
            key: Severity(value)
            for key, value in table.get("severity_by_message", {}).items()
        },
        attestation=table.get("attestation"),
    )


TEXTS = ("title", "why", "fix", "impact", "effort", "undo", "verify", "messages")
KEYS = frozenset(
    {"id", "severity", "requirements", "severity_by_message", "attestation"}
)


def _sidecar_problems(table: dict[str, Any], file: str) -> Iterator[Problem]:
    for key in ("id", "severity", "requirements", *LANGUAGES):
        if key not in table:
            yield Problem(file, "missing", key=key)
    for key in table.keys() - KEYS - set(LANGUAGES):
        yield Problem(file, "unknown key", key=key)
    severities = [table.get("severity", "low")]
    severities += table.get("severity_by_message", {}).values()
    for severity in severities:
        if severity not in list(Severity):
            yield Problem(file, f"no severity {severity!r}", key="severity")
    for language in LANGUAGES:
        texts = table.get(language, {})
        for key in TEXTS:
            if not texts.get(key):
                yield Problem(file, "missing or empty", key=f"{language}.{key}")
        for key in texts.keys() - set(TEXTS):
            yield Problem(file, "unknown key", key=f"{language}.{key}")
