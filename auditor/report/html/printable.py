"""The report's page made ready for a printer that knows no script and little SVG.

WeasyPrint draws each `<svg>` by itself: it sees neither the page's style nor its
symbols, takes a figure's words from `<title>`, and tags every one of them as a figure.
So marks become backgrounds, and figures bring along what they need.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from copy import copy
from xml.etree.ElementTree import Element, tostring

SVG = "{http://www.w3.org/2000/svg}"

#: Characters of one text, and of one word of it, that are printed: laying out a word
#: takes the square of its length, and a text of a host may be a megabyte. The HTML
#: report has all of it.
LONGEST_TEXT = 2_000
LONGEST_WORD = 200

#: Pieces of evidence that a row keeps on one page.
MOST_KEPT_TOGETHER = 2

#: What needs a screen or a script.
_TAGS_OUT = frozenset({"nav", "script", "button"})
_CLASSES_OUT = frozenset({"screen", "filter", "skip", "defs"})

_DARK = re.compile(
    r"@media (?:screen and )?\(prefers-color-scheme: dark\) \{\s*:root \{[^}]*\}\s*\}"
)
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-fA-F]{3,8})")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
#: A rule that an SVG needs.
_PAINTS = re.compile(r"\b(?:fill|stroke)\b")


def prepare(page: Element, more: str) -> None:
    """Change the page, an `html` element, in place; `more` is added to its style."""
    style = _style(page)
    css = style.text or ""
    colours = dict(_COLOUR.findall(_DARK.sub("", css)))
    defs = _defs(page)
    _paint_patterns(defs, css, colours)
    _prune(page)
    _shorten(page)
    _let_long_rows_break(page)
    _join_chips(page)
    backgrounds: dict[str, str] = {}
    screen = css.partition("@media print")[0] + more
    for around, parent, svg in list(_figures(page, frozenset())):
        if "mark" in _classes(svg):
            _draw_mark(svg, defs, colours)
        else:
            _stand_alone(svg, defs, _paint(screen, colours, around))
        _name(svg, svg.get("aria-label", parent.get("title", "")))
        if svg.get("aria-hidden") == "true":
            drawn = _drawn(svg)
            name = backgrounds.setdefault(drawn, f"drawn-{len(backgrounds)}")
            _become_span(svg, name)
    style.text = _resolved(css + more, colours) + _background_style(backgrounds)
    _unlink(page)


def _let_long_rows_break(page: Element) -> None:
    """Rows of much evidence, which would leave most of a page empty before them."""
    for row in page.iter("tr"):
        if sum(1 for _ in row.iter("pre")) > MOST_KEPT_TOGETHER:
            row.set("class", f"{row.get('class', '')} long".strip())


def _join_chips(page: Element) -> None:
    """Lists of requirements as one text each: a box for each item takes seconds."""
    for one in page.iter("ul"):
        if "chips" in _classes(one):
            one.text = " · ".join("".join(item.itertext()) for item in one)
            one.tag = "p"
            one[:] = []


def _shorten(page: Element) -> None:
    body = page.find("body")
    assert body is not None
    for one in body.iter():
        one.text, one.tail = _shortened(one.text), _shortened(one.tail)


def _shortened(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST_WORD:
        return text
    cut = _LONG_WORD.sub(lambda word: _cut(word[0], LONGEST_WORD), text)
    return _cut(cut, LONGEST_TEXT)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… (+{len(text) - most})"


def _style(page: Element) -> Element:
    style = page.find("head/style")
    assert style is not None
    return style


def _defs(page: Element) -> list[Element]:
    return [one for defs in page.iter(f"{SVG}defs") for one in defs]


def _paint_patterns(defs: list[Element], css: str, colours: Mapping[str, str]) -> None:
    """Give what a pattern repeats its colours in person: rules of the page miss it."""
    bodies = {selectors.strip(): body for selectors, body in _RULE.findall(css)}
    for pattern in (one for one in defs if one.tag == f"{SVG}pattern"):
        for shape in pattern:
            body = bodies.get(f".{shape.get('class')}", "")
            shape.set("style", f"{_filled(body, colours)}; stroke: none")


def _classes(element: Element) -> set[str]:
    return set(element.get("class", "").split())


def _prune(parent: Element) -> None:
    for child in list(parent):
        if child.tag in _TAGS_OUT or _classes(child) & _CLASSES_OUT:
            parent.remove(child)
        else:
            _prune(child)


def _figures(
    element: Element, around: frozenset[str]
) -> Iterator[tuple[frozenset[str], Element, Element]]:
    """Each SVG, with the classes of all that it stands in, and its parent."""
    around |= _classes(element)
    for child in element:
        if child.tag == f"{SVG}svg":
            yield around, element, child
        else:
            yield from _figures(child, around)


def _become_span(picture: Element, name: str) -> None:
    """Without content: what is only a background is not tagged as a figure."""
    kept, tail = picture.get("class", ""), picture.tail
    picture.clear()
    picture.tag, picture.tail = "span", tail
    picture.set("class", f"{kept} {name}".strip())


def _stand_alone(svg: Element, defs: list[Element], paint: str) -> None:
    style = Element(f"{SVG}style")
    style.text = paint
    own = Element(f"{SVG}defs")
    own.extend(defs)
    svg[:0] = [style, own]


def _name(svg: Element, words: str) -> None:
    title = Element(f"{SVG}title")
    title.text = words
    svg.insert(0, title)


def _paint(css: str, colours: Mapping[str, str], around: frozenset[str]) -> str:
    """The rules for an SVG inside an element of these classes, colours filled in."""
    return "\n".join(
        f"{','.join(_inside(selectors, around))} {{{_filled(body, colours)}}}"
        for selectors, body in _RULE.findall(css)
        if _PAINTS.search(body)
    )


def _inside(selectors: str, around: frozenset[str]) -> Iterator[str]:
    for selector in selectors.split(","):
        first, _, rest = selector.strip().partition(" ")
        yield rest if rest and first.removeprefix(".") in around else selector.strip()


def _filled(text: str, colours: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: colours.get(found[1], "black"), text)


def _resolved(css: str, colours: Mapping[str, str]) -> str:
    """Colours in place of their variables, which are looked up for every element."""
    return _VARIABLE.sub(lambda found: colours.get(found[1], found[0]), css)


def _background_style(backgrounds: Mapping[str, str]) -> str:
    """A class for each picture, in Base64 (RFC 4648)."""
    return "".join(
        f".{name} {{ background-image: url(data:image/svg+xml;base64,"
        f"{base64.b64encode(drawn.encode('utf-8')).decode('ascii')})"
        "; background-repeat: no-repeat; background-size: 100% 100% }\n"
        for drawn, name in backgrounds.items()
    )


def _drawn(svg: Element) -> str:
    """The picture as a file of its own, without the text that follows it."""
    alone = copy(svg)
    alone.tail = None
    return tostring(alone, "unicode")


def _draw_mark(svg: Element, defs: list[Element], colours: Mapping[str, str]) -> None:
    """Put in the symbol that a mark uses, in its bucket's colour."""
    name = next((one.get("href", "") for one in svg.iter(f"{SVG}use")), "")
    symbol = next((one for one in defs if f"#{one.get('id')}" == name), Element("none"))
    colour = colours.get(name.removeprefix("#m-"), "black")
    svg[:] = [_coloured(one, colour) for one in symbol]
    svg.attrib.update(
        {
            "viewBox": symbol.get("viewBox", "0 0 16 16"),
            "fill": "none",
            "stroke": colour,
            "stroke-width": "1.8",
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        }
    )


def _coloured(shape: Element, colour: str) -> Element:
    drawn = copy(shape)
    for key, value in shape.items():
        drawn.set(key, value.replace("currentColor", colour))
    if drawn.attrib.pop("class", "") == "cut":
        # the stroke that cuts a filled shape has the colour of the page
        drawn.set("stroke", "#fff")
    return drawn


def _unlink(page: Element) -> None:
    """Links whose target is not printed become words."""
    there = {one.get("id") for one in page.iter()}
    for link in page.iter("a"):
        if link.get("href", "").removeprefix("#") not in there:
            link.attrib.pop("href", None)
