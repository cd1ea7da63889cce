"""Root file systems: one base for all, and a layer for each list of packages.

Both are named after what they are made of, built under another name and renamed, so
that whatever has its final name is whole. Only one builder works at a time.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab import state
from tests.lab.hosts import Host
from tests.lab.paths import CACHE, SCRIPTS, LabError
from tests.lab.possible import apt_source, os_release

FOLDER = CACHE / "roots"
BASE_PACKAGES = ("openssh-server", "sudo", "iproute2", "procps", "openssl")
# Raised when the scripts that build change what they leave behind.
FORMAT = "1"
BUILDERS = 2
APT_SETTINGS = ("Acquire::http", "Acquire::https", "Acquire::Check", "Acquire::Retries")


@dataclass(frozen=True, slots=True)
class Root:
    """The folders that a host's overlay stands on, topmost first."""

    layers: tuple[Path, ...]

    def built(self) -> bool:
        return all(layer.is_dir() for layer in self.layers)


def base_path() -> Path:
    return FOLDER / f"base-{digest(FORMAT, suite(), *BASE_PACKAGES)}"


def root_of(host: Host) -> Root:
    base = base_path()
    if not host.packages:
        return Root((base,))
    recipe = host.folder / "root.sh"
    script = recipe.read_text() if recipe.exists() else ""
    name = f"layer-{digest(base.name, script, *sorted(host.packages))}"
    layer = base.with_name(name)
    # An appliance's recipe leaves a whole root of its own: nothing lies under it.
    return Root((layer,)) if script else Root((layer, base))


def build_missing(hosts: tuple[Host, ...]) -> None:
    """Build what these hosts stand on and is not there yet."""
    if all(root_of(host).built() for host in hosts if host.has_root):
        return
    with lock():
        remove_unfinished()
        settings = apt_settings()
        if not base_path().is_dir():
            build_base(base_path(), settings)
        layers = {
            root_of(host).layers[0]: host
            for host in hosts
            if host.has_root and not root_of(host).built()
        }
        with ThreadPoolExecutor(BUILDERS) as pool:
            for _ in pool.map(
                lambda item: build_layer(item[0], item[1], settings), layers.items()
            ):
                pass


def build_base(path: Path, settings: Path) -> None:
    source = apt_source()
    if source is None:
        raise LabError("no apt source file of Debian found in /etc/apt")
    say(f"base root of {suite()}: {' '.join(BASE_PACKAGES)}")
    with unfinished(path) as folder:
        run_build("base.sh", suite(), folder, source, settings, ",".join(BASE_PACKAGES))


def build_layer(path: Path, host: Host, settings: Path) -> None:
    say(f"layer of {host.name}: {' '.join(host.packages)}")
    with unfinished(path) as folder:
        recipe = host.folder / "root.sh"
        run_build(
            "layer.sh",
            base_path(),
            folder,
            settings,
            recipe if recipe.exists() else "",
            *host.packages,
        )
    say(f"layer of {host.name}: done")


def run_build(script: str, *arguments: object) -> None:
    """Run a build script in namespaces of its own, which die with this process."""
    log = CACHE / "build.log"
    command = ["setpriv", "--pdeathsig", "KILL"]
    command += ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork"]
    command += ["--kill-child", "--propagation", "private", "sh", f"{SCRIPTS / script}"]
    with log.open("ab") as output:
        done = subprocess.run(
            [*command, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode != 0:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise LabError(f"{script} failed, the end of {log}:\n{last}")


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A folder that gets its final name when all went well."""
    folder = path.with_name(f"{path.name}.new")
    folder.mkdir(parents=True)
    yield folder
    folder.rename(path)


@contextmanager
def lock() -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another lab builds roots, waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def remove_unfinished() -> None:
    """Delete what a killed builder left; its processes died with it."""
    for folder in FOLDER.glob("*.new"):
        mark = str(folder).encode()
        builders = [pid for pid, argv in state.command_lines() if mark in argv]
        for pid in builders:
            state.kill(pid)
        state.wait_for_end(builders)
        shutil.rmtree(folder)


def apt_settings() -> Path:
    """The machine's own ways to its mirror (proxy, retries), as a file for apt."""
    dump = subprocess.run(
        ["apt-config", "dump"], check=True, capture_output=True, text=True
    ).stdout
    lines = [line for line in dump.splitlines() if line.startswith(APT_SETTINGS)]
    path = CACHE / "apt.conf"
    path.write_text("\n".join(lines) + "\n")
    return path


def suite() -> str:
    return os_release()["VERSION_CODENAME"]


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def say(line: str) -> None:
    print(f"lab: {line}", file=sys.stderr, flush=True)
