"""A year of audits over real hosts: each change with its cause, alerts where due."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

import pytest

from auditor.model.changes import Changes, decode_changes
from auditor.report.text.labels import load_labels
from tests.lab import possible
from tests.lab.pytest_lab import give_up
from tests.lab.year import BOX, LIS, Year, begun, night
from tests.report.page import Page

Told = set[tuple[str, ...]]

OPEN_FTP = "sed -i s/^anonymous_enable=.*/anonymous_enable=YES/ /etc/vsftpd.conf"
CLOSE_FTP = "sed -i s/^anonymous_enable=.*/anonymous_enable=NO/ /etc/vsftpd.conf"
RULE = "/etc/sudoers.d/audit"


@dataclass(frozen=True, slots=True)
class Month:
    """What happens before an audit, and what must be said of it.

    A change is `(check, host, kind, cause, …)`; an alert is the end of its subject.
    """

    happens: Callable[[Year], None]
    changes: Told
    code: int = 0
    alert: str | None = None


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
        alert="2 checks no longer evaluated",
    ),
    6: Month(
        lambda year: year.on(LIS, f"mv /root/audit {RULE}"),
        set(),
        alert="1 end near or past",
    ),
    7: Month(
        nothing,
        {("SSH-001", LIS, "worse", "waiver", "date")},
        code=1,
        alert="1 check fails, 1 end near or past",
    ),
    8: Month(
        lambda year: year.on(LIS, OPEN_FTP),
        {("ACC-001", LIS, "new", "host"), ("EOL-001", LIS, "new", "date")},
        code=1,
        alert="2 checks fail",
    ),
    9: Month(
        lambda year: year.on(LIS, "ip link set eth0 down"),
        {
            (check, LIS, "unseen", "sight")
            for check in ("ACC-001", "EOL-001", "IDN-013", "SSH-001")
        },
        code=3,
    ),
    10: Month(nothing, set(), code=3, alert="1 host not audited"),
    11: Month(lambda year: year.on(LIS, "ip link set eth0 up"), set()),
    12: Month(
        a_new_rule,
        {
            ("ACC-001", LIS, "fixed", "host"),
            ("X-YEAR-001", LIS, "new", "rule"),
            ("X-YEAR-001", BOX, "new", "rule"),
        },
        code=1,
        alert="2 checks fail",
    ),
}


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit of the year left: its exit code, changes, alerts and heartbeats."""

    code: int
    said: str
    changes: Changes | None
    mails: list[bytes]
    posted: list[bytes]
    beats: list[bytes]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    if reason := possible.refusal():
        give_up(f"lab not possible: {reason}")
    with begun(tmp_path_factory.mktemp("sinks")) as made:
        yield made


@pytest.fixture(scope="module")
def audits(year: Year) -> dict[int, Audited]:
    """The twelve audits, each after what happened in its month."""
    found: dict[int, Audited] = {}
    for number, month in MONTHS.items():
        month.happens(year)
        known = {kind: len(year.arrived(kind)) for kind in ("mail", "alert", "beat")}
        done = year.audit(number, "-f", f"html:{year.report}")
        (run,) = year.store.glob(f"{night(number):%Y-%m-%d}*")
        file = run / "changes.json"
        found[number] = Audited(
            done.returncode,
            done.stderr + done.stdout,
            decode_changes(file.read_bytes(), file.name) if number > 1 else None,
            year.arrived("mail")[known["mail"] :],
            year.arrived("alert")[known["alert"] :],
            year.arrived("beat")[known["beat"] :],
        )
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


@pytest.mark.parametrize("number", MONTHS)
def test_an_alert_is_mailed_and_posted_where_one_is_due_and_nowhere_else(
    audits: dict[int, Audited], number: int
) -> None:
    mails = [message_from_bytes(mail)["Subject"] for mail in audits[number].mails]
    posted = [json.loads(body)["title"] for body in audits[number].posted]
    client = "Audit of Groupe de laboratoires Exemple: "
    due = MONTHS[number].alert
    assert mails == ([] if due is None else [client + due])
    assert [" ".join(title.split()) for title in posted] == mails


@pytest.mark.parametrize("number", MONTHS)
def test_every_audit_sends_one_heartbeat(
    audits: dict[int, Audited], number: int
) -> None:
    (beat,) = map(json.loads, audits[number].beats)
    assert beat["exit_code"] == MONTHS[number].code
    assert beat["run"].startswith(f"{night(number):%Y-%m-%d}")


@pytest.fixture(scope="module")
def history(year: Year, audits: dict[int, Audited]) -> dict[str, Any]:
    """What `auditor history` says at the end of the year."""
    assert audits
    told = year.auditor(12, "history", "-f", "json:-", LIS)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_findings_age_from_the_audit_that_first_saw_them(
    history: dict[str, Any],
) -> None:
    periods = {
        (one["check"], one["first_number"], one["closed_number"], one["returned"]): (
            one["days"]
        )
        for one in history["findings"]
    }
    assert periods == {
        ("IDN-013", 1, None, False): 330,  # not read in May, August and September
        ("SSH-001", 1, None, False): 330,  # an accepted risk in between
        ("ACC-001", 1, 3, False): 60,
        ("ACC-001", 8, 12, True): 120,
        ("EOL-001", 8, None, False): 120,
        ("X-YEAR-001", 12, None, False): 0,
    }


def test_what_closed_a_finding_is_known(history: dict[str, Any]) -> None:
    closed = {
        one["closed_number"]: one["closed_by"]
        for one in history["findings"]
        if one["closed_number"]
    }
    assert closed == {3: ["host"], 12: ["host"]}


def test_the_year_is_a_chain_of_twelve(year: Year, audits: dict[int, Audited]) -> None:
    assert len(audits) == len(MONTHS)
    done = year.auditor(12, "verify")
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["whole,"] * 12
    assert done.returncode == 0


@pytest.fixture(scope="module")
def page(year: Year, audits: dict[int, Audited]) -> str:
    """What the last report of the year shows, its words one blank apart."""
    assert audits
    return " ".join(Page(year.report.read_text("utf-8")).text.split())


def test_the_report_says_how_long_findings_have_been_open(page: str) -> None:
    labels = load_labels("en", "Europe/Paris")
    for month, age in {1: "330 days", 8: "120 days"}.items():
        since = f"First seen on {labels.day(night(month))}, open for {age}."
        assert since.replace("\u00a0", " ") in page.replace("\u00a0", " ")


def test_the_report_draws_the_audits_of_the_year(year: Year, page: str) -> None:
    labels = load_labels("en", "Europe/Paris")
    shown = page.replace("\u00a0", " ")
    missing = [
        month
        for month in MONTHS
        if labels.day(night(month)).replace("\u00a0", " ") not in shown
    ]
    assert missing == []
    # Two audits of the twelve did not reach all hosts, and still have a score.
    (drawn,) = re.findall(
        r'<svg class="trend".*?</svg>', year.report.read_text("utf-8")
    )
    assert drawn.count("<circle") == len(MONTHS)
