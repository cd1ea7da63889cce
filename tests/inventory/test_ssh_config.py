"""Hosts out of an ssh_config, resolved by ssh itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.inventory.imported import Imported
from auditor.inventory.ssh_config import import_ssh_config
from tests.inventory.writing import problems_of

CONFIG = """\
# Host commented
Host bastion
  HostName 192.0.2.10
  User relay
  Port 2222
Host lis-35 "lis-b" # two names
  HostName=10.35.0.4
  ProxyJump bastion
  IdentityFile ~/.ssh/lis
Host web !secret *.example
  HostName %h.example
Host *
  User audit
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    return tmp_path


def config(folder: Path, text: str) -> Path:
    file = folder / "config"
    file.write_text(text, encoding="utf-8")
    return file


def imported(folder: Path, text: str) -> Imported:
    return import_ssh_config(config(folder, text))


def wrong(folder: Path, text: str) -> list[str]:
    return problems_of(folder, lambda: imported(folder, text))


def test_named_hosts_are_taken_over_as_ssh_resolves_them(home: Path) -> None:
    assert {
        "bastion": {"address": "192.0.2.10", "user": "relay", "port": 2222},
        "lis-35": {
            "address": "10.35.0.4",
            "user": "audit",
            "key": "~/.ssh/lis",
            "jump": "bastion",
        },
        "web": {"address": "web.example", "user": "audit"},
    } == imported(home, CONFIG).hosts


def test_two_names_of_one_host_are_one_and_told(home: Path) -> None:
    assert ("lis-b is another name of lis-35",) == imported(home, CONFIG).notes


def test_a_jump_by_its_second_name_is_the_host_that_is_kept(home: Path) -> None:
    text = "Host j k\n HostName a\nHost lis\n HostName b\n ProxyJump k\n"

    assert "j" == imported(home, text).hosts["lis"]["jump"]


def test_included_files_are_read_from_the_folder_of_ssh(home: Path) -> None:
    (home / ".ssh" / "d").mkdir()
    (home / ".ssh" / "d" / "more").write_text("Host more\n HostName m\n")
    (home / "absolute").write_text("Host other\n HostName o\n")
    text = f"Include d/* {home}/absolute\n"

    assert ["m", "o"] == [t["address"] for t in imported(home, text).hosts.values()]


def test_a_chain_of_jumps_is_taken_over_when_the_hosts_say_the_same(home: Path) -> None:
    text = (
        "Host a\n HostName a1\nHost b\n HostName b1\n ProxyJump a\n"
        "Host x\n HostName x1\n ProxyJump a,b\nHost y\n HostName y1\n ProxyJump b\n"
    )
    hosts = imported(home, text).hosts

    assert ["b", "b", "a"] == [hosts[name]["jump"] for name in ("x", "y", "b")]


@pytest.mark.parametrize("jump", ["other", "a@bastion", "bastion:23", "bastion,web"])
def test_a_jump_that_is_no_host_of_the_file_is_refused(home: Path, jump: str) -> None:
    text = (
        "Host bastion\n HostName b\nHost web\n HostName w\n"
        f"Host lis\n HostName l\n ProxyJump {jump}\n"
    )

    assert [
        f"config: Host lis: its ProxyJump {jump} is no Host of this file: give it one"
    ] == wrong(home, text)


PROXY = (
    "ProxyCommand runs a command on this machine: write the host in between as a Host "
    "of its own and name it by ProxyJump"
)
REFUSED = {
    "a proxy command": ("Host a\n  proxycommand=nc %h %p\n", f"2: {PROXY}"),
    "a match by a command": (
        'Match host a exec "touch RAN"\n',
        "1: Match exec would run a command here: take it out",
    ),
    "a match by a failing command": (
        'Match !exec "touch RAN"\n',
        "1: Match exec would run a command here: take it out",
    ),
    "a file that only ssh would find": (
        "Include ${OTHER}/config\n",
        "1: write this path out: what stands there must be read first",
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_would_run_a_command_is_refused(
    home: Path, text: str, expected: str
) -> None:
    text = text.replace("RAN", str(home / "ran"))

    assert [f"config:{expected}"] == wrong(home, text)
    assert not (home / "ran").exists()


def test_a_command_in_an_included_file_is_refused_with_its_line(home: Path) -> None:
    (home / ".ssh" / "more").write_text(f'Host a\nMatch exec "touch {home}/ran"\n')

    assert [".ssh/more:2: Match exec would run a command here: take it out"] == wrong(
        home, "Include more\nHost a\n"
    )
    assert not (home / "ran").exists()


def test_no_proxy_command_is_no_command(home: Path) -> None:
    assert ["a"] == list(imported(home, "Host a\n ProxyCommand none\n").hosts)


def test_what_ssh_itself_refuses_is_told(home: Path) -> None:
    [problem] = wrong(home, "Host a\n  Nonsense yes\n")

    assert problem.startswith("config: ssh -G ")


def test_a_missing_file_is_told(home: Path) -> None:
    assert ["config: no such file or directory"] == problems_of(
        home, lambda: import_ssh_config(home / "config")
    )


def test_without_ssh_the_way_out_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert not list(home.glob(f"ssh{os.extsep}*"))

    assert [
        "config: an ssh_config is resolved by 'ssh -G', and ssh is not installed here"
    ] == wrong(home, CONFIG)
