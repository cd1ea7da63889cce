"""What the code imports is declared, and what is declared stands in the lock."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
OURS = {"auditor", "checks", "templates", "tests", "scripts"}


def canonical(name: str) -> str:
    """A distribution's name as PEP 503 compares it, without version or extras."""
    bare = re.split(r"[\s\[<>=!~;]", name, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", bare).lower()


def declared(*, dev: bool) -> set[str]:
    """The distributions that pyproject.toml asks for, with those of formats' extras."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"]]
    for extra, names in project["optional-dependencies"].items():
        asked += names if dev or extra != "dev" else []
    return {canonical(name) for name in asked}


def imported(path: Path) -> Iterator[str]:
    """The top-level modules of others that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names | OURS:
                yield top


def undeclared(*folders: str, dev: bool) -> list[str]:
    """`file: module` of each import whose distribution is not declared."""
    providers = packages_distributions()
    allowed = declared(dev=dev)
    return [
        f"{path.relative_to(PROJECT)}: {module}"
        for folder in folders
        for path in sorted((PROJECT / folder).rglob("*.py"))
        if "node_modules" not in path.parts
        for module in imported(path)
        if not {canonical(name) for name in providers.get(module, [])} & allowed
    ]


def test_the_package_imports_only_what_it_depends_on() -> None:
    assert undeclared("auditor", "checks", "templates", dev=False) == []


def test_tests_and_scripts_import_only_what_the_dev_extra_brings() -> None:
    assert undeclared("tests", "scripts", dev=True) == []


def test_every_declared_dependency_stands_in_the_lock() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
    locked = {canonical(name) for name in re.findall(r"(?m)^([\w.-]+)==", lock)}

    assert declared(dev=True) - locked == set()
