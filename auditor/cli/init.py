"""`auditor init`: files to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.errors import ConfigurationError, Problem


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to write; made if missing.")
    ] = Path(),
) -> None:
    """Write a commented inventory and the five manifests; never overwrite a file.

    Then: edit inventory.toml, auditor inventory lint, auditor trust add.
    The manifests count as missing until their line 'draft = true' is taken out.
    """
    from auditor.inventory.shipped import shipped_files
    from auditor.store.atomic import write_atomic

    files = shipped_files("inventory/examples")
    there = [folder / f"{name}.toml" for name in files]
    problems = [
        Problem(str(path), "it is there already and was left as it is; nothing written")
        for path in there
        if path.exists()
    ]
    if problems:
        raise ConfigurationError(problems)
    folder.mkdir(parents=True, exist_ok=True)
    for path, source in zip(there, files.values(), strict=True):
        write_atomic(path, source.read_bytes(), 0o600)
        typer.echo(f"wrote {path}", err=True)
