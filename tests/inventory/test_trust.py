"""`auditor trust`: never silent, never without somebody who compared."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from auditor.cli import trust
from auditor.collect.hostkeys import HostKey
from auditor.collect.visiting import Means
from auditor.errors import ConfigurationError
from auditor.model.host import Host
from tests.inventory.keys import blob, fingerprint, line
from tests.inventory.writing import HEAD

HOSTS = """\
[defaults]
user = "a"
[hosts.lis]
address = "10.0.0.1"
[hosts.web]
address = "10.0.0.2"
jump = "lis"
[hosts.here]
transport = "local"
"""


class Shown:
    """What hosts show instead of a network; `rounds` are the hosts asked at once."""

    def __init__(self, **keys: HostKey | str) -> None:
        self.keys = keys
        self.rounds: list[list[str]] = []

    def fetch(
        self, hosts: Iterable[Host], means: Means, timeout: float
    ) -> dict[str, HostKey | str]:
        """As auditor.collect.hostkeys.fetch_host_keys."""
        assert (10, 3) == (timeout, len(means.hosts))
        names = [host.name for host in hosts]
        self.rounds.append(names)
        return {name: self.keys[name] for name in names}


def key(seed: int = 1) -> HostKey:
    return HostKey("ssh-ed25519", blob(seed), fingerprint(seed))


class Trust:
    """The commands over one inventory, with what its hosts show."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.write(HOSTS)

    def write(self, hosts: str) -> None:
        """Replace the inventory."""
        (self.folder / "inventory.toml").write_text(HEAD + hosts, encoding="utf-8")

    def pin(self, *lines: str) -> None:
        """Write known_hosts."""
        self.known_hosts.write_text("".join(f"{one}\n" for one in lines))

    @property
    def known_hosts(self) -> Path:
        """Where pins are."""
        return self.folder / "known_hosts"

    def shows(self, **keys: HostKey | str) -> Shown:
        """Let hosts show keys, or fail."""
        shown = Shown(**keys)
        fetch = "auditor.collect.hostkeys.fetch_host_keys"
        self.monkeypatch.setattr(fetch, shown.fetch)
        return shown

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        """Run a command; `typed` is what a person at a terminal answers."""
        self.monkeypatch.setattr(trust, "terminal", lambda: typed is not None)
        command, *rest = arguments
        inventory = ["-i", str(self.folder / "inventory.toml")]
        return CliRunner().invoke(trust.app, [command, *inventory, *rest], typed)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trust:
    return Trust(tmp_path, monkeypatch)


def test_a_key_that_a_person_confirms_is_pinned_with_who_and_when(here: Trust) -> None:
    here.shows(lis=key())
    result = here.run("add", "lis", typed="y\n")
    accepted = f"accepted {datetime.now(UTC):%Y-%m-%d} by {getpass.getuser()}"

    assert 0 == result.exit_code
    assert f"{line('lis')} {accepted}\n" == here.known_hosts.read_text()
    assert f"lis (10.0.0.1) shows ssh-ed25519 {fingerprint(1)}\n" in result.stderr
    assert trust.HOW_TO_COMPARE in result.stderr


@pytest.mark.parametrize("typed", ["n\n", "\n"])
def test_a_key_that_nobody_confirms_is_not_pinned(here: Trust, typed: str) -> None:
    here.shows(lis=key())
    result = here.run("add", "lis", typed=typed)

    assert 3 == result.exit_code
    assert "lis: not pinned\n" in result.stderr
    assert not here.known_hosts.exists()


def test_without_a_terminal_nothing_is_pinned(here: Trust) -> None:
    here.shows(lis=key())
    result = here.run("add", "lis")

    assert 3 == result.exit_code
    assert "--yes-i-compared FINGERPRINT" in result.stderr
    assert not here.known_hosts.exists()


