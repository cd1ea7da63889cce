"""Hosts out of an Ansible inventory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.inventory.ansible import import_ansible
from auditor.inventory.imported import Imported
from tests.inventory.writing import problems_of

YAML = """\
all:
  vars:
    ansible_user: audit
    ansible_port: 1
  hosts:
    here: {ansible_connection: local}
    windows: {ansible_connection: winrm}
  children:
    site_35:
      vars: {ansible_port: 2}
      hosts:
        lis-35:
          ansible_host: 10.35.0.4
          ansible_port: 3
        bastion-35:
          ansible_host: 192.0.2.1
    lis:
      hosts: {lis-35: }
    production:
      vars: {ansible_port: 4}
      children: {site_35: }
"""


def imported(text: str, laboratories: str | None = None) -> Imported:
    return import_ansible(text, "hosts.yml", laboratories)


def one(**variables: Any) -> dict[str, Any]:
    """What becomes of one host beside a host `bastion`."""
    hosts = {"lis": variables, "bastion": {}}
    return imported(json.dumps({"_meta": {"hostvars": hosts}})).hosts["lis"]


def wrong(**variables: Any) -> list[str]:
    return problems_of(Path("/nowhere"), lambda: one(**variables))


def test_a_yaml_file_is_read_with_the_variables_of_its_groups() -> None:
    assert {
        "bastion-35": {
            "address": "192.0.2.1",
            "port": 2,
            "user": "audit",
            "roles": ["production", "site_35"],
        },
        "here": {"transport": "local"},
        "lis-35": {
            "address": "10.35.0.4",
            "port": 3,
            "user": "audit",
            "roles": ["lis", "production", "site_35"],
        },
    } == imported(YAML).hosts


def test_groups_that_name_laboratories_become_groups() -> None:
    found = imported(YAML, "site_*")

    assert {"site_35": {}} == found.groups
    assert ("site_35", ["lis", "production"]) == (
        found.hosts["lis-35"]["group"],
        found.hosts["lis-35"]["roles"],
    )


def test_a_host_of_two_laboratories_is_told() -> None:
    found = imported(YAML, "[ls]i*")

    assert "lis" == found.hosts["lis-35"]["group"]
    assert "lis-35 is in lis, not in site_35" in found.notes


def test_a_host_that_is_not_reached_by_ssh_is_left_out_and_told() -> None:
    assert ("windows left out: its connection is winrm",) == imported(YAML).notes


def test_the_output_of_ansible_inventory_is_read() -> None:
    listed = {
        "_meta": {"hostvars": {"lis": {"ansible_host": "10.0.0.1"}}},
        "all": {"children": ["ungrouped", "site_35"]},
        "ungrouped": {"hosts": ["web"]},
        "site_35": {"children": ["lis_servers"]},
        "lis_servers": {"hosts": ["lis"]},
    }

    assert {
        "lis": {"address": "10.0.0.1", "roles": ["lis_servers", "site_35"]},
        "web": {},
    } == imported(json.dumps(listed)).hosts


def test_groups_that_contain_each_other_end() -> None:
    listed = {
        "_meta": {"hostvars": {}},
        "a": {"children": ["b"], "hosts": ["lis"]},
        "b": {"children": ["a"]},
    }

    assert {"lis": {"roles": ["a", "b"]}} == imported(json.dumps(listed)).hosts


def test_the_keys_of_a_connection_are_taken_over() -> None:
    assert {
        "address": "10.0.0.1",
        "port": 2222,
        "user": "audit",
        "key": "~/.ssh/k",
        "privilege_by": "doas",
    } == one(
        ansible_ssh_host="10.0.0.1",
        ansible_port="2222",
        ansible_ssh_user="audit",
        ansible_ssh_private_key_file="~/.ssh/k",
        ansible_become_method="community.general.doas",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        "-J bastion",
        "-Jbastion",
        "-o ProxyJump=bastion -o Compression=no",
        "-C -oProxyJump=bastion",
        "-o 'ProxyJump bastion'",
        "-o proxyjump=bastion",
    ],
)
def test_a_jump_in_the_arguments_of_ssh_is_taken_over(arguments: str) -> None:
    assert {"jump": "bastion"} == one(ansible_ssh_common_args=arguments)


PROXY = (
    "hosts.yml: lis: ProxyCommand runs a command on this machine: make the host in "
    "between a host of the inventory and name it by ProxyJump"
)


@pytest.mark.parametrize(
    "arguments",
    ["-o ProxyCommand='ssh -W %h:%p b'", "-oProxyCommand=nc", "-o 'proxycommand nc'"],
)
def test_a_proxy_command_is_refused(arguments: str) -> None:
    assert [PROXY] == wrong(ansible_ssh_common_args=arguments)


def test_a_jump_that_says_more_than_a_name_is_refused() -> None:
    assert ["hosts.yml: lis: ProxyJump a@b:2: one name of a host is due"] == wrong(
        ansible_ssh_extra_args="-J a@b:2"
    )


def test_a_jump_that_is_no_host_is_refused() -> None:
    assert ["hosts.yml: lis: ProxyJump other is no host of this inventory"] == wrong(
        ansible_ssh_common_args="-J other"
    )


def test_a_template_is_refused() -> None:
    assert [
        "hosts.yml: lis: ansible_host is a template that only Ansible can fill in"
    ] == wrong(ansible_host="{{ x }}")


def test_passwords_are_left_out_and_counted() -> None:
    text = (
        "all:\n  hosts:\n    lis:\n      ansible_become_password: hunter2\n"
        "    web:\n      ansible_password: !vault |\n        $ANSIBLE_VAULT\n"
    )
    found = imported(text)

    assert {"lis": {}, "web": {}} == found.hosts
    assert ("passwords of 2 hosts were left out: write references",) == found.notes


def test_a_range_of_hosts_is_refused() -> None:
    text = "all:\n  hosts:\n    web[01:50]:\n"

    assert [
        "hosts.yml: 'web[01:50]' is a range: give the output of 'ansible-inventory'"
    ] == problems_of(Path("/nowhere"), lambda: imported(text))


NEITHER = (
    "neither the JSON of 'ansible-inventory --list' nor a YAML inventory; of an INI "
    "inventory give the output of 'ansible-inventory -i FILE --list'"
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", "hosts.yml:1"),
        ("[web]\nlis ansible_host=x\n", "hosts.yml:2"),
        ("just words", "hosts.yml"),
        ("1: {}", "hosts.yml"),
        ("a: !!python/object/apply:os.system ['true']", "hosts.yml:1"),
    ],
)
def test_what_is_no_inventory_of_ansible_is_told(text: str, place: str) -> None:
    assert [f"{place}: {NEITHER}"] == problems_of(
        Path("/nowhere"), lambda: imported(text)
    )
