"""What stands where a secret is due, and that no message repeats it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.model.host import Secret
from tests.inventory.writing import inventory_of, wrong

RULE = (
    "a secret never stands in this file, only where to find it: "
    '{ env = "NAME" }, { file = "path" }, { command = ["pass", "show", "x"] } '
    "or { prompt = true }"
)
WRITTEN = {
    "the secret itself": ('"hunter2"', RULE),
    "a number": ("31337", RULE),
    "a list": ('["hunter2"]', RULE),
    "an empty table": ("{}", RULE),
    "two places": ('{ env = "A", file = "hunter2" }', RULE),
    "a place misspelt": ('{ evn = "hunter2" }', f"did you mean 'env'? {RULE}"),
    "an unknown place": ('{ hunter2 = "x" }', RULE),
    "a variable that is none": (
        '{ env = "hunter2!" }',
        f"env takes the name of a variable; {RULE}",
    ),
    "a path that is none": ("{ file = 31337 }", f"file takes a path; {RULE}"),
    "a command for a shell": (
        '{ command = "pass show hunter2" }',
        f"command takes a list of words, no shell reads it; {RULE}",
    ),
    "no command": (
        "{ command = [] }",
        f"command takes a list of words, no shell reads it; {RULE}",
    ),
    "a prompt for nobody": ("{ prompt = false }", f"prompt takes true; {RULE}"),
}


@pytest.mark.parametrize(("written", "expected"), WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("key", ["passphrase", "password", "sudo_password"])
def test_a_wrong_reference_is_told_without_its_value(
    tmp_path: Path, key: str, written: str, expected: str
) -> None:
    problems = wrong(tmp_path, f'[hosts.lis]\nuser = "a"\n{key} = {written}\n')

    assert [f"inventory.toml:5: hosts.lis.{key}: {expected}"] == problems
    assert "hunter2" not in str(problems)
    assert "31337" not in str(problems)


def test_a_misspelt_key_of_a_secret_is_told_without_its_value(tmp_path: Path) -> None:
    problems = wrong(tmp_path, '[hosts.lis]\nuser = "a"\nsudo_pasword = "hunter2"\n')

    assert [
        (
            "inventory.toml:5: hosts.lis.sudo_pasword: unknown key; did you mean "
            "'sudo_password'?"
        )
    ] == problems


def test_references_of_all_kinds_are_read(tmp_path: Path) -> None:
    text = (
        '[defaults]\nuser = "u"\npassword = { env = "A_1" }\n'
        '[hosts.x]\npassphrase = { file = "/f" }\n'
        'sudo_password = { command = ["pass", "show", ""] }\n'
    )
    host = inventory_of(tmp_path, text).hosts["x"]

    assert Secret("env", ("A_1",)) == host.password
    assert Secret("file", ("/f",)) == host.passphrase
    assert Secret("command", ("pass", "show", "")) == host.sudo_password


def test_a_reference_is_not_shown_by_repr() -> None:
    assert "Secret(kind='env')" == repr(Secret("env", ("hunter2",)))


def test_a_reference_is_nothing_for_json() -> None:
    with pytest.raises(TypeError):
        json.dumps(Secret("env", ("hunter2",)))
