"""A rendered report as a browser's parser sees it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser

from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.report.as_html import render_html
from auditor.report.formats import Material
from tests.report.runs import sidecars

VOID = frozenset({"meta", "input", "link", "img", "br", "hr", "base", "col"})


@dataclass
class Page(HTMLParser):
    """All elements, with what `style` and `script` hold, and the visible text."""

    html: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)
    text: str = ""
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.unclosed.pop(), f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        inside = self.unclosed[-1] if self.unclosed else ""
        if inside in ("style", "script"):
            self.raw[inside] = self.raw.get(inside, "") + data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        """Every value of an attribute."""
        return [a[attribute] for _, a in self.elements if attribute in a]

    @property
    def policy(self) -> str:
        """The content security policy."""
        return next(
            meta["content"] for meta in self.all("meta") if "http-equiv" in meta
        )


def page(run: Run, language: str = "en", *earlier: Run, **messages: str) -> Page:
    """The report of a run, with small texts and all frameworks."""
    texts = sidecars(run, **messages)
    return Page(render_html(Material(run, texts, load_frameworks(), language, earlier)))


def sha256(text: str) -> str:
    """The digest as a content security policy writes it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
