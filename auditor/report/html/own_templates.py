"""The report's templates, and a consultant's own laid over them block by block.

A folder's `report.html.j2` begins with ``{% extends "auditor/report.html.j2" %}`` and
overrides blocks of it; its `report.css` comes after ours. Escaping and the content
security policy stay in force: what could switch the first off is refused before
anything is rendered, what the second would block is refused afterwards.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from auditor.errors import ConfigurationError, Problem

REPORT: Final = "report.html.j2"
STYLE: Final = "report.css"
SHIPPED: Final = "auditor"
POLICY: Final = "content-security-policy"


def environment(folder: Path | None = None) -> Environment:
    """Where templates come from: a folder's own, then ours, which are `auditor/…`."""
    return _shipped() if folder is None else _environment(folder)


@cache
def _shipped() -> Environment:
    """Ours, which nobody changes while the program runs."""
    return _environment(None)


def _environment(folder: Path | None) -> Environment:
    ours = PackageLoader("auditor.templates", "")
    loader: BaseLoader = ours
    if folder is not None:
        loader = ChoiceLoader(
            [PrefixLoader({SHIPPED: ours}), FileSystemLoader(folder), ours]
        )
    # A template of somebody else gets at no more than what it is given.
    kind = Environment if folder is None else ImmutableSandboxedEnvironment
    made = kind(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    del made.filters["safe"]  # it would let a target's text act in the page
    return made


def render(
    folder: Path | None, values: Mapping[str, object], name: str = REPORT
) -> str:
    """A page of the report; raises ConfigurationError for what own templates do."""
    template = environment(folder).get_template(name)
    if folder is None:
        return template.render(values)
    try:
        html = template.render(values)
    except Exception as error:  # noqa: BLE001 - whatever an expression of theirs may raise
        raise ConfigurationError([_where(error, folder)]) from None
    if problems := _blocked(folder, html, values):
        raise ConfigurationError(problems)
    return html


def own_style(folder: Path | None) -> str:
    """The style that a folder adds to ours; raises ConfigurationError."""
    file = None if folder is None else folder / STYLE
    if file is None or not file.is_file():
        return ""
    try:
        style = file.read_text("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigurationError([Problem(str(file), "this is not UTF-8")]) from None
    problems = [
        Problem(str(file), f"{match[0]!r}: a report loads nothing", _line(style, match))
        for match in _LOADS.finditer(style)
    ]
    if "<" in style:
        problems.append(Problem(str(file), "'<' may not stand in a style"))
    if problems:
        raise ConfigurationError(problems)
    return style


_LOADS = re.compile(r"@import\b|url\(\s*['\"]?(?!data:|#)", re.IGNORECASE)


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def check_templates(folder: Path) -> None:
    """Read all templates of a folder; raises ConfigurationError with every mistake."""
    if not (folder / REPORT).is_file():
        message = f"no {REPORT}, which says what is overridden"
        raise ConfigurationError([Problem(str(folder), message)])
    problems = [
        problem
        for file in sorted(folder.rglob("*.j2"))
        for problem in _mistakes(file, folder)
    ]
    if problems:
        raise ConfigurationError(problems)
    own_style(folder)


def _mistakes(file: Path, folder: Path) -> Iterator[Problem]:
    name = str(file)
    try:
        source = file.read_text("utf-8")
        tree = environment(folder).parse(source, filename=name)
        environment(folder).compile(source, filename=name)
    except UnicodeDecodeError:
        yield Problem(name, "this is not UTF-8")
        return
    except TemplateSyntaxError as error:
        yield Problem(name, error.message or "this is no template", error.lineno)
        return
    for changed in tree.find_all(nodes.ScopedEvalContextModifier):
        message = "'autoescape' would let a target's text act in the page"
        yield Problem(name, message, changed.lineno)
    shipped = _shipped_blocks(file.relative_to(folder).as_posix())
    if shipped is not None:
        yield from _overriding(file, tree, shipped)


def _shipped_blocks(name: str) -> list[str] | None:
    """The blocks of our template of that name; None when there is none."""
    loader = environment().loader
    assert loader is not None
    try:
        source = loader.get_source(environment(), name)[0]
    except TemplateNotFound:
        return None
    return [block.name for block in environment().parse(source).find_all(nodes.Block)]


def _overriding(
    file: Path, tree: nodes.Template, known: list[str]
) -> Iterator[Problem]:
    if not any(tree.find_all(nodes.Extends)):
        message = f'begin with {{% extends "{SHIPPED}/{file.name}" %}}'
        yield Problem(str(file), message, 1)
        return
    for block in tree.find_all(nodes.Block):
        if block.name not in known:
            near = get_close_matches(block.name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else ", ".join(sorted(known))
            message = f"no block '{block.name}' there; {hint}"
            yield Problem(str(file), message, block.lineno)


def _where(error: Exception, folder: Path) -> Problem:
    """The mistake with the file and line of the template that made it."""
    if isinstance(error, TemplateSyntaxError):
        return Problem(error.filename or str(folder), str(error.message), error.lineno)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(".j2")
    ]
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    message = str(error) or type(error).__name__
    if not isinstance(error, TemplateError):
        message = f"{type(error).__name__}: {message}"
    for frame in reversed(own or frames):
        return Problem(frame.filename, message, frame.lineno)
    return Problem(str(folder / REPORT), message)


_ELEMENTS = """applet audio base embed form frame frameset iframe link object portal
source track video"""

#: Elements that load, run or steer; a report needs none of them.
_FORBIDDEN: Final = frozenset(_ELEMENTS.split())
_LOADING: Final = frozenset({"src", "srcset", "poster", "background"})
_DRAWN: Final = frozenset({"image", "use", "feimage"})


class _Guard(HTMLParser):
    """What the content security policy of a report would block in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.policies: list[str] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.raw:
            self._inside = tag
            self.raw[tag].append("")
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and values.get("http-equiv", "").lower() == POLICY:
            self.policies.append(values["content"])
        elif tag in _FORBIDDEN or "http-equiv" in values:
            self.found.append(f"<{tag}>")
        self.found += [f"{n}=" for n in values if n == "style" or n.startswith("on")]
        self.found += [
            f"{name}={value[:60]!r}"
            for name, value in values.items()
            if _loads(tag, name, value)
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw[self._inside][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""


def _loads(tag: str, name: str, value: str) -> bool:
    link = name.removeprefix("xlink:") == "href"
    if name in _LOADING or (link and tag in _DRAWN):
        return not value.startswith(("data:", "#"))
    return link and value.strip().lower().startswith(("javascript:", "data:"))


def _blocked(folder: Path, html: str, values: Mapping[str, object]) -> list[Problem]:
    """Styles and scripts that are not ours, and whatever else the policy blocks."""
    guard = _Guard()
    guard.feed(html)
    guard.close()
    found = [
        f"{one}: the report's policy blocks it; a report loads nothing"
        for one in dict.fromkeys(guard.found)
    ]
    if guard.raw["style"] != [values["style"]]:
        found.append(f"<style>: styles of yours belong into {folder / STYLE}")
    if guard.raw["script"] != [values["script"]]:
        found.append("<script>: a report runs no script but its own")
    if guard.policies != [values["policy"]]:
        found.append("the content security policy has to stay as it is")
    return [Problem(str(folder / REPORT), message) for message in found]
