"""Names, targets and files that meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.inventory.reading import read_inventory
from tests.inventory.writing import HEAD, inventory_of, problems_of, wrong

USER = '[defaults]\nuser = "audit"\n'


def test_a_role_like_a_group_is_a_mistake(tmp_path: Path) -> None:
    text = USER + '[groups.lis]\n[hosts.a]\nroles = ["LIS"]\n'

    assert [
        (
            "inventory.toml:7: hosts.a.roles: the role 'LIS' is called like the group "
            "'lis' "
            "(inventory.toml:5): names of hosts, groups and roles differ, case aside"
        )
    ] == wrong(tmp_path, text)


def test_a_role_in_two_spellings_is_a_mistake(tmp_path: Path) -> None:
    text = USER + '[hosts.a]\nroles = ["ftp"]\n[hosts.b]\nroles = ["FTP"]\n'

    assert [
        (
            "inventory.toml:8: hosts.b.roles: the role 'FTP' is called like the role "
            "'ftp' "
            "(inventory.toml:5): names of hosts, groups and roles differ, case aside"
        )
    ] == wrong(tmp_path, text)


def test_two_hosts_may_have_the_same_role(tmp_path: Path) -> None:
    text = USER + '[hosts.a]\nroles = ["ftp"]\n[hosts.b]\nroles = ["ftp"]\n'

    assert ["a", "b"] == list(inventory_of(tmp_path, text).hosts)


@pytest.mark.parametrize(
    ("first", "second"),
    [("10.0.0.1", "10.0.0.1"), ("LIS.example", "lis.example."), ("::1", "0:0::1")],
)
def test_the_same_target_twice_is_a_mistake(
    tmp_path: Path, first: str, second: str
) -> None:
    text = USER + f'[hosts.a]\naddress = "{first}"\n[hosts.b]\naddress = "{second}"\n'

    assert [
        (
            "inventory.toml:8: hosts.b.address: the same address, port and jump as "
            "host 'a' "
            "(inventory.toml:5): keep one of them"
        )
    ] == wrong(tmp_path, text)


def test_the_same_address_behind_two_jumps_is_two_targets(tmp_path: Path) -> None:
    text = (
        USER + '[hosts.j]\n[hosts.k]\n[hosts.a]\naddress = "192.168.1.10"\njump = "j"\n'
        '[hosts.b]\naddress = "192.168.1.10"\njump = "k"\n'
    )

    assert ["j", "k", "a", "b"] == list(inventory_of(tmp_path, text).hosts)


def test_another_port_is_another_target(tmp_path: Path) -> None:
    text = USER + '[hosts.a]\n[hosts.b]\naddress = "a"\nport = 2222\n'

    assert ["a", "b"] == list(inventory_of(tmp_path, text).hosts)


def test_this_machine_twice_is_a_mistake(tmp_path: Path) -> None:
    text = '[hosts.a]\ntransport = "local"\n[hosts.b]\ntransport = "local"\n'

    assert [
        (
            "inventory.toml:5: hosts.b.address: the same machine as host 'a' "
            "(inventory.toml:3): keep one of them"
        )
    ] == wrong(tmp_path, text)


def test_hosts_by_hand_have_no_target(tmp_path: Path) -> None:
    text = '[hosts.a]\ntransport = "answer"\n[hosts.b]\ntransport = "answer"\n'

    assert ["a", "b"] == list(inventory_of(tmp_path, text).hosts)


def folder_of(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_files_of_a_folder_are_merged_by_name(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        b='[hosts.x]\ngroup = "g"\n',
        a=HEAD + '[groups.g]\nuser = "u"\n[hosts.z]\nuser = "v"\n',
    )
    found = read_inventory(tmp_path)

    assert ["z", "x"] == list(found.hosts)
    assert "u" == found.hosts["x"].user
    assert tmp_path == found.folder


def test_manifests_and_a_profile_in_the_folder_are_no_inventory(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        a=HEAD + '[hosts.x]\ntransport = "local"\n',
        owners="[[owner]]\n",
        profile="[limits]\n",
    )

    assert ["x"] == list(read_inventory(tmp_path).hosts)


def test_what_an_editor_leaves_in_the_folder_is_no_inventory(tmp_path: Path) -> None:
    folder_of(tmp_path, a=HEAD + '[hosts.x]\ntransport = "local"\n')
    (tmp_path / ".a.toml").write_text("[hosts", encoding="utf-8")

    assert ["x"] == list(read_inventory(tmp_path).hosts)


def test_a_host_in_two_files_is_a_mistake(tmp_path: Path) -> None:
    host = '[hosts.x]\ntransport = "local"\n'
    folder_of(tmp_path, a=HEAD + host, b=host)

    assert ["b.toml:1: hosts.x: it stands at a.toml:3 already"] == problems_of(
        tmp_path, lambda: read_inventory(tmp_path)
    )


def test_an_engagement_in_two_files_is_a_mistake(tmp_path: Path) -> None:
    folder_of(tmp_path, a=HEAD + '[hosts.x]\ntransport = "local"\n', b=HEAD)

    assert ["b.toml:1: engagement: it stands at a.toml:1 already"] == problems_of(
        tmp_path, lambda: read_inventory(tmp_path)
    )


def test_a_folder_without_files_is_a_mistake(tmp_path: Path) -> None:
    with_name = problems_of(tmp_path.parent, lambda: read_inventory(tmp_path))

    assert [f"{tmp_path.name}: no *.toml in this folder"] == with_name


def test_names_that_only_a_broken_file_may_define_are_not_called_unknown(
    tmp_path: Path,
) -> None:
    folder_of(tmp_path, a=HEAD + '[hosts.x]\nuser = "u"\njump = "y"\n', b="[hosts.y\n")

    [problem] = problems_of(tmp_path, lambda: read_inventory(tmp_path))
    assert problem.startswith("b.toml:1: this is not TOML")
