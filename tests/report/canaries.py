"""The recorded hosts' run with a mark in every string that came from outside.

A mark is found again in whatever a format makes of it: escaped for HTML, JSON or a URL,
in base64 or hexadecimal, in names of files.
"""

from __future__ import annotations

import base64
import html
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from urllib.parse import unquote

from msgspec import Struct, structs

from auditor.cli.request import Options
from auditor.cli.scope import read_scope
from auditor.evaluate.run import evaluate
from auditor.loading import load_checks
from auditor.model.check import Sidecar
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.report.formats import Material
from tests.test_hosts import HOSTS, snapshots

MARK = re.compile(r"kx[0-9]{5}z")
PEOPLE = ("account", "person")

#: Closed words and what is ours: nothing that came from a host or a client.
OURS = {
    "Run": {"schema", "checks"},
    "RunInfo": {
        *("id", "language", "timezone", "tool", "rules_sha256", "profile_sha256"),
        *("frameworks", "profile"),
    },
    "HostInfo": {"zone", "privilege"},
    "FindingRecord": {"check", "message"},
    "SubjectRecord": {"kind"},
    "WaiverInfo": {"check"},
    "AttestationInfo": {"subject"},
}
#: Names by which parts of a run are found again: never changed word by word.
NAMES = {("HostInfo", "name"), ("FindingRecord", "host"), ("HostInfo", "group")}
NAMES |= {("WaiverInfo", "hosts"), ("AttestationInfo", "hosts")}


@cache
def recorded() -> Run:
    """The run of the recorded hosts, with everything in it."""
    scope, _ = read_scope(Options(HOSTS / "inventory.toml"))
    return evaluate(snapshots(), scope)


@cache
def texts() -> Mapping[str, Sidecar]:
    """The texts of the shipped checks."""
    return {check.id: check.sidecar for check in load_checks()}


def material(run: Run, language: str = "fr") -> Material:
    """What every format is made from."""
    return Material(run, texts(), load_frameworks(), language)


class Canaries:
    """A mark for every distinct string; people's names also inside other strings."""

    def __init__(self, run: Run) -> None:
        self.marks: dict[str, str] = {}
        names = set(_people(run))
        longest = sorted((n for n in names if n), key=len, reverse=True)
        known = "|".join(map(re.escape, longest))
        self._names = re.compile(rf"(?<![A-Za-z0-9_])(?:{known})(?![A-Za-z0-9_])")
        self.run: Run = self._marked(run, "", "")

    def of(self, text: str) -> str:
        """The mark of a string of the run."""
        return self.marks.setdefault(text, f"kx{len(self.marks):05}z")

    def _name(self, text: str) -> str:
        return self._names.sub(lambda name: name[0] + self.of(name[0]), text)

    def _marked(self, value: object, owner: str, field: str, person: bool = False):  # type: ignore[no-untyped-def]
        if type(value) is str:
            named = value if (owner, field) in NAMES else self._name(value)
            if not value or (person and named != value):
                return named
            return f"{named}~{self.of(f'all of {value}')}"
        if isinstance(value, tuple):
            return tuple(self._marked(one, owner, field) for one in value)
        if isinstance(value, Mapping):
            keep = owner == "FindingRecord"  # keys of messages
            return {
                key if keep else self._marked(key, "HostInfo", "group"): (
                    self._marked(below, owner, field)
                )
                for key, below in value.items()
            }
        if not isinstance(value, Struct):
            return value
        name = type(value).__name__
        person = getattr(value, "kind", None) in PEOPLE
        kept = OURS.get(name, set())
        return structs.replace(
            value,
            **{
                one: self._marked(getattr(value, one), name, one, person)
                for one in value.__struct_fields__
                if one not in kept
            },
        )


def _people(run: Run) -> Iterator[str]:
    for finding in run.findings:
        shown = [(str(v.kind), str(v.value)) for v in finding.values.values()]
        shown += [(v.kind, v.value) for one in finding.evidence for v in one.values]
        shown.append((finding.subject.kind, finding.subject.name))
        for kind, name in shown:
            if kind == "account":
                yield from re.split(r"[,;\s]+", name)
            elif kind == "person":
                yield name


def marks_in(output: bytes | Mapping[str, bytes]) -> set[str]:
    """Every mark in what a format wrote, names of files included, however encoded."""
    if not isinstance(output, bytes):
        return {
            mark
            for name, data in output.items()
            for mark in marks_in(str(name).encode()) | marks_in(data)
        }
    return {mark for text in _readings(output) for mark in MARK.findall(text)}


def _readings(output: bytes) -> Iterator[str]:
    text = output.decode("utf-8", "replace")
    yield from (text, html.unescape(text), unquote(text), _unescaped(text))
    for run in set(re.findall(r"[A-Za-z0-9+/_-]{16,}", text)):
        yield from _decoded(run)
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", output, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(stream).decode("latin-1")


def _unescaped(text: str) -> str:
    r"""``\u006b`` of JSON, ``\6b `` of CSS, ``_6b`` of ids."""
    short = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"(?:\\|_)([0-9a-f]{2}) ?", lambda m: chr(int(m[1], 16)), short)


def _decoded(run: str) -> Iterator[str]:
    plain = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = plain[start:]
        part = part[:-1] if len(part) % 4 == 1 else part
        padded = part + "=" * (-len(part) % 4)
        yield base64.b64decode(padded).decode("latin-1")
    for start in range(2):
        part = run[start:]
        with suppress(ValueError):
            yield bytes.fromhex(part[: len(part) // 2 * 2]).decode("latin-1")
