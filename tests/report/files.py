"""What a format writes, as files."""

from __future__ import annotations

from auditor.report.formats import FORMATS, Document, Material

#: The name of the file that is asked for.
NAME = "report.html"


def files(name: str, given: Material) -> dict[str, bytes]:
    """Every file that a format writes for it, by the path beside the one asked for."""
    made = FORMATS[name](given)
    if not isinstance(made, Document):
        return {NAME: made}
    pages = {f"{made.folder}/{page}": data for page, data in made.pages.items()}
    return {NAME: made.data, **pages}


def file(name: str, given: Material) -> bytes:
    """The file that a format writes for a fleet of ordinary size."""
    made = FORMATS[name](given)
    assert isinstance(made, bytes)
    return made
