"""Invented records."""

from __future__ import annotations

from pathlib import Path


def write_all(folder: Path) -> None:
    folder.mkdir()
