"""An Ansible inventory into inventory hosts.

Read are what `ansible-inventory --list` prints (JSON; every source and plugin of
Ansible ends there) and Ansible's YAML inventory files. Ansible's groups become roles,
those that name laboratories, by a pattern, the group.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import yaml

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.imported import Imported, Table

Variables = dict[str, Any]

_EVERYBODY = frozenset({"all", "ungrouped"})
_SSH = frozenset({"ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh"})
_SECRETS = re.compile(r"(password|passwd|passphrase|secret|token)", re.IGNORECASE)
_NEITHER = (
    "neither the JSON of 'ansible-inventory --list' nor a YAML inventory; of an INI "
    "inventory give the output of 'ansible-inventory -i FILE --list'"
)


class _Loader(yaml.SafeLoader):
    """Safe, and blind to what `!vault` encrypts."""


_Loader.add_constructor("!vault", lambda *_: None)
_Loader.add_constructor("!unsafe", lambda _, node: str(node.value))


def import_ansible(text: str, origin: str, laboratories: str | None = None) -> Imported:
    """Read the JSON of `ansible-inventory --list` or a YAML inventory file.

    `laboratories` is a shell pattern: the groups that it names become groups here.
    Raises ConfigurationError with every host that can't be taken over.
    """
    tree = _parsed(text, origin)
    groups = tree if "_meta" in tree else _flattened(tree)
    listed = "_meta" in tree
    variables = _listed(tree) if listed else _written(groups, origin)
    members = _members(groups)
    problems: list[Problem] = []
    notes: list[str] = []
    hosts: dict[str, Table] = {}
    for name in sorted(variables):
        table = _host(name, variables[name], origin, problems)
        if table is None:
            connection = variables[name].get("ansible_connection", "ssh")
            notes.append(f"{name} left out: its connection is {connection}")
            continue
        mine = sorted(group for group in members if name in members[group])
        others = _place(table, mine, laboratories)
        notes += [f"{name} is in {table['group']}, not in {one}" for one in others]
        hosts[name] = table
    secrets = sum(any(_SECRETS.search(key) for key in v) for v in variables.values())
    if secrets:
        notes.append(f"passwords of {secrets} hosts were left out: write references")
    problems += _unknown_jumps(hosts, origin)
    if problems:
        raise ConfigurationError(problems)
    used = sorted({table["group"] for table in hosts.values() if "group" in table})
    return Imported(origin, hosts, {name: {} for name in used}, tuple(notes))


def _parsed(text: str, origin: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else None
        tree = yaml.load(text, _Loader) if found is None else found
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        line = getattr(error, "lineno", None)
        if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
            line = error.problem_mark.line + 1
        raise ConfigurationError([Problem(origin, _NEITHER, line)]) from None
    if not isinstance(tree, dict) or not all(isinstance(key, str) for key in tree):
        raise ConfigurationError([Problem(origin, _NEITHER)])
    return tree


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(tree: Mapping[str, Any]) -> dict[str, Variables]:
    """Host -> variables of `--list`, where Ansible has merged those of groups."""
    given = _table(_table(tree["_meta"]).get("hostvars"))
    names = set(given)
    for group in tree.values():
        names |= set(_names(_table(group).get("hosts")))
    return {name: dict(_table(given.get(name))) for name in names}


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list | dict) else []


def _members(tree: Mapping[str, Any]) -> dict[str, set[str]]:
    """Group -> hosts, those of its children included."""
    return {name: set(_below(tree, name, ())) for name in tree if name != "_meta"}


def _below(tree: Mapping[str, Any], name: str, above: tuple[str, ...]) -> Iterator[str]:
    group = _table(tree.get(name))
    yield from _names(group.get("hosts"))
    for child in _names(group.get("children")):
        if child not in above:
            yield from _below(tree, child, (*above, name))


def _flattened(tree: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The groups of a YAML file by name, as `--list` has them, with their variables.

    A group may be described in several places of the tree.
    """
    groups: dict[str, dict[str, Any]] = {}
    waiting = list(tree.items())
    while waiting:
        name, given = waiting.pop(0)
        group = groups.setdefault(str(name), {"hosts": {}, "children": {}, "vars": {}})
        for key, known in group.items():
            known.update(_table(_table(given).get(key)))
        waiting += _table(_table(given).get("children")).items()
    return groups


