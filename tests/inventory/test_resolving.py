"""Nearest wins: host, group, defaults, what is built in."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model.host import Group, Host, Limits, Secret, jumps_of
from tests.inventory.writing import HEAD, inventory_of

LEVELS = """\
[defaults]
user = "d"
port = 1
zone = "internet"
roles = ["d"]
[groups.g]
user = "g"
port = 2
[hosts.x]
group = "g"
user = "h"
"""


def host_of(folder: Path, text: str, name: str = "x") -> Host:
    return inventory_of(folder, text).hosts[name]


def test_the_nearest_table_gives_each_key(tmp_path: Path) -> None:
    host = host_of(tmp_path, LEVELS)

    assert ("h", 2, "internet", ("d",)) == (host.user, host.port, host.zone, host.roles)


def test_what_nobody_writes_is_built_in(tmp_path: Path) -> None:
    assert Host("x", "x", user="u") == host_of(tmp_path, '[hosts.x]\nuser = "u"\n')


def test_the_group_may_stand_in_the_defaults(tmp_path: Path) -> None:
    text = '[defaults]\ngroup = "g"\n[groups.g]\nuser = "u"\n[hosts.x]\n'
    host = host_of(tmp_path, text)

    assert ("g", "u") == (host.group, host.user)


def test_a_group_has_its_title_and_its_limit(tmp_path: Path) -> None:
    text = LEVELS + '[groups.h]\ntitle = "Rennes"\nlimit = 3\n'
    groups = inventory_of(tmp_path, text).groups

    assert {"g": Group("g"), "h": Group("h", "Rennes", 3)} == groups


def test_limits_are_looked_up_one_by_one(tmp_path: Path) -> None:
    text = (
        "[limits]\nconnect = 1\ndeadline = 2\nanswer = 3\n"
        "[defaults]\nuser = 'u'\nlimits = { deadline = 4 }\n"
        "[groups.g]\nlimits = { answer = '5 KiB' }\n"
        "[hosts.x]\ngroup = 'g'\nlimits = { scan_budget = 0.5 }\n"
    )
    expected = Limits(connect=1, deadline=4, scan_budget=0.5, answer=5 * 1024)

    assert expected == host_of(tmp_path, text).limits


def test_a_nearer_agent_key_takes_the_place_of_a_key_file(tmp_path: Path) -> None:
    text = (
        '[defaults]\nuser = "u"\nkey = "k"\npassphrase = { prompt = true }\n'
        '[hosts.x]\nagent = "a.pub"\n'
    )
    host = host_of(tmp_path, text)

    assert (None, None, tmp_path / "a.pub") == (host.key, host.passphrase, host.agent)


def test_a_nearer_key_keeps_an_inherited_passphrase(tmp_path: Path) -> None:
    text = '[defaults]\nuser = "u"\npassphrase = { env = "P" }\n[hosts.x]\nkey = "/k"\n'
    host = host_of(tmp_path, text)

    assert (Path("/k"), Secret("env", ("P",))) == (host.key, host.passphrase)


def test_paths_start_at_their_file_and_tilde_is_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/a")
    text = '[hosts.x]\nuser = "u"\nkey = "~/.ssh/k"\nsudo_password = { file = "s/x" }\n'
    host = host_of(tmp_path, text)

    assert Path("/home/a/.ssh/k") == host.key
    assert Secret("file", (str(tmp_path / "s/x"),)) == host.sudo_password


def test_a_prompt_in_the_defaults_is_one_reference_for_all(tmp_path: Path) -> None:
    text = (
        '[defaults]\nuser = "u"\nsudo_password = { prompt = true }\n'
        "[hosts.x]\n[hosts.y]\n[hosts.z]\nsudo_password = { prompt = true }\n"
    )
    hosts = inventory_of(tmp_path, text).hosts

    assert Secret("prompt", ("defaults.sudo_password",)) == hosts["x"].sudo_password
    assert hosts["x"].sudo_password == hosts["y"].sudo_password
    assert Secret("prompt", ("hosts.z.sudo_password",)) == hosts["z"].sudo_password


def test_an_empty_jump_means_directly(tmp_path: Path) -> None:
    text = (
        '[defaults]\nuser = "u"\n[groups.g]\njump = "b"\n'
        '[hosts.b]\ngroup = "g"\njump = ""\n[hosts.x]\ngroup = "g"\n'
    )
    hosts = inventory_of(tmp_path, text).hosts

    assert (None, "b") == (hosts["b"].jump, hosts["x"].jump)


def test_a_local_host_inherits_nothing_that_connects(tmp_path: Path) -> None:
    text = (
        '[defaults]\nuser = "u"\njump = "b"\nport = 2222\n[hosts.b]\njump = ""\n'
        '[hosts.x]\ntransport = "local"\n'
    )

    assert Host("x", "x", user="u", transport="local") == host_of(tmp_path, text)


def test_a_chain_of_jumps_starts_next_to_the_host(tmp_path: Path) -> None:
    text = (
        '[defaults]\nuser = "u"\n[hosts.a]\n[hosts.b]\njump = "a"\n'
        '[hosts.x]\njump = "b"\n'
    )
    found = inventory_of(tmp_path, text)

    assert ["b", "a"] == [host.name for host in jumps_of(found, found.hosts["x"])]


def test_one_fingerprint_and_a_list_are_read_alike(tmp_path: Path) -> None:
    pin = "SHA256:" + "a" * 43
    one = host_of(tmp_path, f'[hosts.x]\nuser = "u"\nhost_key = "{pin}="\n')
    several = host_of(tmp_path, f'[hosts.x]\nuser = "u"\nhost_key = ["{pin}"]\n')

    assert (pin,) == one.host_keys == several.host_keys


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2001:DB8::0:1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("LIS_1.lab", "LIS_1.lab"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_address_is_kept_in_one_form(
    tmp_path: Path, written: str, expected: str
) -> None:
    host = host_of(tmp_path, f'[hosts.x]\nuser = "u"\naddress = "{written}"\n')

    assert expected == host.address


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1", 1), ('"3 B"', 3), ('"1.5 KiB"', 1536), ('"2GiB"', 2 << 30)],
)
def test_a_size_is_bytes_or_a_number_with_its_unit(
    tmp_path: Path, written: str, expected: int
) -> None:
    text = f'[limits]\nanswer = {written}\n[hosts.x]\ntransport = "local"\n'

    assert expected == inventory_of(tmp_path, text).limits.answer


def test_the_engagement_and_the_rest_have_their_defaults(tmp_path: Path) -> None:
    found = inventory_of(tmp_path, '[hosts.x]\ntransport = "local"\n')
    engagement = found.engagement

    assert ("en", "Europe/Paris") == (engagement.language, engagement.timezone)
    assert engagement.frameworks is None
    assert engagement.auditor
    assert (50, Limits(), "default") == (found.jobs, found.limits, found.profile)
    assert (tmp_path / "runs", tmp_path) == (found.store.dir, found.manifests)
    assert tmp_path / "known_hosts" == found.known_hosts


def test_paths_of_the_engagement_start_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "own.toml").touch()
    head = HEAD + 'manifests = "m"\nprofile = "./own.toml"\n'
    text = '[store]\ndir = "kept"\n[hosts.x]\ntransport = "local"\n'
    found = inventory_of(tmp_path, text, head)

    assert (tmp_path / "m", tmp_path / "kept") == (found.manifests, found.store.dir)
    assert str(tmp_path / "own.toml") == found.profile
