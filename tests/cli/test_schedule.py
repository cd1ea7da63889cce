"""`schedule` as a user calls it, below a root of the test's own."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from tests.cli.running import AT_ADDRESS, auditor, complaint, inventory
from tests.store.runs import key_in

ME = ("--user", getpass.getuser())


def cron_in(root: Path) -> Path:
    return root / "etc/cron.d/auditor"


def test_print_shows_the_files_and_what_would_fail(tmp_path: Path) -> None:
    file = inventory(tmp_path, AT_ADDRESS + "password = { prompt = true }\n")
    done = auditor("schedule", "print", "systemd", "-i", file, "--when", "Mon 03:00")
    assert done.returncode == 0
    assert "# /etc/systemd/system/auditor.timer\n" in done.stdout
    assert "\nOnCalendar=Mon 03:00\n" in done.stdout
    assert "note: hosts.lis-35.password is asked for, and nobody" in done.stderr


def test_install_refuses_what_would_fail_at_night(tmp_path: Path) -> None:
    file = inventory(tmp_path, AT_ADDRESS + 'password = { env = "WORD" }\n')
    root = ("--root", tmp_path / "root")
    done = auditor("schedule", "install", "cron", "-i", file, *root, *ME)
    assert "hosts.lis-35.password is a variable of yours" in complaint(done)
    assert not (tmp_path / "root").exists()


def test_cron_s_file_is_installed_and_removed(tmp_path: Path) -> None:
    file = inventory(tmp_path)
    root = ("--root", tmp_path)
    done = auditor("schedule", "install", "cron", "-i", file, *root, *ME)
    assert (done.stdout, done.stderr) == (f"write  {cron_in(tmp_path)}\n", "")
    lines = cron_in(tmp_path).read_text().splitlines()
    assert lines[3] == "MAILTO=root"
    assert lines[4].startswith(f"30 2 * * 0 {getpass.getuser()} cd ")
    assert 0o644 == cron_in(tmp_path).stat().st_mode & 0o777
    assert auditor("schedule", "remove", "cron", *root).returncode == 0
    assert not cron_in(tmp_path).exists()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    file, root = inventory(tmp_path), tmp_path / "root"
    words = ("schedule", "install", "cron", "-i", file, *ME, "--dry-run")
    done = auditor(*words, "--root", root)
    assert f"would write  {cron_in(root)}\n" == done.stdout
    assert not root.exists()


def test_a_file_of_somebody_else_is_left(tmp_path: Path) -> None:
    cron_in(tmp_path).parent.mkdir(parents=True)
    cron_in(tmp_path).write_text("# mine\n")
    root = ("--root", tmp_path)
    file = inventory(tmp_path)
    done = auditor("schedule", "install", "cron", "-i", file, *root, *ME)
    assert "not written by auditor" in complaint(done)
    assert "not written by auditor" in complaint(
        auditor("schedule", "remove", "cron", *root)
    )
    assert cron_in(tmp_path).read_text() == "# mine\n"


def test_removing_what_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    done = auditor("schedule", "remove", "systemd", "--root", tmp_path)
    assert "not there" in complaint(done)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--", "--fail-on", "hihg"], "run: Invalid value for '--fail-on'"),
        (["--", "-i", "x.toml"], "run: --inventory is not for after the --"),
        (["--", "--dry-run"], "run: --dry-run is not for after the --"),
        (["--", "--help"], "run: No such option"),
        (["--name", "a.b"], "--name 'a.b'"),
        (["--user", "a b"], "--user 'a b'"),
        (["--when", "noon"], "--when 'noon'"),
        (["--mailto", "a\nb"], "--mailto"),
    ],
)
def test_a_mistake_is_told_now_and_not_at_night(
    tmp_path: Path, words: list[str], said: str
) -> None:
    file = inventory(tmp_path)
    done = auditor("schedule", "print", "cron", "-i", file, *words)
    assert said in complaint(done)


def test_a_service_is_not_given_what_it_could_not_see(tmp_path: Path) -> None:
    rest = 'key = "key"\n\n[hosts.here]\ntransport = "local"\n'
    file = inventory(tmp_path, AT_ADDRESS + rest)
    key_in(tmp_path)
    said = complaint(auditor("schedule", "install", "systemd", "-i", file, *ME))
    assert "hosts.here: a sandbox shows this machine otherwise" in said
    hidden = "the service sees no home and no /tmp"
    assert f"{tmp_path}/key: {hidden}" in said
    assert f"{tmp_path}/inventory.toml: {hidden}" in said


def test_what_needs_a_person_or_an_agent_is_named(tmp_path: Path) -> None:
    rest = 'agent = "token.pub"\ninteractive = true\n[store]\nsign_key = "sign.pub"\n'
    done = auditor(
        "schedule", "print", "cron", "-i", inventory(tmp_path, AT_ADDRESS + rest)
    )
    notes = "\n".join(done.stderr.splitlines())
    assert "hosts.lis-35.agent: no agent runs there" in notes
    assert "hosts.lis-35 asks for a code" in notes
    assert f"store.sign_key {tmp_path}/sign.pub: no agent runs there" in notes
    assert f"{tmp_path}/sign.pub: no such file" in notes


def test_only_the_chosen_hosts_have_to_be_reached(tmp_path: Path) -> None:
    rest = f'{AT_ADDRESS}\n[hosts.console]\ntransport = "answer"\n'
    words = ("schedule", "print", "cron", "-i", inventory(tmp_path, rest), "--")
    (tmp_path / "answer").touch()
    left_out = "hosts.console: nobody brings its answer: -- -l '!console'"
    assert left_out in auditor(*words).stderr
    assert "console" not in auditor(*words, "-l", "!console").stderr
    brought = f"console={tmp_path / 'answer'}"
    assert "console" not in auditor(*words, "--answer", brought).stderr


def test_a_limit_that_names_nothing_is_told_now(tmp_path: Path) -> None:
    file = inventory(tmp_path)
    done = auditor("schedule", "print", "cron", "-i", file, "--", "-l", "lis-36")
    assert "lis-36" in complaint(done)
