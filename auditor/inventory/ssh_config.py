"""An ssh_config into inventory hosts, resolved by OpenSSH itself.

`ssh -G` knows every rule of ssh_config(5); only the names that a file defines are
collected here, since no option prints them. What would run a command on this
machine is refused: `Match exec`, ProxyCommand.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from auditor.errors import ConfigurationError, Problem
from auditor.inventory.imported import Imported, Table

SECONDS = 10
DEEPEST = 16
Settings = dict[str, list[str]]
Resolve = Callable[[str], Settings]

_LINE = re.compile(r"\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*\S)")


class _Line(Struct, frozen=True):
    file: str
    number: int
    keyword: str
    words: tuple[str, ...]


def import_ssh_config(file: Path) -> Imported:
    """Read the hosts that a file names without wildcards.

    Raises ConfigurationError when ssh is not installed, and with every line that
    would run a command or a jump that is no host of the file.
    """
    program = shutil.which("ssh")
    if program is None:
        message = "an ssh_config is resolved by 'ssh -G', and ssh is not installed here"
        raise ConfigurationError([Problem(str(file), message)])
    lines = list(_lines(file, 0))
    problems = list(_refused(lines))
    if problems:
        raise ConfigurationError(problems)
    return hosts_of(file, _names(lines), lambda name: _resolved(program, file, name))


def hosts_of(file: Path, names: list[str], resolve: Resolve) -> Imported:
    """The hosts of some names, each resolved once; two names of one host are one."""
    usual = resolve("")["identityfile"]
    settings = {name: resolve(name) for name in names}
    first: dict[tuple[str, ...], str] = {}
    same = {name: first.setdefault(_target(settings[name]), name) for name in names}
    problems: list[Problem] = []
    hosts: dict[str, Table] = {}
    for name in (name for name in names if same[name] == name):
        hosts[name] = _host(settings[name], usual)
        jump = settings[name].get("proxyjump", ["none"])[0]
        if jump != "none":
            found = _jump(jump, settings)
            if found is None:
                message = f"its ProxyJump {jump} is no Host of this file: give it one"
                problems.append(Problem(str(file), message, key=f"Host {name}"))
            else:
                hosts[name]["jump"] = same[found]
    if problems:
        raise ConfigurationError(problems)
    notes = [
        f"{name} is another name of {kept}"
        for name, kept in same.items()
        if name != kept
    ]
    return Imported(str(file), hosts, notes=tuple(notes))


def _lines(file: Path, depth: int) -> Iterator[_Line]:
    """Every line of a file and of those that it includes; ssh_config(5), Include."""
    try:
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise ConfigurationError([Problem(str(file), reason)]) from None
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.match(line)
        if not found:
            continue
        try:
            words = tuple(shlex.split(found[2], comments=True))
        except ValueError:
            words = tuple(found[2].split())
        keyword = found[1].lower()
        yield _Line(str(file), number, keyword, words)
        if keyword == "include" and depth < DEEPEST:
            for word in words:
                for path in _included(word):
                    yield from _lines(path, depth + 1)


def _included(word: str) -> list[Path]:
    """The files of an Include: below ~/.ssh unless absolute, with wildcards."""
    path = Path("~/.ssh").expanduser() / Path(word).expanduser()
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _refused(lines: list[_Line]) -> Iterator[Problem]:
    for line in lines:
        words = [word.lower() for word in line.words]
        match line.keyword:
            case "match" if any(re.match("!?exec", word) for word in words):
                message = "Match exec would run a command here: take it out"
            case "proxycommand" if words[:1] != ["none"]:
                message = (
                    "ProxyCommand runs a command on this machine: write the host in "
                    "between as a Host of its own and name it by ProxyJump"
                )
            case "include" if any(set(word) & set("$%") for word in words):
                message = "write this path out: what stands there must be read first"
            case _:
                continue
        yield Problem(line.file, message, line.number)


def _names(lines: list[_Line]) -> list[str]:
    words = [word for line in lines if line.keyword == "host" for word in line.words]
    return list(
        dict.fromkeys(w for w in words if not set(w) & set("*?!") and w[0] != "-")
    )


def _resolved(program: str, file: Path, name: str) -> Settings:
    """What `ssh -G` says of a name; of no name, what it says of any host."""
    config = str(file) if name else "/dev/null"
    argv = [program, "-G", "-F", config, "-o", "CanonicalizeHostname=no"]
    done = subprocess.run(
        [*argv, "--", name or "host"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=SECONDS,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise ConfigurationError([Problem(str(file), f"ssh -G {name}: {said[-1]}")])
    settings: Settings = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        settings.setdefault(keyword, []).append(value)
    return settings


def _target(settings: Settings) -> tuple[str, ...]:
    return tuple(
        settings.get(key, [""])[0] for key in ("hostname", "port", "proxyjump")
    )


def _host(settings: Settings, usual: list[str]) -> Table:
    table: Table = {"address": settings["hostname"][0], "user": settings["user"][0]}
    if settings["port"][0] != "22":
        table["port"] = int(settings["port"][0])
    keys = settings.get("identityfile", [])
    if keys and keys not in (usual, ["none"]):
        table["key"] = keys[0]
    return table


def _jump(value: str, settings: dict[str, Settings]) -> str | None:
    """The name that a ProxyJump stands for, when it says no more than that host.

    Of a chain `a,b` the last one is the host's jump, and its own must be the rest.
    """
    rest, _, last = value.rpartition(",")
    found = re.fullmatch(r"(?:ssh://)?(?:([^@/]+)@)?([^@/:]+)(?::(\d+))?", last)
    if not found or found[2] not in settings:
        return None
    own = settings[found[2]]
    said = {"user": found[1], "port": found[3], "proxyjump": rest or None}
    agrees = all(v is None or own.get(k, ["none"])[0] == v for k, v in said.items())
    return found[2] if agrees else None
