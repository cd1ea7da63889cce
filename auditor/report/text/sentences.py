"""Sentences about findings, made of a check's texts and of values from targets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from auditor.model.check import Sidecar, Texts
from auditor.model.findings import Verdict
from auditor.model.run import CheckInfo, FindingRecord, ValueRecord
from auditor.model.sources import ValueKind
from auditor.report.text.details import pieces
from auditor.report.text.labels import FIELD, Labels, fill

_CODE = re.compile(r"`([^`]+)`")
_SPACES = (
    (re.compile(r" (?=[;!?](?:\s|$))"), "\u202f"),
    (re.compile(r" (?=[:»%](?:\W|$))"), "\u00a0"),
    (re.compile(r"(?<=«) "), "\u00a0"),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), "\u202f"),
)

#: Kinds that are read as part of a sentence; the others are shown as code.
_PROSE = frozenset(
    {
        ValueKind.COUNT,
        ValueKind.SIZE,
        ValueKind.TIME,
        ValueKind.DURATION,
        ValueKind.WORD,
        ValueKind.PERSON,
    }
)


class Part(Struct, frozen=True):
    """A stretch of a sentence; `code` marks what is written in no human language."""

    text: str
    code: bool = False


Sentence = tuple[Part, ...]


class Speaker(Struct, frozen=True):
    """Says what findings mean, in the language of its labels."""

    labels: Labels
    sidecars: Mapping[str, Sidecar]

    def texts(self, check: str) -> Texts | None:
        """A check's texts; None when its sidecar is not at hand."""
        sidecar = self.sidecars.get(check)
        return sidecar.texts.get(self.labels.language) if sidecar else None

    def title(self, check: CheckInfo) -> str:
        """A check's title, from its sidecar, else from the run."""
        texts = self.texts(check.id)
        title = texts.title if texts else check.title.get(self.labels.language)
        return self.spaced(title or check.name)

    def system(self, name: str, among: Collection[str]) -> str:
        """What a fix is for; beside others, one for `any` is for the rest."""
        rest = name == "any" and len(among) > 1
        return self.labels.word("system.rest" if rest else f"system.{name}", name)

    def spaced(self, text: str) -> str:
        """French text with the no-break spaces that its punctuation asks for."""
        if self.labels.language == "fr":
            for pattern, space in _SPACES:
                text = pattern.sub(space, text)
        return text

    def prose(self, text: str) -> Sentence:
        """A text of ours; what stands between backticks is code."""
        parts = _CODE.split(text)
        return tuple(
            Part(part if odd else self.spaced(part), code=bool(odd))
            for at, part in enumerate(parts)
            if (odd := at % 2) or part
        )

    def sentence(self, finding: FindingRecord) -> Sentence:
        """What a finding says: its message filled, or why it says nothing."""
        if finding.verdict is Verdict.UNKNOWN:
            return self._unknown(finding)
        texts = self.texts(finding.check)
        message = texts.messages.get(finding.message) if texts else None
        if message is None:
            message = self.labels.word(f"message.{finding.message}", finding.message)
        numbers = {key: value.value for key, value in finding.values.items()}
        return tuple(self._filled(self.labels.agreed(message, numbers), finding.values))

    def reason(self, finding: FindingRecord) -> str:
        """Why a finding is UNKNOWN, in words."""
        return self.labels(f"reason.{finding.reason}") if finding.reason else ""

    def detail(self, detail: str) -> Sentence:
        """A detail of a host or finding; as one piece of code where it is data."""
        told = pieces(self.labels.language, detail)
        return tuple(Part(text, code=code) for text, code in told)

    def value(self, value: ValueRecord) -> str:
        """A value as a reader of the language writes it."""
        raw = value.value
        if isinstance(raw, int):
            if value.kind is ValueKind.SIZE:
                return self.labels.size(raw)
            return str(raw) if value.kind is ValueKind.PORT else self.labels.number(raw)
        if value.kind is ValueKind.TIME:
            return self._time(raw)
        return raw

    def _unknown(self, finding: FindingRecord) -> Sentence:
        parts = [Part(self.reason(finding))]
        if finding.detail:
            parts.append(Part(self.labels("colon")))
            parts += self.detail(finding.detail)
        return tuple(parts)

    def _filled(
        self, message: str, values: Mapping[str, ValueRecord]
    ) -> Iterable[Part]:
        for span in self.prose(message):
            if span.code:
                shown = {key: self.value(value) for key, value in values.items()}
                yield Part(fill(span.text, shown), code=True)
            else:
                yield from self._filled_prose(span.text, values)

    def _filled_prose(
        self, text: str, values: Mapping[str, ValueRecord]
    ) -> Iterable[Part]:
        for at, part in enumerate(FIELD.split(text)):
            if at % 2 == 0:
                if part:
                    yield Part(part)
            elif part in values:
                code = values[part].kind not in _PROSE
                yield Part(self.value(values[part]), code=code)
            else:
                yield Part(f"{{{part}}}", code=True)

    def _time(self, raw: str) -> str:
        try:
            if len(raw) == len("2026-11-25"):
                return self.labels.date(date.fromisoformat(raw))
            instant = datetime.fromisoformat(raw)
        except ValueError:
            return raw
        return raw if instant.tzinfo is None else self.labels.instant(instant)


def plain(sentence: Sentence) -> str:
    """A sentence as bare text, for drawings and terminals."""
    return "".join(part.text for part in sentence)
