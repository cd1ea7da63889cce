"""The little of a shell's grammar that the lint of fragments needs.

No library reads POSIX sh, and shellcheck would be a program more to install. What it
does not know (here-documents, backticks) the lint forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Words of the grammar that stand before a command or in the place of one.
_GRAMMAR = {
    *("if", "then", "else", "elif", "fi", "while", "until", "do", "done"),
    *("case", "in", "esac", "!", "{", "}"),
}
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_ENDS = re.compile(r"&&|\|\||;;|[;|&\n()]")
_PATTERN = re.compile(r"(?m)(^|;;)[ \t]*\(?[^\s()]+(?:[ \t]*\|[ \t]*[^\s()]+)*\)")
_CASE = re.compile(r"(?<![\w$])(case|esac)(?!\w)")
_REDIRECTION = re.compile(r"\d?(?:<<-?|<|>>?)&?[ \t]*[^\s;|&()]*")


def bare(script: str) -> str:
    """The script without comments and what stands in quotes.

    A quoted string is Q (in double quotes "Q", so that an empty one is no gap), an
    expansion in braces $V, a command substitution S: its own commands come as lines
    behind the script.
    """
    inner: list[str] = []
    return "\n".join([_bare(script, inner), *inner])


def _bare(script: str, inner: list[str]) -> str:
    out: list[str] = []
    at = 0
    while at < len(script):
        sign = script[at]
        if sign == "\\":
            out.append("" if script[at + 1 : at + 2] == "\n" else "Q")
            at += 2
        elif sign in "'\"":
            end = _quote_end(script, at)
            _note_commands(script[at + 1 : end] if sign == '"' else "", inner)
            out.append("Q")
            at = end + 1
        elif script.startswith("$(", at):
            end = _closing(script, at + 2)
            arithmetic = script.startswith("$((", at)
            _note_commands(script[at : end + 1], inner)
            out.append("N" if arithmetic else "S")
            at = end + 1
        elif script.startswith("${", at):
            end = _closing(script, at + 2, "{}")
            _note_commands(script[at + 2 : end], inner)
            out.append("$V")
            at = end + 1
        elif sign == "#" and (at == 0 or script[at - 1] in " \t\n;"):
            end = script.find("\n", at)
            at = len(script) if end < 0 else end
        else:
            out.append(sign)
            at += 1
    return "".join(out)


def _note_commands(text: str, inner: list[str]) -> None:
    """Keep the commands of the substitutions in a text; arithmetic is none."""
    at = text.find("$(")
    while at >= 0:
        end = _closing(text, at + 2)
        if text.startswith("$((", at):
            _note_commands(text[at + 3 : end], inner)
        else:
            inner.append(_bare(text[at + 2 : end], inner))
        at = text.find("$(", end)


def _quote_end(script: str, at: int) -> int:
    """Where the string ends whose quote stands at `at`."""
    if script[at] == "'":
        return script.index("'", at + 1)
    at += 1
    while script[at] != '"':
        if script.startswith("$(", at):
            at = _closing(script, at + 2)
        elif script.startswith("${", at):
            at = _closing(script, at + 2, "{}")
        at += 2 if script[at] == "\\" else 1
    return at


def _closing(script: str, at: int, pair: str = "()") -> int:
    """Where the bracket closes that opened before `at`."""
    depth = 1
    cases: list[int] = []  # the depth of each open `case`, whose patterns end with )
    while True:
        sign = script[at]
        word = _CASE.match(script, at)
        if sign in "'\"":
            at = _quote_end(script, at)
        elif sign == "\\":
            at += 1
        elif word is not None:
            cases = [*cases, depth] if word[1] == "case" else cases[:-1]
            at += 3
        elif sign in pair and not (sign == ")" and depth in cases[-1:]):
            depth += 1 if sign == pair[0] else -1
        if depth == 0:
            return at
        at += 1


def redirections(script: str) -> list[str]:
    """Each redirection with what it leads to, quotes and all that is in them away."""
    return [found.replace(" ", "") for found in _REDIRECTION.findall(bare(script))]


def commands(script: str) -> Iterator[list[str]]:
    """Each simple command as its words, what stands before its name left out."""
    text = _REDIRECTION.sub(" ", bare(script))
    text = re.sub(r"\bcase\b[^\n]*?\bin\b", "\n", text)
    text = _PATTERN.sub(r"\1 ", text)
    for piece in _ENDS.split(text):
        words = piece.split()
        while words and (words[0] in _GRAMMAR or _ASSIGNMENT.match(words[0])):
            words = words[1:]
        if words and words[0] != "for":
            yield words


def functions(script: str) -> set[str]:
    """The names of the functions that a script defines."""
    return set(re.findall(r"(?m)(?:^|[;{])\s*([A-Za-z_]\w*)\(\)", bare(script)))


def unquoted(script: str) -> list[str]:
    """The words with an expansion that the shell splits and globs.

    It does neither in assignments, between `case` and `in`, and in arithmetic.
    """
    text = re.sub(r"\bcase\s+\S+\s+in\b", " ", bare(script))
    words = re.split(r"[\s;|&()]+", _REDIRECTION.sub(" ", text))
    return [w for w in words if re.search(r"\$|S", w) and _splits(w)]


def _splits(word: str) -> bool:
    if _ASSIGNMENT.match(word):
        return False
    return "$" in word or word == "S"


def embedded(script: str) -> list[str]:
    """The scripts in variables that a script runs by `sh -c "$NAME"`."""
    found = []
    for name in set(re.findall(r'sh -c "\$(\w+)"', script)):
        whole = re.search(rf"(?m)^\s*{name}=((?:'[^']*'(?:\\\n)?)+)", script)
        assert whole is not None, f"{name} is no constant of this script"
        found.append(re.sub(r"'(\\\n)?", "", whole[1]))
    return found
