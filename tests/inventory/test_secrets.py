"""Secrets, fetched once and shown to nobody."""

from __future__ import annotations

import copy
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.inventory.secrets import Secrets, resolve_secrets, secret_users
from auditor.model.host import Inventory, Secret
from tests.inventory.writing import inventory_of, problems_of

ENV = Secret("env", ("SUDO",))


def nobody(what: str) -> str:
    raise AssertionError(f"asked for {what}")


def resolve(
    inventory: Inventory,
    ask: Callable[[str], str] = nobody,
    environment: dict[str, str] | None = None,
    *,
    no_input: bool = False,
    login_only: bool = False,
) -> Secrets:
    return resolve_secrets(
        inventory,
        inventory.hosts.values(),
        no_input=no_input,
        ask=ask,
        login_only=login_only,
        environment={"PATH": os.environ["PATH"]}
        if environment is None
        else environment,
    )


def one(folder: Path, reference: str) -> Inventory:
    """A host whose sudo password is found there."""
    return inventory_of(
        folder, f'[hosts.lis]\nuser = "a"\nsudo_password = {reference}\n'
    )


def value(inventory: Inventory, secrets: Secrets) -> str:
    reference = inventory.hosts["lis"].sudo_password
    assert reference is not None
    return secrets.value(reference)


def secret_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_a_variable_is_taken_out_of_the_environment(tmp_path: Path) -> None:
    inventory = one(tmp_path, '{ env = "SUDO" }')
    environment = {"SUDO": "hunter2", "HOME": "/"}

    assert "hunter2" == value(inventory, resolve(inventory, environment=environment))
    assert {"HOME": "/"} == environment


def test_the_environment_is_this_process_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO", "hunter2")
    inventory = one(tmp_path, '{ env = "SUDO" }')
    hosts = inventory.hosts.values()
    secrets = resolve_secrets(inventory, hosts, no_input=True, ask=nobody)

    assert "hunter2" == value(inventory, secrets)
    assert "SUDO" not in os.environ


@pytest.mark.parametrize(
    "content", [b"a b\xc3\xa9", b"a b\xc3\xa9\n", b"a b\xc3\xa9\r\nx"]
)
def test_a_file_gives_its_first_line(tmp_path: Path, content: bytes) -> None:
    secret_file(tmp_path, content)
    inventory = one(tmp_path, '{ file = "secret" }')

    assert "a bé" == value(inventory, resolve(inventory))


def test_a_command_gives_its_first_line_without_a_shell(tmp_path: Path) -> None:
    inventory = one(tmp_path, '{ command = ["printf", "%s\\\\nx", "$HOME;é"] }')

    assert "$HOME;é" == value(inventory, resolve(inventory))


def test_a_command_inherits_no_secret_and_no_standard_input(tmp_path: Path) -> None:
    text = (
        '[hosts.lis]\nuser = "a"\n'
        'sudo_password = { command = ["sh", "-c", "echo \\"<$SUDO>$(cat)\\""] }\n'
        '[hosts.web]\nuser = "a"\nsudo_password = { env = "SUDO" }\n'
    )
    inventory = inventory_of(tmp_path, text)
    environment = {"SUDO": "hunter2", "PATH": os.environ["PATH"]}

    assert "<>" == value(inventory, resolve(inventory, environment=environment))


def test_a_prompt_names_the_key_and_is_asked_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(what: str) -> str:
        asked.append(what)
        return "typed"

    text = (
        '[defaults]\nuser = "a"\nsudo_password = { prompt = true }\n'
        "[hosts.lis]\n[hosts.web]\n"
    )
    inventory = inventory_of(tmp_path, text)

    assert "typed" == value(inventory, resolve(inventory, ask))
    assert ["defaults.sudo_password"] == asked


def test_a_command_is_run_once_for_all_hosts(tmp_path: Path) -> None:
    counter = tmp_path / "count"
    script = f"echo x >> {counter}; echo s"
    text = (
        f'[defaults]\nuser = "a"\npassword = {{ command = ["sh", "-c", "{script}"] }}\n'
        "[hosts.lis]\n[hosts.web]\n"
    )
    resolve(inventory_of(tmp_path, text))

    assert "x\n" == counter.read_text(encoding="utf-8")


