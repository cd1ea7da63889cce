"""What the tests of this folder share: files in, problems out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.errors import ConfigurationError
from auditor.inventory.reading import read_inventory
from auditor.model.host import Inventory

HEAD = '[engagement]\nclient = "Exemple"\n'


def inventory_of(folder: Path, text: str, head: str = HEAD) -> Inventory:
    """The inventory of a text; the engagement stands in its first two lines."""
    file = folder / "inventory.toml"
    file.write_text(head + text, encoding="utf-8")
    return read_inventory(file)


def problems_of(folder: Path, read: Callable[[], object]) -> list[str]:
    """The problems that reading raises, each as users see it, the folder left out."""
    with pytest.raises(ConfigurationError) as caught:
        read()
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def wrong(folder: Path, text: str, head: str = HEAD) -> list[str]:
    """The problems of an inventory."""
    return problems_of(folder, lambda: inventory_of(folder, text, head))
