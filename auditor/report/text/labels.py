"""The report's words, numbers and dates in one language.

Words come from ``templates/labels.<language>.toml``; Babel groups numbers, chooses
plurals and writes dates. French: thousands by U+202F, U+00A0 before %, « 1er ».
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from msgspec import Struct

#: The languages that a report can be written in, and the locale of each.
LOCALES = {"en": "en_GB", "fr": "fr_FR"}

#: A field of a label or message: ``{name}``.
FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")

#: Words that agree with a number: ``{count:file|files}``, the singular first.
AGREEING = re.compile(r"\{([a-z_][a-z0-9_]*):([^{}|]*)\|([^{}|]*)\}")
_DATES = {"en": "d MMMM y", "fr": "d MMMM y"}
_TIMES = {"en": "{0:%H:%M}", "fr": "{0.hour}\u00a0h\u00a0{0:%M}"}


class Labels(Struct, frozen=True):
    """Labels by dotted key; an unknown key is a KeyError, never an empty word."""

    language: str
    timezone: str
    entries: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The label, its ``{fields}`` filled."""
        return fill(self.entries[key], values)

    def count(self, key: str, n: int, /, **values: object) -> str:
        """The label in the plural form that `n` asks for; ``{n}`` is the number."""
        form = self.locale.plural_form(n)
        label = self.entries.get(f"{key}.{form}") or self.entries[f"{key}.other"]
        return fill(label, {"n": self.number(n), **values})

    def agreed(self, message: str, values: Mapping[str, object]) -> str:
        """The message, its ``{count:file|files}`` as the value of `count` asks for.

        What is no whole number (a range, of a run that was handed over) is a plural.
        """

        def chosen(found: re.Match[str]) -> str:
            n = values.get(found[1])
            one = isinstance(n, int) and self.locale.plural_form(n) == "one"
            return found[2] if one else found[3]

        return AGREEING.sub(chosen, message)

    def word(self, key: str, default: str) -> str:
        """The label, or `default` for what a third party added."""
        return self.entries.get(key, default)

    @property
    def locale(self) -> Locale:
        """Babel's locale."""
        return _locale(self.language)

    def number(self, n: int | float) -> str:
        """``491 840`` or ``491,840``."""
        return _number(self.language, n)

    def percent(self, share: float) -> str:
        """A share as whole per cent, never rounded up to something not reached."""
        gap = "\u00a0" if self.language == "fr" else ""
        return f"{math.floor(share * 100 + 1e-9)}{gap}%"

    def size(self, count: int) -> str:
        """Bytes in binary units: ``1,5 Mio`` or ``1.5 MiB``."""
        units = self.entries["unit.bytes"].split()
        power = min(len(units) - 1, max(0, (count.bit_length() - 1) // 10))
        amount = round(count / 1024**power, 1)
        return f"{self.number(amount)}\u00a0{units[power]}"

    def date(self, day: date) -> str:
        """``1er novembre 2026`` or ``1 November 2026``."""
        text = format_date(day, _DATES[self.language], locale=self.locale)
        if self.language == "fr" and day.day == 1:
            text = text.replace("1", "1er", 1)
        return text.replace(" ", "\u00a0", 1)

    def local(self, instant: datetime) -> datetime:
        """The instant in the engagement's time zone."""
        return instant.astimezone(ZoneInfo(self.timezone))

    def day(self, instant: datetime) -> str:
        """The local date of an instant."""
        return self.date(self.local(instant).date())

    def time(self, instant: datetime) -> str:
        """The local time of an instant."""
        return _TIMES[self.language].format(self.local(instant))

    def instant(self, instant: datetime) -> str:
        """Local date and time."""
        return self("instant", day=self.day(instant), time=self.time(instant))

    def join(self, words: list[str], most: int = 4) -> str:
        """``a, b et c``; beyond `most` the rest as a number."""
        if len(words) > most:
            rest = self.count("and_more", len(words) - most)
            return f"{', '.join(words[:most])} {rest}"
        if len(words) < 2:
            return "".join(words)
        return self("and", first=", ".join(words[:-1]), last=words[-1])


def fill(template: str, values: Mapping[str, object]) -> str:
    """Fill ``{name}`` by plain replacement; what has no value stays as written.

    Not str.format: a third party's text could reach into objects with it.
    """
    return FIELD.sub(lambda m: str(values.get(m[1], m[0])), template)


def load_labels(language: str, timezone: str = "UTC") -> Labels:
    """The labels of a language; raises KeyError for one that is not shipped."""
    return Labels(language, timezone, _entries(language))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


@lru_cache(maxsize=4096)
def _number(language: str, n: int | float) -> str:
    return format_decimal(n, locale=_locale(language))


@cache
def _entries(language: str) -> Mapping[str, str]:
    if language not in LOCALES:
        raise KeyError(language)
    file = resources.files("auditor.templates").joinpath(f"labels.{language}.toml")
    return dict(flat(tomllib.loads(file.read_text("utf-8")), ""))


def flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    """The texts of nested tables by dotted key."""
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            rows += flat(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, value))
    return rows
