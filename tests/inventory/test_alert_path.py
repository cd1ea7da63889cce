"""`[drill]` and `drill = true`: exactly one sink, and each host for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.inventory.writing import inventory_as_toml
from auditor.model.host import AlertPath, FileSink, ImapSink, Secret, WebhookSink
from tests.inventory.writing import inventory_of, wrong

HOST = '[hosts.lis]\nuser = "a"\n'
IMAP = '[drill.imap]\nhost = "127.0.0.1"\nuser = "rssi"\n'
FILE = '[drill.file]\npath = "alerts"\n'


def test_no_host_allows_a_drill_by_itself(tmp_path: Path) -> None:
    found = inventory_of(tmp_path, HOST)
    assert (found.hosts["lis"].drill, found.alert_path) == (False, None)
    assert inventory_of(tmp_path, HOST + "drill = true\n").hosts["lis"].drill


@pytest.mark.parametrize("table", ["defaults", "groups.site"])
def test_it_can_not_be_allowed_for_many_at_once(tmp_path: Path, table: str) -> None:
    (problem,) = wrong(tmp_path, f"[{table}]\ndrill = true\n{HOST}")
    hint = "a drill is allowed host by host: drill = true below [hosts.NAME]"
    assert problem == f"inventory.toml:4: {table}.drill: unknown key; {hint}"


def test_a_mailbox_by_tls_is_what_is_built_in(tmp_path: Path) -> None:
    text = IMAP + 'password = { prompt = true }\nca = "ca.pem"\n'
    secret = Secret("prompt", ("drill.imap.password",))
    assert inventory_of(tmp_path, HOST + text).alert_path == AlertPath(
        ImapSink("127.0.0.1", 993, "rssi", secret, "INBOX", True, tmp_path / "ca.pem")
    )


def test_a_path_is_from_the_inventory(tmp_path: Path) -> None:
    text = f'[drill]\nmatch = "marker"\ntimeout = 60\nseen_as = ["192.0.2.1"]\n{FILE}'
    assert inventory_of(tmp_path, HOST + text).alert_path == AlertPath(
        FileSink(tmp_path / "alerts"), "marker", 60, ("192.0.2.1",)
    )


def test_a_webhook_listens_where_it_says(tmp_path: Path) -> None:
    text = '[drill.webhook]\nlisten = "::1"\nport = 8080\n'
    found = inventory_of(tmp_path, HOST + text).alert_path
    assert found == AlertPath(WebhookSink("::1", 8080))


ONE = "one of the tables [drill.imap], [drill.file] and [drill.webhook] is due"
TWO = f'{FILE}[drill.webhook]\nlisten = "::1"\nport = 80\n'
CLEAR = IMAP.replace("127.0.0.1", "imap.example") + "tls = false\n"
IN_CLEAR = "only on this machine itself: the password would travel in clear"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[drill]\n", f"3: drill: {ONE}, not 0"),
        (TWO, f"3: drill: {ONE}, not 2"),
        (CLEAR + 'password = { env = "A" }\n', f"6: drill.imap.tls: {IN_CLEAR}"),
        ('[drill]\nsink = "imap"\n', "4: drill.sink: unknown key"),
        (f"{FILE}port = 1\n", "5: drill.file.port: unknown key"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    found = wrong(tmp_path, text + HOST)
    assert found[0].startswith(f"inventory.toml:{problem}")
    assert len(found) == 1


def test_no_secret_is_told_where_a_password_stands_in_clear(tmp_path: Path) -> None:
    (problem,) = wrong(tmp_path, IMAP + 'password = "hunter2"\n' + HOST)
    assert problem.startswith("inventory.toml:6: drill.imap.password: a secret never")
    assert "hunter2" not in problem


def test_a_run_keeps_what_a_host_allows_and_no_alert_path(tmp_path: Path) -> None:
    found = inventory_of(tmp_path, f"{HOST}drill = true\n{FILE}")
    kept = inventory_as_toml(found)
    assert "drill = true" in kept
    assert "alerts" not in kept