@pytest.mark.parametrize("end", ["", "="])
def test_a_compared_fingerprint_is_pinned_without_asking(here: Trust, end: str) -> None:
    here.shows(lis=key())
    result = here.run("add", "lis", "--yes-i-compared", fingerprint(1) + end)

    assert 0 == result.exit_code
    assert here.known_hosts.read_text().startswith(line("lis"))


def test_another_key_than_the_compared_one_is_not_pinned(here: Trust) -> None:
    here.shows(lis=key(2))
    result = here.run("add", "lis", "--yes-i-compared", fingerprint(1), typed="y\n")

    assert 3 == result.exit_code
    assert "lis: none of the fingerprints that you compared\n" in result.stderr
    assert not here.known_hosts.exists()


def test_a_host_that_shows_no_key_is_told_and_hides_no_other(here: Trust) -> None:
    here.shows(lis=key(), web="no answer within 10 s")
    result = here.run("add", "web", "lis", "--yes-i-compared", fingerprint(1))

    assert 3 == result.exit_code
    assert "web: no answer within 10 s\n" in result.stderr
    assert here.known_hosts.read_text().startswith(line("lis"))


def test_a_jump_is_pinned_before_the_hosts_behind_it_are_asked(here: Trust) -> None:
    shown = here.shows(lis=key(1), web=key(2))
    compared = ["--yes-i-compared", fingerprint(1), "--yes-i-compared", fingerprint(2)]

    assert 0 == here.run("add", "web", "lis", *compared).exit_code
    assert [["lis"], ["web"]] == shown.rounds


def test_a_key_that_is_pinned_already_is_not_asked_about(here: Trust) -> None:
    here.pin(line("lis"))
    here.shows(lis=key())
    result = here.run("add", "lis")

    assert 0 == result.exit_code
    assert f"lis: pinned already, {here.known_hosts}\n" in result.stderr


def test_a_changed_key_is_warned_of_and_the_old_pin_stays(here: Trust) -> None:
    here.pin(line("lis", 1))
    here.shows(lis=key(2))
    result = here.run("add", "lis", typed="y\n")

    assert 0 == result.exit_code
    assert "WARNING: lis is pinned to another key." in result.stderr
    assert [line("lis", 1), line("lis", 2)] == [
        " ".join(one.split()[:3]) for one in here.known_hosts.read_text().splitlines()
    ]


def test_a_revoked_key_is_never_pinned(here: Trust) -> None:
    here.pin(line("*", 1, marker="@revoked"))
    here.shows(lis=key())
    result = here.run("add", "lis", "--yes-i-compared", fingerprint(1))

    assert 3 == result.exit_code
    assert "lis: this key is revoked" in result.stderr


def test_host_key_of_the_inventory_is_not_contradicted(here: Trust) -> None:
    here.write(
        HOSTS.replace("[hosts.web]", f'host_key = "{fingerprint(2)}"\n[hosts.web]')
    )
    here.shows(lis=key())
    result = here.run("add", "lis", "--yes-i-compared", fingerprint(1))

    assert 3 == result.exit_code
    assert "pins another key and stands above known_hosts" in result.stderr
    assert not here.known_hosts.exists()


def test_names_that_have_no_key_to_show_are_told_before_anything_connects(
    here: Trust,
) -> None:
    shown = here.shows()
    result = here.run("add", "lsi", "here")
    file = here.folder / "inventory.toml"

    assert isinstance(result.exception, ConfigurationError)
    assert [
        f"{file}: there is no host 'lsi'; did you mean 'lis'?",
        f"{file}: 'here' has no host key: its transport is local",
    ] == [str(problem) for problem in result.exception.problems]
    assert [] == shown.rounds


def test_show_lists_every_host_with_its_pins(here: Trust) -> None:
    here.pin(line("lis"), line("lis", 3, marker="@revoked"))
    result = here.run("show")

    assert (
        f"lis\tssh-ed25519\t{fingerprint(1)}\t{here.known_hosts}:1\n"
        f"lis\t@revoked ssh-ed25519\t{fingerprint(3)}\t{here.known_hosts}:2\n"
        "web\t-\t-\tnot pinned\n"
    ) == result.stdout


