"""Which of the files that were read a pattern of an include means."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """The paths that the shell's pattern matches, as glob(3) sorts them.

    A star crosses no slash and takes no name that begins with a dot.
    """
    parts = pattern.split("/")
    return sorted(path for path in paths if _fits(parts, path.split("/")))


def _fits(parts: list[str], names: list[str]) -> bool:
    return len(parts) == len(names) and all(
        fnmatchcase(name, part) and (not name.startswith(".") or part.startswith("."))
        for part, name in zip(parts, names, strict=True)
    )
