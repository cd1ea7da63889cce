"""nginx's configuration as a tree, includes in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.globbing import matching
from auditor.facts.software import Processes
from auditor.model.facts import Fact
from auditor.model.sources import Body, Line, Read, SourceText

DEPTH = 8


class Directive(Struct, frozen=True):
    """One directive; `block` is what stands in its braces, empty for others."""

    name: str
    args: tuple[str, ...]
    read: Read[str]
    block: tuple[Directive, ...] = ()

    def all(self, *names: str) -> tuple[Directive, ...]:
        """The directives of those names in its block, in order."""
        return tuple(one for one in self.block if one.name in names)


class NginxConfig(Fact, frozen=True):
    """nginx.conf with what it includes, six levels deep.

    Read as files: `nginx -T` would make the log files that it names. Arguments of
    directives that are not declared are `_` (reducers/braces.awk).
    """

    after: ClassVar[tuple[type[Fact], ...]] = (Processes,)
    fragment: ClassVar[str] = r"""
keys='listen server_name root alias location autoindex auth_basic auth_request allow
deny satisfy ssl_verify_client ssl return/1 access_log/2 log_format include'
named() { # what `nginx -c FILE` names; body lines are PID USER ARGV0 WORD...
  body_of Processes | awk -F '\t' '$4 ~ /^(nginx:|.*\/nginx|nginx)$/ {
    for (i = 5; i < NF; i++)
      if ($i == "-c" && $(i + 1) ~ /^\/[A-Za-z0-9_.\/-]+$/) { print $(i + 1); exit }
  }'
}
deeper() { # TEXT SEEN DEPTH
  paths=$(printf '%s\n' "$1" | awk -F '\t' -v base="$base" '
    $2 == "include" && NF > 3 {
      path = $3 ~ /^\// ? $3 : base "/" $3
      if (!seen[path]++) print path
    }')
  if [ -z "$paths" ]; then return; fi
  if [ "$3" -ge 6 ]; then head_line truncated file "$paths" 6; return; fi
  more=$(printf '%s\n' "$paths" | while IFS= read -r path; do
    case $2 in *"$NL$path$NL"*) continue ;; esac
    case $path in
      *[*?]*) source_glob "$path" braces "$keys" ;;
      *) source_file "$path" braces "$keys" ;;
    esac
  done)
  if [ -n "$more" ]; then printf '%s\n' "$more"; fi
  deeper "$more" "$2$paths$NL" $(($3 + 1))
}
main_file=$(named)
main_file=${main_file:-/etc/nginx/nginx.conf}
base=${main_file%/*}
text=$(source_file "$main_file" braces "$keys")
printf '%s\n' "$text"
deeper "$text" "$NL$main_file$NL" 0
"""

    text: SourceText
    directives: tuple[Directive, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """The first source is the main file; the others stand where they are named."""
        main = body.texts[0]
        texts = {text.source.name: text for text in body.used()}
        base = main.source.name.rpartition("/")[0]
        return cls(body.sources, main, tuple(_tree(main, texts, base, 0)))

    @property
    def http(self) -> Directive | None:
        """The block of web servers."""
        return next((one for one in self.directives if one.name == "http"), None)


def _tree(
    text: SourceText, texts: dict[str, SourceText], base: str, depth: int
) -> Iterator[Directive]:
    """The directives of a file; a block that is not closed ends with the file."""
    open_: list[tuple[Line, tuple[str, ...], list[Directive]]] = []
    top: list[Directive] = []
    for line in text.lines:
        *words, sign = line.fields
        inner = open_[-1][2] if open_ else top
        if sign == "{" and words:
            open_.append((line, tuple(words), []))
        elif sign == "}":
            if open_:
                _close(text, open_, top)
        elif words and words[0] == "include" and len(words) > 1 and depth < DEPTH:
            path = words[1] if words[1].startswith("/") else f"{base}/{words[1]}"
            for name in matching(path, texts):
                inner.extend(_tree(texts[name], texts, base, depth + 1))
        elif words:
            inner.append(_directive(text, line, tuple(words), ()))
    while open_:
        _close(text, open_, top)
    return iter(top)


def _close(
    text: SourceText,
    open_: list[tuple[Line, tuple[str, ...], list[Directive]]],
    top: list[Directive],
) -> None:
    line, words, block = open_.pop()
    inner = open_[-1][2] if open_ else top
    inner.append(_directive(text, line, words, tuple(block)))


def _directive(
    text: SourceText, line: Line, words: tuple[str, ...], block: tuple[Directive, ...]
) -> Directive:
    name, *args = words
    read = text.read(" ".join(args), line, key=name)
    return Directive(name, tuple(args), read, block)
