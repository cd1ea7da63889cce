"""What the documents show is so: links lead somewhere, command lines parse."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from auditor.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for place in ("*.md", "docs/**/*.md", "tests/**/*.md")
    for page in ROOT.glob(place)
    if "node_modules" not in page.parts
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`(auditor [^`…]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
#: Blocks of these languages hold command lines and nothing else.
SCRIPTS = {"sh", "bash"}
REDIRECTION = re.compile(r"\d?>>?\s*\S+|<\s*\S+")
ENDS = {"|", ";", "&&", "||", "&"}
#: Put together here, so that this file does not hold what it looks for.
FORBIDDEN = [
    *(first + rest for first, rest in [("TO", "DO"), ("FIX", "ME"), ("XX", "X")]),
    *(f"/{folder}/" for folder in ("work", "root", "tmp")),
    *(f"{name}.org" for name in ("py" + "pi", "python" + "hosted")),
]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(text: str) -> str:
    """A page without its blocks: what stands in them is shown, not said."""
    return FENCE.sub("", text)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are rendered where it is hosted."""
    found = HEADING.findall(prose(page.read_text("utf-8")))
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in found]
    return {heading.replace(" ", "-") for heading in kept}


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(prose(page.read_text("utf-8")))
    relative = [link for link in links if "://" not in link]
    assert [link for link in relative if leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_holds_what_is_of_one_workplace_or_unfinished(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [word for word in FORBIDDEN if word in text] == []


def test_every_page_of_docs_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    pages = {f"docs/{page.name}" for page in ROOT.glob("docs/*.md")}
    assert pages - set(LINK.findall(readme)) == set()


def typed(text: str) -> Iterator[str]:
    """The lines that a reader types: all of a script, behind `$ ` of a session."""
    for language, block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if language in SCRIPTS:
                yield line
            elif language == "console" and line.startswith("$ "):
                yield line[2:]


def calls(line: str) -> Iterator[tuple[str, ...]]:
    """The arguments of each `auditor` in a line of shell, redirections left out."""
    lexer = shlex.shlex(REDIRECTION.sub("", line), posix=True, punctuation_chars=True)
    lexer.wordchars += ",!:{}[]"
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word not in ENDS:
            words.append(word)
            continue
        if words and words[0].rpartition("/")[2] == "auditor":
            yield tuple(words[1:])
        words.clear()


def shown_calls() -> list[tuple[str, ...]]:
    """Every different command line that a page shows in a block."""
    lines = (line for page in PAGES for line in typed(page.read_text("utf-8")))
    return sorted({call for line in lines if "auditor" in line for call in calls(line)})


def mentioned_calls() -> list[tuple[str, ...]]:
    """Every different command that a page mentions in a sentence."""
    spans = (s for page in PAGES for s in SPAN.findall(prose(page.read_text("utf-8"))))
    return sorted({tuple(shlex.split(span)[1:]) for span in spans})


def parsed(words: tuple[str, ...]) -> str:
    """The verb of a command line, which is parsed and not run; raises UsageError."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.get_command(click.Context(command), rest.pop(0))
    try:
        command.make_context(command.name, rest)
    except typer.Exit:
        return str(command.name)
    assert not hasattr(command, "commands"), f"no such verb: {words}"
    return str(command.name)


@pytest.mark.parametrize("words", shown_calls(), ids=" ".join)
def test_a_command_line_that_is_shown_parses(words: tuple[str, ...]) -> None:
    assert parsed(words) in words


@pytest.mark.parametrize("words", mentioned_calls(), ids=" ".join)
def test_a_command_that_is_mentioned_has_that_verb_and_those_options(
    words: tuple[str, ...],
) -> None:
    assert parsed((*words, "--help")) in words


def test_a_command_line_that_is_wrong_does_not_parse() -> None:
    usage = typer.BadParameter.__mro__[1]
    with pytest.raises(usage):
        parsed(("run", "--no-such-option"))


def test_command_lines_are_found_in_pipes_and_behind_continuations() -> None:
    page = "```sh\na | auditor run \\\n  -f json:- | jq .x\n```\n"
    assert [c for line in typed(page) for c in calls(line)] == [("run", "-f", "json:-")]
