"""Whose report it is: name, logo and accent colours, as header and footer show them."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

#: What an accent is read on, by mode: page and surface of report.css.
BACKGROUNDS: Final = {"light": ("#ffffff", "#f4f6f8"), "dark": ("#12171d", "#1c232b")}

#: WCAG 2.2, 1.4.3: text against its background; the accent is that of links.
CONTRAST: Final = 4.5


class Brand(Struct, frozen=True):
    """A consultant's own; `logo` is a `data:` URI, colours are `#rrggbb` or empty."""

    name: str
    logo: str = ""
    light: str = ""
    dark: str = ""

    @property
    def style(self) -> str:
        """The rules that put the accents in place; print has the light one."""
        rules = [_accent(self.light)] if self.light else []
        if self.dark:
            dark = _accent(self.dark)
            rules.append(f"@media screen and (prefers-color-scheme: dark) {{ {dark} }}")
        if self.light:
            rules.append(f"@media print {{ {_accent(self.light)} }}")
        return "".join(f"{rule}\n" for rule in rules)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _accent(colour: str) -> str:
    return f":root {{ --link: {colour} }}"


def _luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
