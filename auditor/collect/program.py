"""The one POSIX sh program that a host is asked to run, made of the facts' fragments.

The program is a function called on its last line, so that a cut one runs nothing; it
answers with one frame a fact (formats of the answer) and an END line.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shlex
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from msgspec import Struct

from auditor import __version__
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile

#: The pseudo-fact of every answer: tool version, the host's clock, what was asked.
PROGRAM = "Program"


class AskedFact(Struct, frozen=True):
    """A fact as the program asks for it."""

    name: str
    format: int
    parameters: tuple[str, ...]


class Program(Struct, frozen=True):
    """The program for one host.

    `text` holds the digest key, so it is left out of `repr`; `sha256` does not.
    """

    text: str
    nonce: str
    facts: tuple[AskedFact, ...]
    sha256: str
    digest_key_id: str = ""

    def __repr__(self) -> str:
        return f"Program(sha256={self.sha256!r})"


def ordered(facts: Iterable[type[Fact]]) -> tuple[type[Fact], ...]:
    """The facts and those that they need, needed ones first, searches last.

    Among equals by name, so that the same checks give the same program.
    """
    done: dict[type[Fact], None] = {}

    def visit(fact: type[Fact]) -> None:
        for needed in sorted(fact.after, key=lambda kind: kind.__name__):
            visit(needed)
        done.setdefault(fact)

    for fact in sorted(facts, key=lambda kind: (kind.searches, kind.__name__)):
        visit(fact)
    return tuple(done)


def assemble(
    facts: Iterable[type[Fact]],
    host: Host,
    manifests: Manifests,
    profile: Profile,
    *,
    digest_key: str = "",
) -> Program:
    """Write the program for one host.

    `digest_key` is the run's key for comparing password fields; without one, and with
    the same nonce, the text is what `collect --print-program` shows.
    """
    chosen = [fact for fact in ordered(facts) if fact.fragment]
    asked = tuple(
        AskedFact(fact.__name__, fact.format, fact.parameters(host, manifests, profile))
        for fact in chosen
    )
    nonce = secrets.token_hex(16)
    body = _body(chosen, asked)
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    head = f"main() {{\nset -u\numask 077\nexport LC_ALL=C\nN={nonce}\n"
    key = f"KEY={shlex.quote(digest_key)}\n"
    key_id = hashlib.sha256(digest_key.encode()).hexdigest()[:16] if digest_key else ""
    text = f"{head}{key}{body}}}\nmain 3<&0 </dev/null; exit\n"
    return Program(text, nonce, asked, sha256, key_id)


def _body(facts: list[type[Fact]], asked: tuple[AskedFact, ...]) -> str:
    needed = {below for fact in facts for below in fact.after}
    preamble = _preamble()
    fragments = "\n".join(fact.fragment for fact in facts)
    parts = [preamble, _reducers(fragments), _bodies(needed), _program_fact(asked)]
    for fact, ask in zip(facts, asked, strict=True):
        parts.append(f"fact_{ask.name}() {{\n{fact.fragment.strip()}\n}}\n")
        parts.append(_call(ask))
        if fact in needed:
            parts.append(f"BODY_{ask.name}=$body\n")
    parts.append('printf \'@%s END %s\\n\' "$N" "$frames"\n')
    return "".join(parts)


@cache
def _preamble() -> str:
    return files("auditor.collect").joinpath("preamble.sh").read_text("utf-8")


@cache
def _awk() -> dict[str, str]:
    """Every reducer by name, without its comments."""
    folder = files("auditor.collect").joinpath("reducers")
    found = sorted(e.name for e in folder.iterdir() if e.name.endswith(".awk"))
    return {
        name.removesuffix(".awk"): _without_comments(
            folder.joinpath(name).read_text("utf-8")
        )
        for name in found
    }


def _reducers(fragments: str) -> str:
    """`reducer NAME`, knowing the reducers whose names stand in the fragments."""
    cases = [
        f"{name}) r_awk={shlex.quote(text)} ;;\n"
        for name, text in _awk().items()
        if re.search(rf"\b{name}\b", fragments)
    ]
    return f"reducer() {{\ncase $1 in\n{''.join(cases)}*) return 5 ;;\nesac\n}}\n"


def _bodies(needed: set[type[Fact]]) -> str:
    """`body_of NAME`, knowing the facts that other facts need."""
    names = sorted(fact.__name__ for fact in needed)
    cases = "".join(f"{name}) printf '%s' \"$BODY_{name}\" ;;\n" for name in names)
    return f"body_of() {{\ncase $1 in\n{cases}*) return 5 ;;\nesac\n}}\n"


def _without_comments(awk: str) -> str:
    return "".join(
        line for line in awk.splitlines(keepends=True) if not line.startswith("#")
    )


def _call(ask: AskedFact) -> str:
    words = "".join(f" {shlex.quote(word)}" for word in ask.parameters)
    return f"frame {ask.name} {ask.format} fact_{ask.name}{words}\n"


def _program_fact(asked: tuple[AskedFact, ...]) -> str:
    names = " ".join(f"{ask.name}:{ask.format}" for ask in asked)
    return (
        f"fact_{PROGRAM}() {{\n"
        f"source_value tool {__version__}\n"
        'source_value clock "$(date +%s)"\n'
        'source_value uid "$uid"\n'
        f"source_value facts '{names}'\n"
        "}\n"
        f"frame {PROGRAM} 1 fact_{PROGRAM}\n"
    )
