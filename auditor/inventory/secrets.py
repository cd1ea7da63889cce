"""Secrets, fetched from where the inventory says, before anything connects."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import NoReturn

from auditor.errors import ConfigurationError, Problem
from auditor.model.host import Host, Inventory, Secret, jumps_of
from auditor.system_credentials import given, is_given

COMMAND_SECONDS = 60
Ask = Callable[[str], str]


class Secrets:
    """The values of references; nothing but `value` gives one out.

    It shows no value in `repr`, can't be pickled or copied, and is nothing that
    `json` knows. Python can't promise to wipe a value from memory.
    """

    __slots__ = ("__values",)

    def __init__(self, values: Mapping[Secret, str]) -> None:
        self.__values = dict(values)

    def value(self, secret: Secret) -> str:
        """The secret itself. Raises KeyError for a reference never resolved."""
        return self.__values[secret]

    def __repr__(self) -> str:
        return f"<{len(self.__values)} secrets>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("secrets are neither pickled nor copied")


def resolve_secrets(
    inventory: Inventory,
    hosts: Iterable[Host],
    *,
    no_input: bool,
    ask: Ask,
    login_only: bool = False,
    environment: MutableMapping[str, str] | None = None,
    more: Mapping[str, Secret] | None = None,
) -> Secrets:
    """Fetch each distinct reference of the hosts and of their jumps, once.

    `ask` gets what to ask for and returns what was typed; with `no_input` a prompt
    is an error; with `login_only` sudo passwords are left out; `more` are references
    of no host, by the key that they stand at. Variables are taken
    out of `environment` (default: this process's), so that no child of ours inherits
    one: a second call would not find them. Raises ConfigurationError with all
    references that give nothing; no message holds a value.
    """
    variables = os.environ if environment is None else environment
    users = secret_users(inventory, hosts, login_only=login_only)
    for key, secret in (more or {}).items():
        users.setdefault(secret, []).append(key)
    values: dict[Secret, str] = {}
    problems: list[Problem] = []
    # Variables first: the commands that follow must not inherit them.
    for secret in sorted(users, key=lambda secret: secret.kind != "env"):
        try:
            values[secret] = _value(secret, variables, None if no_input else ask)
            if not values[secret]:
                raise _NothingError("the secret is empty")
        except _NothingError as error:
            problems.append(_problem(inventory, users[secret], str(error)))
    if problems:
        raise ConfigurationError(problems)
    return Secrets(values)


def secret_users(
    inventory: Inventory, hosts: Iterable[Host], *, login_only: bool = False
) -> dict[Secret, list[str]]:
    """Each distinct reference that auditing the hosts takes, and the keys it serves.

    A jump that is not audited itself needs what logs in, not its sudo password.
    """
    chosen = {host.name: host for host in hosts}
    jumps = {
        one.name: one for host in chosen.values() for one in jumps_of(inventory, host)
    }
    users: dict[Secret, list[str]] = {}
    for name, host in {**jumps, **chosen}.items():
        keys = ["passphrase", "password"] if host.transport == "ssh" else []
        if not login_only and name in chosen and _may_be_root(host):
            keys.append("sudo_password")
        for key in keys:
            if (secret := getattr(host, key)) is not None:
                users.setdefault(secret, []).append(f"hosts.{name}.{key}")
    return users


def fetch_secret(inventory: Inventory, secret: Secret, key: str) -> str:
    """One secret that is no host's; nobody is asked for it.

    Raises ConfigurationError at `key` of the inventory; no message holds the value.
    """
    try:
        value = _value(secret, os.environ, None)
        if not value:
            raise _NothingError("the secret is empty")
    except _NothingError as error:
        raise ConfigurationError([_problem(inventory, [key], str(error))]) from None
    return value


def _may_be_root(host: Host) -> bool:
    return host.privilege != "never" and host.transport != "answer"


def _problem(inventory: Inventory, keys: list[str], message: str) -> Problem:
    others = f" ({len(keys) - 1} more use it)" if len(keys) > 1 else ""
    return Problem(str(inventory.path), message + others, key=keys[0])


class _NothingError(Exception):
    """A reference that gives nothing; the text holds no value."""


def _value(secret: Secret, variables: MutableMapping[str, str], ask: Ask | None) -> str:
    """What a reference gives, without the end of its line."""
    first = secret.reference[0]
    match secret.kind:
        case "env":
            return _variable(first, variables)
        case "file":
            return first_line(first)
        case "command":
            return _output(secret.reference, variables)
        case "prompt":
            if ask is None:
                raise _NothingError("it is asked for, and --no-input forbids to ask")
            return ask(first)


def _variable(name: str, variables: MutableMapping[str, str]) -> str:
    if name not in variables:
        raise _NothingError(f"the variable {name} is not set")
    return variables.pop(name)


def _output(argv: tuple[str, ...], variables: Mapping[str, str]) -> str:
    """The first line that a command prints; its stderr is the user's."""
    name = f"the command '{argv[0]}'"
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=dict(variables),
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _NothingError(f"{name} took over {COMMAND_SECONDS} s") from None
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise _NothingError(f"{name} can't be run: {reason}") from None
    if done.returncode != 0:
        raise _NothingError(f"{name} ended with {done.returncode}")
    return _line(done.stdout)


def first_line(path: str) -> str:
    """The first line of a file that nobody but its owner can read.

    Raises _NothingError when it is no regular file, or open to group or others.
    """
    found_at = given(Path(path))
    path = str(found_at)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise _NothingError(f"{path}: {reason}") from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise _NothingError(f"{path} is no regular file")
    with os.fdopen(handle, "rb") as file:
        if found.st_mode & 0o077 and not is_given(found_at):
            mode = f"{stat.S_IMODE(found.st_mode):04o}"
            message = f"{path} is open to others ({mode}): chmod 600 {path}"
            raise _NothingError(message)
        return _line(file.readline())


def _line(raw: bytes) -> str:
    try:
        return raw.split(b"\n", 1)[0].removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise _NothingError("the secret is not UTF-8") from None
