"""Bodies of facts as a broken or hostile host would send them."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from auditor.loading import load_checks
from auditor.model.facts import Fact
from auditor.model.sources import Status
from auditor.store.folder import read_snapshot
from tests.cases import ROOT as CASES
from tests.cases import read_fact

HOSTS = Path(__file__).parent / "hosts"
#: What breaks parsers: numbers that int() refuses or no file holds, digits of other
#: scripts, escapes that are no UTF-8 or no escapes, signs of every syntax, controls.
POISON = (
    *("", "0", "-1", "9" * 25, "9" * 5000, "1e999", "nan", "0x7f", "\u00b2", "\u0663"),
    *(
        "\\xff",
        "\\xc2\\xb2",
        "\\xe2\\x80\\xae",
        "\\x00",
        "\\x0a",
        "\\x09",
        "\\x",
        "\\xzz",
    ),
    *("\x00", "\x1b[31m", "\x07", "\r", "\x85", "\u2028", "\u202e", "\ufeff"),
    *("\t", "\t\t\t", " ", "=", ":", "::", ",", ";", "%", "*", "!", "$", "#", "@", "_"),
    *("[", "[]]", "{", "}", "(", ")", '"', "'", "|", "^", "\\\\", "`", "~", "+", "-"),
    *("/", "/../..", "//", "[::1]:x", "[::", "fe80::%eth0", "0/0", "192.0.2.1/99"),
    *("true", "no", "none", "root", "ALL", "Match", "include", "$6$x$y", "ok\tfile"),
)


@cache
def every_fact() -> tuple[type[Fact], ...]:
    """Each fact that the shipped checks and their facts bring along, by name."""
    load_checks()
    found = {
        kind.__name__: kind
        for kind in _below(Fact)
        # A dataclass with slots leaves the class that it was made from behind.
        if getattr(sys.modules[kind.__module__], kind.__name__, None) is kind
        and kind.__module__.startswith("auditor.facts.")
    }
    return tuple(found[name] for name in sorted(found))


def _below(kind: type[Fact]) -> Iterator[type[Fact]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


@cache
def recorded_bodies(name: str) -> tuple[str, ...]:
    """What real hosts answered for a fact: of whole hosts and of cases, each once."""
    texts = {
        snapshot.facts[name].text
        for snapshot in map(read_snapshot, sorted(HOSTS.glob("*.json")))
        if name in snapshot.facts
    }
    texts |= {read_fact(file).text for file in CASES.glob(f"**/{name}.txt")}
    return tuple(sorted(texts - {""}))


def disturbed(text: str, chance: random.Random) -> str:
    """A body with its lines dropped, doubled, shuffled, cut or poisoned."""
    rows = text.split("\n")
    way = chance.choice((_dropped, _doubled, _shuffled, _cut, _poisoned, _refielded))
    return "\n".join(way(rows, chance))


def _dropped(rows: list[str], chance: random.Random) -> list[str]:
    return [row for row in rows if chance.random() > 0.3]


def _doubled(rows: list[str], chance: random.Random) -> list[str]:
    return [row for row in rows for _ in range(chance.choice((1, 1, 2)))]


def _shuffled(rows: list[str], chance: random.Random) -> list[str]:
    return chance.sample(rows, len(rows))


def _cut(rows: list[str], chance: random.Random) -> list[str]:
    last = chance.randrange(len(rows))
    return [*rows[:last], rows[last][: chance.randrange(len(rows[last]) + 1)]]


def _poisoned(rows: list[str], chance: random.Random) -> list[str]:
    """Something foreign in the middle of some rows."""
    changed = list(rows)
    for n in chance.choices(range(len(rows)), k=5):
        place = chance.randrange(len(changed[n]) + 1)
        poison = chance.choice(POISON)
        changed[n] = changed[n][:place] + poison + changed[n][place:]
    return changed


def _refielded(rows: list[str], chance: random.Random) -> list[str]:
    """Something foreign in the place of a field: what splits the row still does."""
    changed = []
    for row in rows:
        separator = chance.choice(("\t", " ", ":", ",", "="))
        fields = row.split(separator)
        if len(fields) > 1 and chance.random() < 0.5:
            fields[chance.randrange(1, len(fields))] = chance.choice(POISON)
        changed.append(separator.join(fields))
    return changed


def invented_bodies() -> st.SearchStrategy[str]:
    """Bodies in the format, nearly in it, or not at all."""
    words = st.sampled_from(POISON) | st.text(max_size=8)
    text = st.lists(words, max_size=8).map("".join)
    status = st.sampled_from([*Status, "okay", ""])
    kind = st.sampled_from(
        ["file", "command", "search", "value", "alternative", "entry"]
    )
    name = st.sampled_from(["/etc/passwd", "sshd -T", "id ftp", "stat /", ""]) | text
    head = st.tuples(status, kind | text, name, text).map("\t".join)
    line = st.tuples(st.integers(-1, 10**30).map(str) | text, text | _fields(text))
    row = head | head | line.map(lambda pair: f" {pair[0]}\t{pair[1]}") | text
    return st.lists(row, max_size=30).map("\n".join)


def _fields(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(text, max_size=10).map("\t".join)
