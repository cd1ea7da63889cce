"""`run --alert` over a sequence of runs: told exactly when it is due, and once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.alerting.record import Outcome, What
from tests.alerting.laboratory import Laboratory
from tests.alerting.mailbox import PASSWORD, free_port, mailbox
from tests.cli.running import auditor, complaint
from tests.receiving import receiving

MAIL = '{ env = "ALERT_MAIL" }'
FAILS = "Audit of Laboratoires Exemple: 1 check fails"


def secret_file(folder: Path, text: str) -> str:
    """A reference to a file that holds the text."""
    (folder / "hook").write_text(text)
    (folder / "hook").chmod(0o600)
    return '{ file = "hook" }'


def test_each_regression_of_a_sequence_of_runs_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box, receiving() as hook:
        webhook = secret_file(tmp_path, hook.url.replace("http://", "json://"))
        lab = Laboratory(tmp_path, f"{MAIL}, {webhook}", "unreachable_runs = 2\n")

        def told(code: int, *, reached: bool = True) -> list[str]:
            monkeypatch.setenv("ALERT_MAIL", box.url())
            before = len(box.mails)
            assert code == lab.audit(reached=reached).returncode
            return box.subjects[before:]

        assert [] == told(0)
        lab.opens()
        assert [FAILS] == told(1)
        assert "FTP lets anyone in" in box.mails[-1].get_content()
        assert "  - lis-35: 1 new, since this run" in box.mails[-1].get_content()
        assert [] == told(1), "the same failure"
        assert [] == told(3, reached=False), "not read: it stays open"
        assert [] == told(1), "read again: it was told"
        lab.closes()
        assert [] == told(0), "fixed"
        lab.opens()
        assert [FAILS] == told(1)
        assert "1 that had been fixed" in box.mails[-1].get_content()
        lab.waives_for(10)
        assert ["Audit of Laboratoires Exemple: 1 end near or past"] == told(1)
        assert [] == told(1), "the same end"
        assert [] == told(3, reached=False)
        assert ["Audit of Laboratoires Exemple: 1 host not audited"] == (
            told(3, reached=False)
        )
        assert [] == told(3, reached=False), "still unreachable"

    assert 4 == len(box.mails) == len(hook.requests)
    bodies = [json.loads(body)["title"] for _, _, body in hook.requests]
    assert box.subjects == [title.replace("\u00a0", " ") for title in bodies]


def test_what_can_not_be_read_any_more_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box:
        lab = Laboratory(tmp_path, MAIL)
        for number in range(3):
            if number == 1:
                lab.denies()
            monkeypatch.setenv("ALERT_MAIL", box.url())
            lab.audit()

    assert ["Audit of Laboratoires Exemple: 1 check no longer evaluated"] == (
        box.subjects
    )
    text = box.mails[0].get_content()
    assert "  - lis-35: ACC-001 (reading refused), since this run" in text
    assert "vsftpd" not in text


def test_what_was_not_delivered_is_recorded_and_comes_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    url = (
        f"mailto://auditor:{PASSWORD}@127.0.0.1:{port}?from=a@b.example&to=c@d.example"
    )
    with receiving() as hook:
        webhook = secret_file(tmp_path, hook.url.replace("http://", "json://"))
        lab = Laboratory(tmp_path, f"{MAIL}, {webhook}")
        monkeypatch.setenv("ALERT_MAIL", url)
        assert 0 == lab.audit().returncode
        lab.opens()
        monkeypatch.setenv("ALERT_MAIL", url)
        down = lab.audit()
        first = lab.record
        with mailbox(port) as box:
            monkeypatch.setenv("ALERT_MAIL", url)
            up = lab.audit()

    assert 3 == down.returncode
    assert (
        "alerts: alerts.to[0]: could not be reached, or did not take the message"
        in down.stderr.splitlines()
    )
    assert "alerts: 1 of 2 messages sent" in down.stderr.splitlines()
    assert [("alerts.to[0]", Outcome.REFUSED), ("alerts.to[1]", Outcome.DELIVERED)] == [
        (sent.to, sent.outcome) for sent in first.sent
    ]
    assert (1, 2) == (len(first.due), first.addresses)
    assert (1, [FAILS]) == (up.returncode, box.subjects)
    assert 1 == len(hook.requests), "who was told is not told again"


def test_a_secret_stands_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box, receiving(code=500) as hook:
        address = hook.url.replace("http://", "json://me:hunter2-of-the-hook@")
        lab = Laboratory(tmp_path, f"{MAIL}, {secret_file(tmp_path, address)}")
        inventory = tmp_path / "inventory.toml"
        monkeypatch.setenv("ALERT_MAIL", box.url())
        done = [lab.audit()]
        lab.opens()
        monkeypatch.setenv("ALERT_MAIL", box.url())
        done.append(lab.audit())
        monkeypatch.setenv("ALERT_MAIL", box.url())
        done.append(auditor("alerts", "test", "-i", inventory))

    assert [0, 3, 1] == [one.returncode for one in done]
    printed = "".join(one.stdout + one.stderr for one in done)
    (tmp_path / "hook").unlink()
    kept = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    for secret in (PASSWORD, "hunter2-of-the-hook", "TOKEN"):
        assert secret not in printed
        assert [] == [data for data in [*kept, *box.seen] if secret.encode() in data]


def test_a_run_that_tells_nobody_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box:
        lab = Laboratory(tmp_path, MAIL)
        lab.audit("--color", "never")
        lab.opens()
        lab.audit("--color", "never")
        monkeypatch.setenv("ALERT_MAIL", box.url())
        lab.audit()

    assert [FAILS] == box.subjects


def test_a_record_that_was_lost_costs_a_repetition_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box:
        lab = Laboratory(tmp_path, MAIL)
        lab.audit("--color", "never")
        lab.opens()
        for _ in range(2):
            monkeypatch.setenv("ALERT_MAIL", box.url())
            lab.audit()
            for record in (lab.store / "alerts").iterdir():
                record.write_bytes(b"{")

    assert [FAILS, FAILS] == box.subjects


def test_a_record_that_can_not_be_kept_is_told_and_costs_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box:
        lab = Laboratory(tmp_path, MAIL)
        monkeypatch.setenv("ALERT_MAIL", box.url())
        lab.store.mkdir()
        (lab.store / "alerts").write_text("in the way")
        done = lab.audit()

    assert 3 == done.returncode
    assert f"alerts: {lab.store}/alerts/" in done.stderr
    assert "The seven questions" in done.stdout


def test_an_alert_without_anybody_to_tell_is_refused(tmp_path: Path) -> None:
    lab = Laboratory(tmp_path, "")

    assert "[alerts] names nobody to tell" in complaint(lab.audit())
    assert not lab.store.exists()


def test_an_address_that_is_not_there_is_told_before_anything_connects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALERT_MAIL", raising=False)
    lab = Laboratory(tmp_path, MAIL)

    assert "alerts.to[0]: the variable ALERT_MAIL is not set" in complaint(lab.audit())
    assert not lab.store.exists()


def test_a_scheduled_run_tells_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box:
        lab = Laboratory(tmp_path, MAIL)
        monkeypatch.setenv("ALERT_MAIL", box.url())
        lab.audit("--scheduled")
        lab.opens()
        monkeypatch.setenv("ALERT_MAIL", box.url())
        lab.audit("--scheduled")

    assert [FAILS] == box.subjects
    assert [What.NEW] == [item.what for item in lab.record.memory.open.values()]


def test_every_address_is_tried_and_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box, receiving(code=500) as hook:
        webhook = secret_file(tmp_path, hook.url.replace("http://", "json://"))
        Laboratory(tmp_path, f"{MAIL}, {webhook}", 'language = "fr"\n')
        monkeypatch.setenv("ALERT_MAIL", box.url())
        done = auditor("alerts", "test", "-i", tmp_path / "inventory.toml")

    assert (1, "") == (done.returncode, done.stderr)
    assert [
        "alerts.to[0]  sent",
        "alerts.to[1]  could not be reached, or did not take the message",
    ] == done.stdout.splitlines()
    assert ["[TEST] Audit Laboratoires Exemple : message d’essai"] == box.subjects
