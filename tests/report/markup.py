"""Markdown as a reader's program takes it, and texts that try to be more than text."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

#: What no text of a target, nor of ours, may become.
ACTIVE = {"link_open", "image", "html_inline", "html_block", "fence", "code_block"}

MARKUP = {
    "link in brackets": "[a](http://example.com)",
    "reference": "[a]: http://example.com",
    "autolink": "<http://example.com>",
    "image": "![x](http://example.com/x.png)",
    "heading": "# heading",
    "underlined": "=====",
    "rule": "***",
    "fence": "```sh",
    "tildes": "~~~",
    "code": "`x`",
    "ordered": "1. one",
    "bullet": "- one",
    "quote": "> one",
    "cell": "a | b | c",
    "row": "|---|---|",
    "escape at the end": "a\\",
    "struck": "~~gone~~",
    "strong": "**b** __c__",
    "indented": "    code",
    "mail": "root@example.com",
    "entities": "&amp;&#x3c;",
    "mention": "@all :smile: $x^2$",
}


def parse(text: str) -> list[Token]:
    """All tokens, those inside paragraphs included."""
    outer = PARSER.parse(text)
    return [one for token in outer for one in (token, *(token.children or ()))]


def kinds(text: str) -> list[str]:
    """The kinds of all tokens: the structure without the words."""
    return [token.type for token in parse(text) if token.type != "text_special"]


def read(token: Token) -> str:
    """What a reader sees of a token that holds text."""
    return "".join(child.content for child in token.children or ())