def test_show_says_which_pins_stand_above(here: Trust) -> None:
    here.write(
        HOSTS.replace("[hosts.web]", f'host_key = "{fingerprint(2)}"\n[hosts.web]')
    )
    here.pin(line("lis"))
    first, second, _ = here.run("show").stdout.splitlines()

    assert (
        f"lis\t-\t{fingerprint(2)}\thost_key in {here.folder}/inventory.toml" == first
    )
    assert second.endswith("known_hosts:1; host_key stands above it")


def existing(here: Trust, *lines: str) -> str:
    file = here.folder / "existing"
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return str(file)


def test_an_existing_known_hosts_is_taken_over_under_inventory_names(
    here: Trust,
) -> None:
    file = existing(here, line("10.0.0.1", 1), line("10.0.0.1", 2, marker="@revoked"))
    result = here.run("import", file)

    assert (0, "") == (result.exit_code, result.stdout)
    assert f"{line('lis', 1)}\n{line('lis', 2, marker='@revoked')}\n" == (
        here.known_hosts.read_text()
    )
    assert [
        f"lis: ssh-ed25519 {fingerprint(1)} from {file}:1",
        f"lis: @revoked ssh-ed25519 {fingerprint(2)} from {file}:2",
        f"web: not in {file}",
    ] == result.stderr.splitlines()


def test_an_import_never_adds_a_second_key_of_a_type(here: Trust) -> None:
    here.pin(line("lis", 1))
    file = existing(
        here, line("10.0.0.1", 2), line("10.0.0.1", 3, "ssh-rsa"), line("10.0.0.1", 1)
    )
    result = here.run("import", file)

    assert 3 == result.exit_code
    assert [
        (
            f"lis: ssh-ed25519 {fingerprint(2)} not taken over: another ssh-ed25519 "
            f"key is "
            "pinned"
        ),
        f"lis: ssh-rsa {fingerprint(3, 'ssh-rsa')} from {file}:2",
        f"lis: ssh-ed25519 {fingerprint(1)} pinned already",
        f"web: not in {file}",
    ] == result.stderr.splitlines()


def test_an_import_leaves_out_what_it_can_not_tell(here: Trust) -> None:
    same = HOSTS.replace("10.0.0.2", "10.0.0.1") + '[hosts.mx]\naddress = "10.0.0.3"\n'
    here.write(same)
    file = existing(
        here, line("10.0.0.1", 1), line("10.0.0.3", 2, marker="@cert-authority")
    )
    result = here.run("import", file)

    assert [
        "lis: left out, other hosts have the same address and port",
        "web: left out, other hosts have the same address and port",
        f"mx: left out, {file} has only a certificate authority for it",
    ] == result.stderr.splitlines()
    assert not here.known_hosts.exists()


def test_remove_says_what_it_took_out_and_what_stays(here: Trust) -> None:
    here.pin(line("lis", 1), line("*", 2, marker="@revoked"))
    result = here.run("remove", "lis")

    assert (0, "") == (result.exit_code, result.stdout)
    assert [
        f"lis: removed ssh-ed25519 {fingerprint(1)}",
        "lis: line 2 stays: @revoked * ssh-ed25519",
    ] == result.stderr.splitlines()
    assert f"{line('*', 2, marker='@revoked')}\n" == here.known_hosts.read_text()


def test_remove_of_a_pin_that_is_not_there_is_a_mistake(here: Trust) -> None:
    result = here.run("remove", "lis", "--fingerprint", fingerprint(1))

    assert isinstance(result.exception, ConfigurationError)
    assert f"{here.known_hosts}: no such pin of 'lis'" == str(result.exception)
