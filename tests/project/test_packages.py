"""The wheel holds what the tree holds, and runs where nothing else is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# where each part of the tree lands in a wheel
PARTS = {
    "auditor": "auditor",
    "checks": "auditor/checks",
    "templates": "auditor/templates",
}


def in_tree() -> Iterator[tuple[Path, PurePosixPath]]:
    """Each file that the wheel must hold, with its place there."""
    for part, place in PARTS.items():
        for path in sorted((PROJECT / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path, PurePosixPath(place) / path.relative_to(PROJECT / part)


def test_pyproject_lists_every_package_of_the_tree() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    packages = {str(place.parent).replace("/", ".") for _, place in in_tree()}

    assert sorted(packages) == sorted(settings["tool"]["setuptools"]["packages"])


def test_every_folder_of_the_tree_is_a_package() -> None:
    folders = {path.parent for path, _ in in_tree()}
    bare = [str(folder) for folder in folders if not (folder / "__init__.py").exists()]

    assert bare == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy, since a build leaves folders behind."""
    copy = tmp_path_factory.mktemp("source")
    for part in PARTS:
        shutil.copytree(PROJECT / part, copy / part)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, copy)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(copy)]
    made = subprocess.run(build, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (built,) = (copy / "dist").glob("*.whl")
    return built


def test_the_wheel_holds_the_files_of_the_tree_and_no_other(wheel: Path) -> None:
    held = [
        name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name
    ]

    assert sorted(held) == sorted(str(place) for _, place in in_tree())


def test_the_wheel_brings_its_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert [name for name in names if name.endswith("/licenses/LICENSE")] != []


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an empty venv that holds the wheel.

    The dependencies come from here without an index: a line in a .pth file adds their
    folder, and .pth files in there (this editable install's) are not followed.
    """
    venv = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin/python")]
    install = [*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    packages = sysconfig.get_path("purelib", "venv", {"base": str(venv)})
    here = sysconfig.get_path("purelib")
    (Path(packages) / "dependencies.pth").write_text(here + "\n")
    return venv / "bin"


def run(*command: str | Path, where: Path) -> str:
    """What a command prints, run far from the tree."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ended = subprocess.run(
        command, cwd=where, env=clean, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("package", ["auditor", "auditor.checks", "auditor.templates"])
def test_an_installed_package_is_the_wheel_s(
    installed: Path, tmp_path: Path, package: str
) -> None:
    ask = f"import {package} as package; print(package.__file__)"
    answer = run(installed / "python", "-c", ask, where=tmp_path)

    assert answer.startswith(str(installed.parent))


def test_nothing_named_checks_lands_in_site_packages(
    installed: Path, tmp_path: Path
) -> None:
    ask = "from importlib.util import find_spec; print(*map(find_spec, {}))"
    names = ask.format(["checks", "templates", "tests", "scripts"])

    assert run(installed / "python", "-c", names, where=tmp_path) == (
        "None None None None\n"
    )


def test_the_installed_command_explains_itself(installed: Path, tmp_path: Path) -> None:
    assert "evaluate" in run(installed / "auditor", "--help", where=tmp_path)


def test_the_installed_command_finds_every_check(
    installed: Path, tmp_path: Path
) -> None:
    sidecars = (PROJECT / "checks").rglob("*.toml")
    ids = {tomllib.loads(path.read_text())["id"] for path in sidecars}

    listed = run(installed / "auditor", "checks", "list", where=tmp_path)
    assert [name for name in sorted(ids) if name not in listed] == []
