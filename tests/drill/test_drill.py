"""`auditor drill` against a real sshd on loopback: one attempt, and who hears of it."""

from __future__ import annotations

import http.client
import io
import json
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from auditor.collect.failed_login import fail_login
from auditor.collect.visiting import Means
from auditor.inventory.manifests import read_manifests
from auditor.model.host import Limits
from tests.cli.running import Done, auditor, complaint, left_in, started
from tests.collect.servers import Doors, fake_server
from tests.collect.sshd import Sshd, free_port, me, sshd
from tests.drill.alarms import ATTEMPT, inventory, settled, watching

LOG = '[drill.file]\npath = "alerts.log"\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def drilled(file: Path, *words: str | Path, host: str = "lis-35") -> Done:
    return auditor("drill", host, "-i", file, "--yes", *words)


def kept(folder: Path) -> dict[str, object]:
    """The one drill of the store."""
    (file,) = (folder / "runs/drills").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{6}Z-lis-35\.json", file.name)
    assert file.stat().st_mode & 0o777 == 0o600
    table: dict[str, object] = json.loads(file.read_text())
    return table


def test_an_alert_in_time_is_told_and_kept(tmp_path: Path, server: Sshd) -> None:
    file = inventory(tmp_path, server, LOG)
    alerts = tmp_path / "alerts.log"
    alerts.write_text("drill-00000000 of last quarter\n")

    def alarm(account: str, address: str) -> None:
        with alerts.open("a") as log:
            log.write(f"something else\nintrusion: {account} from {address}\n")

    with watching(server, alarm):
        done = drilled(file, "-f", "json:-", "--timeout", "20")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert kept(tmp_path) == told
    assert (told["outcome"], told["matched"], told["others"]) == ("told", "marker", 1)
    assert told["sources"] == ["127.0.0.1"]
    assert f"lis-35  told after {told['seconds']:g} s: file {alerts}" in done.stderr
    assert "something else" not in done.stdout + done.stderr


def test_no_alert_in_time_is_reported(tmp_path: Path, server: Sshd) -> None:
    done = drilled(inventory(tmp_path, server, LOG), "--timeout", "1")
    assert done.returncode == 1
    assert done.stdout.startswith("lis-35  nobody was told in 1 s: file ")
    assert kept(tmp_path)["outcome"] == "untold"


@pytest.mark.parametrize(
    ("option", "failed"),
    [
        ("PasswordAuthentication yes", 1),
        # what is no method of its own it refuses without a word
        ("PasswordAuthentication no", 0),
        ("MaxAuthTries 1", 0),
    ],
)
def test_one_attempt_is_made(tmp_path: Path, option: str, failed: int) -> None:
    with sshd(tmp_path / "sshd", option) as server:
        done = drilled(inventory(tmp_path, server, LOG), "--timeout", "1")
        log = settled(server)
    assert done.returncode == 1
    account = kept(tmp_path)["account"]
    assert ATTEMPT.findall(log) == [(account, "127.0.0.1")]
    assert log.count("Connection from") == 1
    assert log.count("Failed ") == failed
    assert "Accepted" not in log


@pytest.mark.parametrize(
    ("language", "said"), [("en", "no alert reached"), ("fr", "Aucune alerte n’est")]
)
def test_the_attestation_that_is_printed_reads(
    tmp_path: Path, server: Sshd, language: str, said: str
) -> None:
    file = inventory(tmp_path, server, LOG)
    spoken = f'[engagement]\nlanguage = "{language}"'
    file.write_text(file.read_text().replace("[engagement]", spoken))
    done = drilled(file, "--timeout", "1")
    entry = done.stdout.partition("\n")[2]
    (tmp_path / "attestations.toml").write_text(entry)
    manifests = read_manifests(tmp_path, timezone="Europe/Paris")
    (found,) = manifests.attestations.entries
    assert (found.subject, found.scope) == ("alert-path-test", ("lis-35",))
    assert found.answers == {"delivered": False}
    assert (tmp_path / str(found.document)).is_file()
    assert str(kept(tmp_path)["account"]) in found.statement
    assert said in found.statement
    assert tomllib.loads(entry)["attestation"][0]["signed_by"] == "A. Exemple"


