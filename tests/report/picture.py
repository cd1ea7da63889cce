"""`python -m tests.report.picture REPORT PNG`: the first screen of a report."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.report.browser import Browser

#: Pixels: wide enough for the contents at the side, high enough for the breach box.
WIDTH, HEIGHT = 1440, 1500


def main(report: str, png: str) -> None:
    """Take the picture, in light colours."""
    with Browser() as browser:
        browser.open(Path(report).resolve(), width=WIDTH, colorScheme="light")
        browser.screenshot(Path(png), WIDTH, HEIGHT)


if __name__ == "__main__":
    main(*sys.argv[1:])
