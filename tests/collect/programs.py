"""Tiny programs that answer as the real one does."""

from __future__ import annotations

import secrets

from auditor.collect.program import AskedFact, Program

BODY = "ok\tvalue\tword\t-\n 1\thello\n"


def program(body: str, *facts: str, nonce: str | None = None) -> Program:
    """A program of these facts; `frame NAME` in its sh text answers one of them."""
    nonce = nonce or secrets.token_hex(16)
    text = (
        "main() {\n"
        f"N={nonce} frames=0\n"
        "frame() { frames=$((frames + 1));"
        ' printf \'@%s FACT %s 1 %s -\\n%s\\n\' "$N" "$1" "${#2}" "$2"; }\n'
        f"{body}\n"
        'printf \'@%s END %s\\n\' "$N" "$frames"\n'
        "}\nmain 3<&0 </dev/null; exit\n"
    )
    asked = tuple(AskedFact(name, 1, ()) for name in facts)
    return Program(text, nonce, asked, "0" * 64)


def hello(*extra: str) -> Program:
    """Two facts, `Hello` and `Who`; further lines of sh run between them."""
    newline = "\n"
    return program(
        "t='\t'\n"
        'frame Hello "ok${t}value${t}word${t}-\n 1${t}hello\n"\n'
        f"{newline.join(extra)}\n"
        'frame Who "ok${t}value${t}uid${t}-\n 1${t}$(id -u)\n"',
        "Hello",
        "Who",
    )
