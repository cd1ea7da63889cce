"""The words of a rendered report that are ours: outside islands of another language."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.report.page import VOID

#: Attributes that somebody sees or hears.
SPOKEN = frozenset(
    {"aria-label", "title", "alt", "placeholder", "data-copy", "data-copied"}
    | {"data-count", "aria-description", "aria-roledescription", "label"}
)


@dataclass
class Words(HTMLParser):
    """Text nodes and spoken attributes in the page's own language.

    An island is an element with `translate="no"` or with another `lang`, up to an
    element in it that says the page's `lang` again.
    """

    html: str
    found: list[str] = field(default_factory=list)
    _stack: list[tuple[str, bool]] = field(default_factory=list)
    _language: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "html":
            self._language = given["lang"]
        ours = self._stack[-1][1] if self._stack else True
        if "lang" in given:
            ours = given["lang"] == self._language
        if given.get("translate") == "no":
            ours = False
        if tag in ("style", "script"):
            ours = False
        if ours:
            self.found += [given[key] for key in SPOKEN & given.keys()]
        if tag not in VOID:
            self._stack.append((tag, ours))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An SVG element that closes itself holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._stack.pop()[0], f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._stack and self._stack[-1][1]:
            self.found.append(text)


def words_of(html: str) -> list[str]:
    """What a reader of the page's language reads or hears, white space made even."""
    return [" ".join(text.split()) for text in Words(html).found if text.strip()]
