"""What a command was asked for: its options, read and checked."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from auditor.cli.options import FailOn, Language, Redact
from auditor.errors import AuditorError, ConfigurationError, Problem


class Options(Struct, frozen=True):
    """The options that say what is audited and how it is judged.

    `stored` says that the inventory is a run's own, whose profile may be of another
    version of the tool. `out` and `sign_key` go before what `[store]` says;
    `identities` open encrypted snapshots.
    """

    inventory: Path
    limit: str | None = None
    check: Sequence[str] = ()
    checks: Sequence[Path] = ()
    lang: Language | None = None
    as_of: str | None = None
    fail_on: FailOn = FailOn.LOW
    min_coverage: float = 0.0
    stored: bool = False
    out: Path | None = None
    sign_key: Path | None = None
    identities: Sequence[Path] = ()


class How(Struct, frozen=True):
    """How a command collects; `plain` draws nothing, whatever stderr is.

    `alert` tells people afterwards what got worse.
    """

    answers: Mapping[str, Path] = field(default_factory=dict)
    jobs: int | None = None
    no_input: bool = False
    color: str = "auto"
    plain: bool = False
    alert: bool = False


class HandOver(Struct, frozen=True):
    """For whom the result is written, and as whose; `templates` is a folder."""

    redact: Redact = Redact.R0
    key: Path | None = None
    brand: Path | None = None
    templates: Path | None = None


class Delivery(Struct, frozen=True):
    """What is made of a run: its formats, in which language, compared with what.

    Without `lang` it is the run's own language. `folders` are those of third-party
    checks, whose texts the report needs; `since` are earlier runs.
    """

    formats: Sequence[str] = ()
    lang: Language | None = None
    folders: Sequence[Path] = ()
    since: Sequence[Path] = ()
    color: str = "auto"
    over: HandOver = HandOver()


class Output(Struct, frozen=True):
    """One `-f FORMAT:PATH`; the path is None for standard output."""

    format: str
    path: Path | None

    def write(self, data: bytes) -> None:
        """Write it, a file whole or not at all; raises OSError."""
        from auditor.store.documents import write_document

        if self.path is None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            write_document(self.path, data)


def outputs(formats: Sequence[str], known: list[str]) -> tuple[Output, ...]:
    """Read the `-f` options; raises AuditorError naming the wrong one."""
    from auditor.report.formats import need

    found = []
    for text in formats:
        name, colon, path = text.partition(":")
        if not colon or not path or name not in known:
            choice = " or ".join(f"{name}:PATH" for name in known)
            raise AuditorError(f"-f {text}: expected {choice}")
        need(name)
        found.append(Output(name, None if path == "-" else Path(path)))
    if sum(output.path is None for output in found) > 1:
        raise AuditorError("-f: only one format can go to standard output")
    for output in found:
        if output.path is not None and not output.path.parent.is_dir():
            raise AuditorError(f"-f {output.path}: no such folder")
    return tuple(found)


def instant(text: str | None, timezone: str) -> datetime | None:
    """Read `--as-of`: a day means its noon there; raises AuditorError."""
    if text is None:
        return None
    zone = ZoneInfo(timezone)
    try:
        if "T" not in text:
            return datetime.combine(date.fromisoformat(text), time(12), zone)
        found = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"--as-of {text}: expected a day such as 2026-11-25, or an instant"
        raise AuditorError(message) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def answers(texts: list[str] | None) -> dict[str, Path]:
    """Read the `--answer HOST=FILE` options; raises ConfigurationError."""
    found = {}
    for text in texts or []:
        host, equals, file = text.partition("=")
        if not equals or not Path(file).is_file():
            message = "expected HOST=FILE with a file that exists"
            raise ConfigurationError([Problem(f"--answer {text}", message)])
        found[host] = Path(file)
    return found
