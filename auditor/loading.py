"""Find checks and facts: ours by walking the package, others' by folder."""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

from auditor.errors import ConfigurationError, Problem
from auditor.model.check import Check, Sidecar, Texts, inputs_of
from auditor.model.findings import Severity

LANGUAGES = ("en", "fr")
SHIPPED = "auditor.checks"
#: The id of a sidecar that begins with it, so that no other line has to be read.
_ID = re.compile(r'id = "([^"\\\n]+)"\n')


class Rule(Struct, frozen=True):
    """A check that was found, not imported yet: `module` is its dotted name.

    `toml` is the text of its sidecar `file`, read once more than `id` is asked for.
    """

    family: str
    name: str
    module: str
    file: str
    toml: str

    @property
    def id(self) -> str:
        """`ACC-001`."""
        first = _ID.match(self.toml)
        return first[1] if first else self.sidecar.id

    @property
    def sidecar(self) -> Sidecar:
        """The sidecar; raises ConfigurationError with every problem of it."""
        return read_sidecar(self.toml, self.file)

    def load(self) -> Check:
        """Import it; raises ConfigurationError when its function is not there."""
        module = importlib.import_module(self.module)
        function = getattr(module, self.name, None)
        if function is None or not getattr(function, "is_check", False):
            message = f"has no @check function called {self.name}"
            raise ConfigurationError([Problem(str(module.__file__), message)])
        inputs = inputs_of(function)
        code = Path(str(module.__file__)).read_bytes()
        return Check(
            self.id,
            self.name,
            self.family,
            function,
            inputs,
            lambda: self.sidecar,
            hashlib.sha256(code + self.toml.encode()).hexdigest(),
        )


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """The shipped checks, by id; none is imported."""
    families = [folder for folder in files(SHIPPED).iterdir() if folder.is_dir()]
    found = [
        _rule(family.name, name, f"{SHIPPED}.{family.name}.{name}", family)
        for family in families
        for name, dot, rest in (file.name.partition(".") for file in family.iterdir())
        if dot + rest == ".py" and name != "__init__"
    ]
    return _by_id(found)


@cache
def load_checks() -> tuple[Check, ...]:
    """Every shipped check, imported, by id."""
    return tuple(rule.load() for rule in shipped_rules())


def rules_of_folder(folder: Path) -> tuple[Rule, ...]:
    """Third-party checks: `DIR/facts/*.py`, then `DIR/<family>/*.py` + `.toml`.

    They are imported here, since no package finds them. Raises ConfigurationError for
    a missing or wrong `.toml` and for an id that is not `X-VENDOR-001`.
    """
    for path in sorted(folder.glob("facts/*.py")):
        _import(path, f"auditor_extra_facts.{path.stem}")
    found = []
    for path in sorted(folder.glob("*/*.py")):
        family, name = path.parent.name, path.stem
        if family != "facts" and name != "__init__":
            module = f"auditor_extra.{family}.{name}"
            _import(path, module)
            rule = _rule(family, name, module, path.parent)
            if not rule.sidecar.id.startswith("X-"):
                problem = f"{rule.sidecar.id!r}: a third-party id begins with X-"
                file = str(path.with_suffix(".toml"))
                raise ConfigurationError([Problem(file, problem, key="id")])
            found.append(rule)
    return _by_id(found)


def _rule(family: str, name: str, module: str, folder: Traversable) -> Rule:
    sidecar = folder.joinpath(f"{name}.toml")
    try:
        text = sidecar.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigurationError([Problem(str(sidecar), "missing")]) from None
    return Rule(family, name, module, f"{family}/{name}.toml", text)


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


def _by_id(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        other = found.setdefault(rule.id, rule)
        if other is not rule:
            names = f"{other.name} and {rule.name}"
            problem = f"both have the id {rule.id}"
            raise ConfigurationError([Problem(names, problem)])
    return tuple(found.values())


@cache
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
