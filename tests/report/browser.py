"""Chromium by playwright-core: one page that tests load, ask, press keys in and print.

`browser.mjs` holds the page; Python's own Playwright would bring 40 MB and a driver of
its own for the same calls.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

from msgspec import Struct, convert

TESTS = Path(__file__).resolve().parents[1]
PACKAGES = TESTS / "node_modules"
PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
NODE = shutil.which("node")

#: Seconds for one answer, after which the browser is given up.
PATIENCE = 300

#: WCAG 2.2 AA and what axe's authors hold to be good practice.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def lacking(*packages: str) -> str:
    """What is not here of a browser and these npm packages, as a reason; '' if all."""
    if PROGRAM is None:
        return "no Chromium here: apt-get install chromium"
    absent = [name for name in packages if not (PACKAGES / name).is_dir()]
    if NODE is None or absent:
        return "no Node.js packages here: scripts/npm-packages"
    return ""


class BrowserError(Exception):
    """The browser is there, and does not do what it is told."""


class Told(Struct, frozen=True):
    """What a page said and asked for since it was opened, itself left out."""

    errors: tuple[str, ...]
    requests: tuple[str, ...]
    dialogs: tuple[str, ...]


class Rule(Struct, frozen=True):
    """A rule of axe and the elements that it is about."""

    id: str
    nodes: tuple[str, ...]


class Axe(Struct, frozen=True):
    """What axe found; `incomplete` is what a person must look at."""

    violations: tuple[Rule, ...]
    incomplete: tuple[Rule, ...]
    passes: int


@dataclass
class Browser:
    """A headless Chromium with one page, without network, the page's policy on."""

    def __enter__(self) -> Self:
        assert NODE is not None
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [NODE, str(TESTS / "report/browser.mjs"), PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def open(
        self, file: Path, *, width: int = 1440, fragment: str = "", **options: Any
    ) -> None:
        """Load a file at a width in CSS pixels in a fresh context and wait for it.

        `options` are those of Playwright's newContext, such as colorScheme='dark' and
        javaScriptEnabled=False.
        """
        url = f"{file.as_uri()}{fragment}"
        self._call("open", url=url, width=width, options=options)

    def told(self) -> Told:
        """What the console complained of, requests and dialogs since `open`."""
        return convert(self._call("told"), Told)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self._call("ask", expression=expression)

    def press(self, *keys: str) -> None:
        """Keys, one after the other, by their names in the standard UI Events."""
        self._call("press", keys=keys)

    def click(self, selector: str) -> None:
        """A click in the middle of an element, as soon as it can be clicked."""
        self._call("click", selector=selector)

    def media(self, media: str) -> None:
        """Show the page as on `print` or `screen`."""
        self._call("media", media=media)

    def axe(self) -> Axe:
        """What axe-core finds in the page as it is now, all of it laid out.

        Chromium leaves what is far from the window folded up (content-visibility), and
        axe would measure links in there as if they lay upon each other.
        """
        self.ask(
            "document.querySelectorAll('.finding, .sheet')"
            ".forEach(one => { one.style.contentVisibility = 'visible'; })"
        )
        return convert(self._call("axe", tags=TAGS), Axe)

    def pdf(self, path: Path) -> None:
        """The page as it prints, into a file."""
        self._call("pdf", path=str(path))

    def screenshot(self, path: Path, width: int, height: int) -> None:
        """A picture of the top of the page, in pixels."""
        self._call("screenshot", path=str(path), width=width, height=height)

    def _call(self, command: str, **given: Any) -> Any:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with_patience = Timer(PATIENCE, process.kill)
        with_patience.start()
        try:
            process.stdin.write(json.dumps({"command": command, **given}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            with_patience.cancel()
        if not line:
            raise BrowserError(f"{PROGRAM} does not start, or gave no answer")
        answer = json.loads(line)
        if "error" in answer:
            raise BrowserError(answer["error"])
        return answer["value"]
