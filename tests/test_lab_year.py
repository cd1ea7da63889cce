"""A year of audits over real hosts: each change with its cause, alerts where due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from auditor.model.changes import Changes, decode_changes
from tests.lab import possible
from tests.lab.pytest_lab import give_up
from tests.lab.year import BOX, FAKETIME, LIS, Year, begun, night

Told = set[tuple[str, ...]]

OPEN_FTP = "sed -i s/^anonymous_enable=.*/anonymous_enable=YES/ /etc/vsftpd.conf"
CLOSE_FTP = "sed -i s/^anonymous_enable=.*/anonymous_enable=NO/ /etc/vsftpd.conf"
RULE = "/etc/sudoers.d/audit"


@dataclass(frozen=True, slots=True)
class Month:
    """What happens before an audit, and what must be said of it.

    A change is `(check, host, kind, cause, …)`; what is `lost` was evaluated before.
    """

    happens: Callable[[Year], None]
    changes: Told
    code: int = 0


def nothing(_: Year) -> None:
    """A month in which all stays as it was."""


def a_new_rule(year: Year) -> None:
    """The house's rule gets stricter, and the FTP server is closed once more."""
    year.rule("FAIL")
    year.on(LIS, CLOSE_FTP)


MONTHS = {
    1: Month(lambda year: year.rule("PASS"), set(), code=1),
    2: Month(nothing, set()),
    3: Month(lambda year: year.on(LIS, CLOSE_FTP), {("ACC-001", LIS, "fixed", "host")}),
    4: Month(
        lambda year: year.waive("SSH-001", 4), {("SSH-001", LIS, "better", "waiver")}
    ),
    5: Month(
        lambda year: year.on(LIS, f"mv {RULE} /root/"),
        {
            ("IDN-013", LIS, "unseen", "privilege"),
            ("SSH-001", LIS, "unseen", "privilege"),
        },
        code=3,
    ),
    6: Month(lambda year: year.on(LIS, f"mv /root/audit {RULE}"), set()),
    7: Month(nothing, {("SSH-001", LIS, "worse", "waiver", "date")}, code=1),
    8: Month(
        lambda year: year.on(LIS, OPEN_FTP),
        {("ACC-001", LIS, "new", "host"), ("EOL-001", LIS, "new", "date")},
        code=1,
    ),
    9: Month(
        lambda year: year.on(LIS, "ip link set eth0 down"),
        {
            (check, LIS, "unseen", "sight")
            for check in ("ACC-001", "EOL-001", "IDN-013", "SSH-001")
        },
        code=3,
    ),
    10: Month(nothing, set(), code=3),
    11: Month(lambda year: year.on(LIS, "ip link set eth0 up"), set()),
    12: Month(
        a_new_rule,
        {
            ("ACC-001", LIS, "fixed", "host"),
            ("X-YEAR-001", LIS, "new", "rule"),
            ("X-YEAR-001", BOX, "new", "rule"),
        },
        code=1,
    ),
}


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit of the year left: its exit code and what it says of changes."""

    code: int
    said: str
    changes: Changes | None


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    if reason := possible.refusal():
        give_up(f"lab not possible: {reason}")
    if not FAKETIME.exists():
        give_up("libfaketime is not installed: apt-get install faketime")
    with begun(tmp_path_factory.mktemp("sinks")) as made:
        yield made


@pytest.fixture(scope="module")
def audits(year: Year) -> dict[int, Audited]:
    """The twelve audits, each after what happened in its month."""
    found = {}
    for number, month in MONTHS.items():
        month.happens(year)
        done = year.audit(number)
        (run,) = year.store.glob(f"{night(number):%Y-%m-%d}*")
        file = run / "changes.json"
        changes = decode_changes(file.read_bytes(), file.name) if number > 1 else None
        found[number] = Audited(done.returncode, done.stderr + done.stdout, changes)
    return found


@pytest.mark.parametrize("number", MONTHS)
def test_each_change_is_told_with_its_cause(
    audits: dict[int, Audited], number: int
) -> None:
    changes = audits[number].changes
    told = {
        (one.check, one.host, one.kind.value, *(cause.value for cause in one.causes))
        for one in (changes.changes if changes else ())
    }
    assert told == MONTHS[number].changes


@pytest.mark.parametrize("number", MONTHS)
def test_a_scheduled_audit_says_worse_by_its_exit_code(
    audits: dict[int, Audited], number: int
) -> None:
    assert audits[number].code == MONTHS[number].code, audits[number].said
