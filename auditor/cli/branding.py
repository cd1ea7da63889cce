"""`--brand FILE`: a consultant's name, logo and colours, read with every mistake."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import NewType

from msgspec import Struct

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.documents import Document, read_document
from auditor.inventory.structure import Schema, WrongValueError, described, text
from auditor.report.brand import BACKGROUNDS, CONTRAST, Brand, contrast
from auditor.report.text.visible import visible

#: Bytes of a logo: it stands in every file of a report.
MOST_LOGO = 200_000

Colour = NewType("Colour", str)

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Accent(Struct, frozen=True):
    """The colour of links in one mode."""

    accent: Colour


class BrandFile(Struct, frozen=True):
    """The whole file; `logo` is a path from its folder."""

    name: str
    logo: str = ""
    light: Accent | None = None
    dark: Accent | None = None


def _colour(value: object, _: object) -> Colour:
    found = text(value)
    if not _COLOUR.match(found):
        raise WrongValueError(
            f"a colour such as #0b5394 is due, not {described(value)}"
        )
    return Colour(found.lower())


SCHEMA = Schema(hooks={Colour: _colour})


def read_brand(file: Path) -> Brand:
    """Read a brand file; raises ConfigurationError with every mistake of it."""
    document = read_document(file)
    problems: list[Problem] = []
    # What is right is still judged, so that every mistake comes at once.
    found, _ = SCHEMA.read_most(document, (), BrandFile, problems)
    logo = ""
    if found is not None:
        problems += _pale(document, found)
        logo = _logo(document, file.parent, found.logo, problems)
    if problems:
        raise ConfigurationError(sorted(problems, key=lambda one: one.line or 0))
    assert found is not None
    return Brand(
        visible(found.name),
        logo,
        found.light.accent if found.light else "",
        found.dark.accent if found.dark else "",
    )


def _pale(document: Document, found: BrandFile) -> list[Problem]:
    """The accents that can't be read on a page of their mode."""
    problems = []
    for mode, accent in (("light", found.light), ("dark", found.dark)):
        if accent is None:
            continue
        ratio, behind = min(
            (contrast(accent.accent, one), one) for one in BACKGROUNDS[mode]
        )
        if ratio < CONTRAST:
            message = (
                f"{accent.accent} on {behind} has a contrast of {_down(ratio)}:1, "
                f"and links need {CONTRAST}:1 (WCAG 2.2, 1.4.3)"
            )
            problems.append(document.problem((mode, "accent"), message))
    return problems


def _down(ratio: float) -> str:
    """Never rounded up to what is due."""
    return f"{int(ratio * 100) / 100:.2f}"


def _logo(document: Document, folder: Path, name: str, problems: list[Problem]) -> str:
    """The logo as a `data:` URI; empty without one, or with its mistake noted."""
    if not name:
        return ""
    try:
        with (folder / name).open("rb") as opened:
            data = opened.read(MOST_LOGO + 1)
        return _inlined(data)
    except OSError as error:
        message = f"{folder / name}: {(error.strerror or 'refused').lower()}"
    except WrongValueError as error:
        message = f"{folder / name}: {error}"
    problems.append(document.problem(("logo",), message))
    return ""


def _inlined(data: bytes) -> str:
    if len(data) > MOST_LOGO:
        raise WrongValueError(f"over {MOST_LOGO // 1000} kB: every report holds it")
    for head, kind in _IMAGES.items():
        if data.startswith(head):
            return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
    # Scripts, links and styles may stand in SVG; pixels hold none.
    raise WrongValueError("neither PNG nor JPEG: export the logo as PNG")
