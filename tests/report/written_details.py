"""The details that this tool's own code writes, read from its source.

Fields of f-strings stand as `7`, which is a name, a path and a number, unless their
values are strings of the same function or one of `KNOWN`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import auditor
from auditor.loading import load_checks

FIELD = "7"
#: Values that other functions give: budgets that ran out, pins without a key.
KNOWN = {
    "words": ("too many bytes", "out of time", "interrupted"),
    "when": ("before the session", "before the program could start"),
    "self._pins.problem": (
        "no host key is pinned under this name",
        "only a certificate authority is known, which can't be checked here",
    ),
}
#: Functions that make an error of a detail, by the place of it among the arguments.
MAKERS = {
    "HostTroubleError": 2,
    "BusyError": 2,
    "FrameError": 0,
    "_broken": 1,
    "refused": 0,
    "_refused": 0,
    "_untrusted": 0,
    "_sudo_refused": 0,
    "unreachable": 0,
    "ValueError": 0,
}
#: Names that hold a detail, or are put into one.
NAMES = {"detail", "text", "problem", "twice"}
#: Functions and properties that return one.
TOLD_BY = {"_handshake_detail", "_forward_detail", "lost", "problem", "_cut", "run"}
TOLD_BY |= {"_document_fault", "found"}

#: Variables and what they may be set to.
Names = dict[str, list[ast.expr]]
#: Expressions that hold text of ours.
TEXTS = ast.JoinedStr | ast.IfExp | ast.BoolOp | ast.Constant


def sources() -> Iterator[Path]:
    """The modules that write details."""
    package = Path(auditor.__path__[0])
    yield from sorted((package / "collect").rglob("*.py"))
    yield from sorted((package / "evaluate").glob("*.py"))
    yield package / "model" / "host.py"
    yield package / "model" / "manifests.py"
    yield package / "inventory" / "signed_documents.py"
    checks = {Path(check.function.__code__.co_filename) for check in load_checks()}
    yield from sorted(checks)


def written(source: Path) -> set[str]:
    """Every detail of a module, its fields as `7`, that says anything in words."""
    found: set[str] = set()
    for function in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef):
            names = _strings(function)
            for expression in _details(function):
                found |= set(_texts(expression, names))
    return {text for text in found if any(map(str.isalpha, text)) and "\n" not in text}


def _strings(function: ast.FunctionDef) -> Names:
    """The function's own variables that hold text."""
    found: Names = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, TEXTS):
            found.setdefault(ast.unparse(node.targets[0]), []).append(node.value)
    return found


def _details(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield from (one.value for one in node.keywords if one.arg == "detail")
            place = MAKERS.get(ast.unparse(node.func).rpartition(".")[2])
            if place is not None:
                yield from node.args[place : place + 1]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id in NAMES:
                yield node.value
        elif isinstance(node, ast.Return) and node.value and function.name in TOLD_BY:
            told = node.value
            yield told.elts[-1] if isinstance(told, ast.Tuple) else told


def _texts(node: ast.expr, names: Names) -> Iterator[str]:
    """What an expression may come to; nothing for what is no text of ours."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, names)
        yield from _texts(node.orelse, names)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value, names) if isinstance(value, TEXTS) else [FIELD]
    elif isinstance(node, ast.JoinedStr):
        asked = {
            ast.unparse(part.value.test)
            for part in node.values
            if isinstance(part, ast.FormattedValue)
            and isinstance(part.value, ast.IfExp)
        }
        for empty in (set(), asked) if asked else (set(),):
            parts = [list(_part(part, names, empty)) for part in node.values]
            yield from map("".join, product(*parts))


def _part(node: ast.expr, names: Names, empty: set[str]) -> Iterator[str]:
    """A part of an f-string, where the expressions `empty` are empty or false."""
    if not isinstance(node, ast.FormattedValue):
        yield from _texts(node, names)
        return
    value, said = node.value, ast.unparse(node.value)
    if isinstance(value, ast.IfExp):
        chosen = value.orelse if ast.unparse(value.test) in empty else value.body
        yield from _texts(chosen, names)
    elif said in empty:
        yield ""
    elif said in KNOWN:
        yield from KNOWN[said]
    elif said in names:
        others = {name: texts for name, texts in names.items() if name != said}
        for expression in names[said]:
            yield from _texts(expression, others)
    else:
        yield FIELD
