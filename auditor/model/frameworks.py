"""Frameworks and their requirements: what checks are mapped to, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Struct, ValidationError, convert

from auditor.errors import ConfigurationError, Problem

Text = Annotated[str, Meta(pattern=r"\S")]


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in both languages."""

    en: Text
    fr: Text

    def __getitem__(self, language: str) -> str:
        """The words in `en` or `fr`; KeyError for another language."""
        return {"en": self.en, "fr": self.fr}[language]


class Requirement(Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a framework; `id` is the framework's own identifier, verbatim.

    A failing of SAN-2022-009 has more: `question` asks whether a fleet does better,
    `article` is the id of the requirement it was judged by, and `checks` are the ids of
    the checks that answer it, the most telling first. A fail of one of `suspicions`
    proves nothing by itself: it leaves the question open.
    """

    id: Text
    text: Wording
    question: Wording | None = None
    article: Text | None = None
    checks: tuple[Text, ...] = ()
    suspicions: tuple[Text, ...] = ()


class Framework(Struct, frozen=True, forbid_unknown_fields=True):
    """A text that checks are mapped to; `claim` is all that a mapping may say.

    `source` names the published text, `requirement` holds what checks are mapped to,
    not the whole text; `listed` says of which parts it also holds what no check is
    mapped to, so that a report can name it.
    """

    id: Text
    version: Text
    source: Wording
    title: Wording
    claim: Wording
    requirement: tuple[Requirement, ...]
    listed: Wording | None = None

    @property
    def requirements(self) -> Mapping[str, Requirement]:
        """`gdpr:Art. 29` -> requirement, in the order of the framework."""
        return MappingProxyType({f"{self.id}:{r.id}": r for r in self.requirement})


@cache
def load_frameworks() -> Mapping[str, Framework]:
    """Every packaged framework by its id.

    Raises ConfigurationError when one of the files is not of this module's shape, or
    names an identifier twice.
    """
    folder = files("auditor.frameworks")
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    frameworks = (
        read_framework(entry.name, entry.read_text("utf-8")) for entry in found
    )
    return MappingProxyType({framework.id: framework for framework in frameworks})


@cache
def find_requirement(requirement_id: str) -> Requirement:
    """The requirement of an id such as `gdpr:Art. 32(1)(b)`; KeyError if unknown."""
    framework, _, _ = requirement_id.partition(":")
    return load_frameworks()[framework].requirements[requirement_id]


def read_framework(name: str, text: str) -> Framework:
    """The framework that the TOML of the file of that name holds.

    Raises ConfigurationError with the first mistake of the file's shape, or with all
    of its contradictions.
    """
    try:
        framework = convert(tomllib.loads(text), Framework)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ConfigurationError([Problem(name, str(error))]) from None
    if problems := list(_contradictions(name, framework)):
        raise ConfigurationError(problems)
    return framework


def _contradictions(name: str, framework: Framework) -> list[Problem]:
    problems = []
    if name != f"{framework.id}.toml":
        problems.append(Problem(name, f"holds the framework {framework.id}", key="id"))
    seen: set[str] = set()
    for requirement in framework.requirement:
        if requirement.id in seen:
            problems.append(Problem(name, f"{requirement.id} stands here twice"))
        seen.add(requirement.id)
    return problems