FAILURES = {
    "a variable that is not set": ('{ env = "SUDO" }', "the variable SUDO is not set"),
    "no file": ('{ file = "/nowhere/s" }', "/nowhere/s: no such file or directory"),
    "a folder": ('{ file = "/" }', "/ is no regular file"),
    "a device": ('{ file = "/dev/null" }', "/dev/null is no regular file"),
    "a command that fails": (
        '{ command = ["sh", "-c", "echo hunter2; exit 3"] }',
        "the command 'sh' ended with 3",
    ),
    "no command": (
        '{ command = ["/nowhere/pass"] }',
        "the command '/nowhere/pass' can't be run: no such file or directory",
    ),
    "a command that says nothing": ('{ command = ["true"] }', "the secret is empty"),
    "no UTF-8": (
        '{ command = ["printf", "\\\\377"] }',
        "the secret is not UTF-8",
    ),
    "a prompt": (
        "{ prompt = true }",
        "it is asked for, and --no-input forbids to ask",
    ),
}


@pytest.mark.parametrize(("reference", "expected"), FAILURES.values(), ids=FAILURES)
def test_a_reference_that_gives_nothing_is_a_mistake(
    tmp_path: Path, reference: str, expected: str
) -> None:
    inventory = one(tmp_path, reference)
    problems = problems_of(tmp_path, lambda: resolve(inventory, no_input=True))

    assert [f"inventory.toml: hosts.lis.sudo_password: {expected}"] == problems


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_open_is_a_mistake(tmp_path: Path, mode: int) -> None:
    file = secret_file(tmp_path, b"hunter2", mode)
    inventory = one(tmp_path, '{ file = "secret" }')
    expected = (
        "inventory.toml: hosts.lis.sudo_password: secret is open to others "
        f"({mode:04o}): chmod 600 secret"
    )

    assert [expected] == problems_of(file.parent, lambda: resolve(inventory))


def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secret", 0o600)
    inventory = one(tmp_path, '{ file = "secret" }')

    assert ["inventory.toml: hosts.lis.sudo_password: secret is no regular file"] == (
        problems_of(tmp_path, lambda: resolve(inventory))
    )


def test_all_references_that_give_nothing_come_out_in_one_go(tmp_path: Path) -> None:
    text = (
        '[defaults]\nuser = "a"\npassword = { env = "P" }\n'
        '[hosts.lis]\nsudo_password = { env = "S" }\n[hosts.web]\n'
    )
    inventory = inventory_of(tmp_path, text)

    assert [
        "inventory.toml: hosts.lis.password: the variable P is not set (1 more use it)",
        "inventory.toml: hosts.lis.sudo_password: the variable S is not set",
    ] == problems_of(tmp_path, lambda: resolve(inventory))


USES = """\
[defaults]
user = "a"
[hosts.jump]
password = { env = "JUMP" }
sudo_password = { env = "JUMP_SUDO" }
[hosts.lis]
jump = "jump"
passphrase = { env = "KEY" }
sudo_password = { env = "SUDO" }
[hosts.plain]
privilege = "never"
sudo_password = { env = "NEVER" }
[hosts.here]
transport = "local"
password = { env = "LOCAL" }
sudo_password = { env = "HERE" }
[hosts.hand]
transport = "answer"
sudo_password = { env = "HAND" }
"""


@pytest.mark.parametrize(
    ("chosen", "login_only", "expected"),
    [
        (["lis"], False, {"JUMP", "KEY", "SUDO"}),
        (["lis"], True, {"JUMP", "KEY"}),
        (["jump"], False, {"JUMP", "JUMP_SUDO"}),
        (["plain"], False, set()),
        (["here"], False, {"HERE"}),
        (["hand"], False, set()),
    ],
)
def test_only_what_the_chosen_hosts_take_is_fetched(
    tmp_path: Path, chosen: list[str], login_only: bool, expected: set[str]
) -> None:
    inventory = inventory_of(tmp_path, USES)
    hosts = [inventory.hosts[name] for name in chosen]
    users = secret_users(inventory, hosts, login_only=login_only)

    assert expected == {secret.reference[0] for secret in users}


HIDDEN = Secrets({ENV: "hunter2"})


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda s: f"{s!r}"])
def test_secrets_are_not_shown(show: Callable[[object], str]) -> None:
    assert "<1 secrets>" == show(HIDDEN)


@pytest.mark.parametrize("leave", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_secrets_do_not_leave(leave: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as caught:
        leave(HIDDEN)

    assert "hunter2" not in str(caught.value)


def test_secrets_have_no_attributes_to_dump() -> None:
    with pytest.raises(TypeError):
        vars(HIDDEN)


def test_a_reference_that_was_never_fetched_has_no_value() -> None:
    with pytest.raises(KeyError):
        HIDDEN.value(Secret("env", ("OTHER",)))
