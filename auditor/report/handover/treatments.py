"""What becomes of a value at each hand-over level: kept, told otherwise, or removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from auditor.model.run import Level
from auditor.model.sources import ValueKind
from auditor.report.handover.renaming import REMOVED, Renaming, Treatment

#: What becomes of a field or kind at R1, R2 and R3; None removes it.
Held = tuple[Treatment | None, Treatment | None, Treatment | None]


def keep(value: Any, _: Renaming) -> Any:
    return value


def emptied(_: Any, __: Renaming) -> str:
    return ""


def scrubbed(value: str, names: Renaming) -> str:
    return names.scrubbed(value)


def scrubbed_if_there(value: str | None, names: Renaming) -> str | None:
    return None if value is None else names.scrubbed(value)


def removed_if_there(value: str | None, _: Renaming) -> str | None:
    """Whether something was there is told, not what."""
    return None if value is None else REMOVED


def renamed_hosts(hosts: tuple[str, ...], names: Renaming) -> tuple[str, ...]:
    """Hosts of the run; in the order of their new names, which tells nothing."""
    return tuple(sorted(names.hosts.get(host, REMOVED) for host in hosts))


def always(treatment: Treatment) -> Held:
    return treatment, treatment, treatment


def inside(treatment: Treatment) -> Held:
    """For people of the client: R1 and R2."""
    return treatment, treatment, None


def technical(treatment: Treatment) -> Held:
    """For technicians: R1."""
    return treatment, None, None


ALL: Final = always(keep)
INSIDE: Final = inside(keep)
TECHNICAL: Final = technical(keep)

#: A value by its kind, in messages and evidence.
KINDS: Mapping[ValueKind, Held] = {
    ValueKind.ACCOUNT: technical(lambda value, names: names.accounts(value)),
    ValueKind.PERSON: technical(lambda value, names: names.person(value)),
    ValueKind.PATH: technical(scrubbed),
    ValueKind.ADDRESS: technical(scrubbed),
    ValueKind.HOSTNAME: technical(scrubbed),
    ValueKind.PORT: TECHNICAL,
    ValueKind.SERVICE: technical(scrubbed),
    ValueKind.PACKAGE: technical(scrubbed),
    ValueKind.VERSION: technical(scrubbed),
    ValueKind.SETTING: technical(scrubbed),
    ValueKind.OPTION: technical(scrubbed),
    ValueKind.FINGERPRINT: TECHNICAL,
    ValueKind.MODE: TECHNICAL,
    ValueKind.WORD: technical(scrubbed),
    ValueKind.COUNT: INSIDE,
    ValueKind.SIZE: INSIDE,
    # The day on which support ends names a version.
    ValueKind.TIME: TECHNICAL,
    ValueKind.DURATION: INSIDE,
}


def at(held: Held | None, level: Level) -> Treatment | None:
    if held is None:
        return None
    return held[(Level.R1, Level.R2, Level.R3).index(level)]