def _written(groups: Mapping[str, dict[str, Any]], origin: str) -> dict[str, Variables]:
    """Host -> variables of a YAML file: a deeper group wins, then the host itself."""
    members = _members(groups)
    depths = {name: _depth(groups, name, ()) for name in groups}
    own: dict[str, Variables] = {}
    for group in groups.values():
        for host, given in group["hosts"].items():
            own.setdefault(str(host), {}).update(_table(given))
    problems = [
        Problem(origin, f"'{host}' is a range: give the output of 'ansible-inventory'")
        for host in own
        if "[" in host
    ]
    if problems:
        raise ConfigurationError(problems)
    variables: dict[str, Variables] = {host: {} for host in own}
    for name in sorted(groups, key=lambda name: (name != "all", depths[name], name)):
        everybody = own if name == "all" else members[name]
        for host in everybody:
            variables[host].update(groups[name]["vars"])
    return {host: {**variables[host], **own[host]} for host in own}


def _depth(groups: Mapping[str, Any], name: str, below: tuple[str, ...]) -> int:
    parents = [
        parent
        for parent, group in groups.items()
        if name in group["children"] and parent not in below
    ]
    return max((_depth(groups, p, (*below, name)) + 1 for p in parents), default=0)


def _host(
    name: str, variables: Variables, origin: str, problems: list[Problem]
) -> Table | None:
    """The keys of one host; None when it is not reached by ssh, or wrong."""
    connection = str(variables.get("ansible_connection", "ssh"))
    if connection in ("local", "ansible.builtin.local"):
        return {"transport": "local"}
    if connection not in _SSH:
        return None
    table: Table = {}
    for key, names in _KEYS.items():
        value = next(
            (variables[n] for n in names if variables.get(n) is not None), None
        )
        if isinstance(value, str) and "{{" in value:
            message = f"{names[0]} is a template that only Ansible can fill in"
            problems.append(Problem(origin, message, key=name))
        elif value is not None:
            table[key] = int(value) if key == "port" and str(value).isdigit() else value
    if str(variables.get("ansible_become_method")) in (
        "doas",
        "community.general.doas",
    ):
        table["privilege_by"] = "doas"
    try:
        jump = _jump(variables)
    except ValueError as error:
        problems.append(Problem(origin, str(error), key=name))
        return None
    return {**table, "jump": jump} if jump else table


_KEYS: dict[str, tuple[str, ...]] = {
    "address": ("ansible_host", "ansible_ssh_host"),
    "port": ("ansible_port", "ansible_ssh_port"),
    "user": ("ansible_user", "ansible_ssh_user"),
    "key": ("ansible_ssh_private_key_file", "ansible_private_key_file"),
}


def _jump(variables: Variables) -> str | None:
    """The jump host in ssh's arguments. Raises ValueError for what can't be one."""
    words: list[str] = []
    for name in ("ansible_ssh_common_args", "ansible_ssh_extra_args"):
        words += shlex.split(str(variables.get(name) or ""))
    for index, word in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else ""
        option = word[2:] or after if word.startswith("-o") else ""
        if re.match(r"ProxyCommand\b", option, re.IGNORECASE):
            raise ValueError(
                "ProxyCommand runs a command on this machine: make the host in between "
                "a host of the inventory and name it by ProxyJump"
            )
        jump = re.match(r"ProxyJump[ =]+(\S+)", option, re.IGNORECASE)
        if jump or word.startswith("-J"):
            found = jump[1] if jump else word[2:] or after
            if not re.fullmatch(r"[A-Za-z0-9._-]+", found):
                raise ValueError(f"ProxyJump {found}: one name of a host is due")
            return found
    return None


def _place(table: Table, groups: Iterable[str], laboratories: str | None) -> list[str]:
    """Put a host's groups into its keys; the ones that are too many come back."""
    named = [name for name in groups if name not in _EVERYBODY]
    chosen = [
        name for name in named if laboratories and fnmatchcase(name, laboratories)
    ]
    if chosen:
        table["group"] = chosen[0]
    roles = [name for name in named if name not in chosen]
    if roles:
        table["roles"] = roles
    return chosen[1:]


def _unknown_jumps(hosts: Mapping[str, Table], origin: str) -> Iterator[Problem]:
    for name, table in hosts.items():
        if "jump" in table and table["jump"] not in hosts:
            message = f"ProxyJump {table['jump']} is no host of this inventory"
            yield Problem(origin, message, key=name)
