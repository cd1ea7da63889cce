"""A file of /etc/cron.d (crontab(5), Debian's cron and cronie)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from auditor.errors import AuditorError
from auditor.schedule.plan import Plan

MARK = "# Written by 'auditor schedule'; install it again to change it."

FOLDER = Path("etc/cron.d")

_SPRING = ("jan", "feb", "mar", "apr", "may", "jun")
_MONTHS = (*_SPRING, "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
#: What each field may hold: its name, the least, the greatest, words instead.
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
)
_SHORT = ("@monthly", "@weekly", "@daily", "@midnight")
_PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d?))?", re.ASCII)


def cron_file(plan: Plan, when: str, mail: str) -> dict[Path, str]:
    """The file by its path below the root; raises AuditorError for `when`."""
    lines = [
        MARK,
        f"# Removed by: auditor schedule remove cron --name {plan.name}",
        "SHELL=/bin/sh",
        f"MAILTO={mail}",
        f"{checked(when)} {plan.user} {command(plan)}",
        "",
    ]
    return {FOLDER / plan.name: "\n".join(lines)}


def command(plan: Plan) -> str:
    """The command of the line: cron mails what it prints, which is nothing after 0.

    cron ends the command at a `%` that is not escaped. The store has its own lock.
    """
    program, file = shlex.quote(str(plan.program)), shlex.quote(str(plan.file))
    options = "".join(f" {shlex.quote(word)}" for word in plan.options)
    limited = f"nice -n 10 timeout -k 300 {plan.minutes * 60}"
    ping = f"{program} ping -i {file} -o {shlex.quote(str(plan.store))}"
    told = f' {ping} --code "$code";' if plan.inventory.heartbeat else ""
    text = (
        f"cd {shlex.quote(str(plan.inventory.folder))} || exit 2; umask 077;"
        f" said=$({limited} {program} run --scheduled -i {file}{options} 2>&1) ||"
        f' {{ code=$?; printf "%s\\n" "$said";{told} exit "$code"; }}'
    )
    return text.replace("%", "\\%")


def checked(when: str) -> str:
    """The five fields, one blank between; raises AuditorError naming the wrong one.

    cron itself says nothing of a file that it can't read.
    """
    if when in _SHORT:
        return when
    fields = when.split()
    if len(fields) != len(_FIELDS):
        due = ", ".join(name for name, *_ in _FIELDS)
        message = f"five fields are due ({due}), or one of {', '.join(_SHORT)}"
        raise AuditorError(f"--when {when!r}: {message}")
    for text, (name, least, greatest, words) in zip(fields, _FIELDS, strict=True):
        if not all(_fits(part, least, greatest, words) for part in text.split(",")):
            raise AuditorError(f"--when {when!r}: {text!r} is no {name}")
    return " ".join(fields)


def _fits(part: str, least: int, greatest: int, words: tuple[str, ...]) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return False
    named = {word: number + least for number, word in enumerate(words)}
    ends = [
        named.get(end.casefold(), int(end) if end.isdecimal() else -1)
        for end in (found[1], found[2])
        if end is not None
    ]
    return ends == sorted(ends) and all(least <= end <= greatest for end in ends)