@pytest.mark.parametrize(
    ("host", "alert_path", "words", "said"),
    [
        ("closed", LOG, ("--yes",), "by drill = true below [hosts.closed]"),
        ("lis-35", "", ("--yes",), "where alerts arrive is not said"),
        ("lis-35", LOG, ("--no-input",), "so --yes must say so"),
        ("lis-53", LOG, ("--yes",), "no host 'lis-53'; did you mean 'lis-35'?"),
        ("lis-35", LOG, ("--yes", "-f", "html:-"), "-f html:-: expected json:PATH"),
        (
            "lis-35",
            '[drill.file]\npath = "nowhere/alerts.log"\n',
            ("--yes",),
            "nowhere: no such folder; no login was made",
        ),
    ],
)
def test_nothing_happens_on_a_host_before_all_is_well(
    tmp_path: Path,
    server: Sshd,
    host: str,
    alert_path: str,
    words: tuple[str, ...],
    said: str,
) -> None:
    file = inventory(tmp_path, server, alert_path)
    before = server.log()
    done = auditor("drill", host, "-i", file, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert server.log() == before
    assert left_in(tmp_path / "runs/drills") == []


def test_a_result_that_can_not_be_kept_is_not_tried_for(
    tmp_path: Path, server: Sshd
) -> None:
    file = inventory(tmp_path, server, LOG)
    (tmp_path / "runs").write_text("a file where the store is due")
    before = server.log()
    assert "runs" in complaint(drilled(file))
    assert server.log() == before


def test_a_host_that_is_not_the_pinned_one_gets_no_login(
    tmp_path: Path, server: Sshd
) -> None:
    file = inventory(tmp_path, server, LOG)
    other = "AAAAC3NzaC1lZDI1NTE5AAAAIG1hZGUgdXAgYnkgYSB0ZXN0LCBubyBrZXkgYXQgYWxs"
    (tmp_path / "known_hosts").write_text(f"lis-35 ssh-ed25519 {other}\n")
    before = len(ATTEMPT.findall(server.log()))
    done = drilled(file, "--timeout", "1")
    assert done.returncode == 3
    assert "nothing is proved, the login could not be made" in done.stdout
    assert "not pinned" in str(kept(tmp_path)["detail"])
    assert kept(tmp_path)["at"] is None
    assert len(ATTEMPT.findall(settled(server))) == before


def test_behind_a_jump_host_the_login_comes_from_there(
    tmp_path: Path, server: Sshd
) -> None:
    with sshd(tmp_path / "jump") as jump:
        file = inventory(tmp_path, server, LOG)
        text = file.read_text().replace(
            "drill = true", 'drill = true\njump = "bastion"'
        )
        bastion = f'[hosts.bastion]\naddress = "127.0.0.1"\nport = {jump.port}\n'
        login = f'user = "{me()}"\nkey = "{jump.key}"\n'
        file.write_text(text + bastion + login)
        public = (jump.folder / "host_ed25519.pub").read_text()
        with (tmp_path / "known_hosts").open("a") as pins:
            pins.write(f"bastion {public}")
        done = drilled(file, "--timeout", "1")
        assert done.returncode == 1, done.stdout
        assert kept(tmp_path)["sources"] == ["127.0.0.1"]
        assert jump.count("Accepted publickey") == 1
        assert jump.count("Invalid user") == 0


class Anything(str):
    """A password that is equal to every other."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Pondering(Anything):
    """A password that nobody gets an answer about."""

    def __eq__(self, other: object) -> bool:
        time.sleep(5)
        return False

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    ("password", "said"),
    [
        (Anything(), "the host let 'drill-00000000' in, an account that should not"),
        (Pondering(), "no answer to the login in time"),
    ],
)
def test_a_login_that_did_not_fail_proves_nothing(password: str, said: str) -> None:
    with fake_server(Doors(password=password)) as server:
        host = server.host(limits=Limits(connect=0.3))
        means = Means(hosts={}, secret=str, pins=lambda _: server.pins)
        found = fail_login(host, means, "drill-00000000")
        assert isinstance(found, str)
        assert found.startswith(said)
        assert server.doors.connections == 1


def test_a_result_stands_where_its_attestation_can_not_be_written(
    tmp_path: Path, server: Sshd
) -> None:
    file = inventory(tmp_path, server, LOG.replace("alerts", "al\u00a0erts"))
    done = drilled(file, "--timeout", "1")
    assert done.returncode == 1
    assert "can't be written as TOML" in done.stderr
    assert kept(tmp_path)["outcome"] == "untold"


class Person(io.StringIO):
    """Somebody at a terminal, and what they type."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "code", "made"), [("y\n", 1, 1), ("n\n", 2, 0), ("\n", 2, 0), ("", 2, 0)]
)
def test_a_person_is_asked_and_may_say_no(
    tmp_path: Path, server: Sshd, typed: str, code: int, made: int
) -> None:
    file = inventory(tmp_path, server, LOG)
    before = len(ATTEMPT.findall(server.log()))
    with patch.object(sys, "stdin", Person(typed)):
        done = auditor("drill", "lis-35", "-i", file, "--timeout", "1")
    assert "This makes one failed login on lis-35 (127.0.0.1). Go on?" in done.stderr
    assert done.returncode == code, done.stderr
    assert len(ATTEMPT.findall(settled(server))) - before == made


def test_an_alert_that_is_posted_counts(tmp_path: Path, server: Sshd) -> None:
    port = free_port()
    file = inventory(
        tmp_path, server, f'[drill.webhook]\nlisten = "127.0.0.1"\nport = {port}\n'
    )

    def alarm(account: str, address: str) -> None:
        del account
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/", f'{{"on": "lis-35", "by": "{address}"}}')
        assert connection.getresponse().status == 204

    with watching(server, alarm):
        done = drilled(file, "--timeout", "20")
    assert done.returncode == 0, done.stderr
    assert "the alert holds the host and the auditor's address" in done.stdout


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 3)]
)
def test_an_interrupted_drill_is_kept_as_what_it_is(
    tmp_path: Path, server: Sshd, number: signal.Signals, code: int
) -> None:
    file = inventory(tmp_path, server, LOG)
    process: list[subprocess.Popen[str]] = []

    def alarm(account: str, address: str) -> None:
        del account, address
        process[0].send_signal(number)

    with watching(server, alarm):
        process.append(started("drill", "lis-35", "-i", file, "--yes"))
        out, err = process[0].communicate(timeout=60)
    assert (process[0].returncode, out.count("nothing is proved")) == (code, 1), err
    assert kept(tmp_path)["outcome"] == "interrupted"
