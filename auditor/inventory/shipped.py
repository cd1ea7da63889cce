"""The data files that come with the program, found in a wheel and in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def shipped_files(folder: str) -> dict[str, Traversable]:
    """Name without `.toml` -> file, of one folder of the package, by name."""
    found = list(files("auditor").joinpath(folder).iterdir())
    names = sorted(file.name for file in found if file.name.endswith(".toml"))
    by_name = {file.name: file for file in found}
    return {name.removesuffix(".toml"): by_name[name] for name in names}


def shipped_names(folder: str) -> tuple[str, ...]:
    """The names of `shipped_files`."""
    return tuple(shipped_files(folder))
