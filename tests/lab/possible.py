"""Can this machine carry the lab? Tried, never guessed from uid or distribution."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tests.lab.paths import SCRIPTS

SOURCES = (
    Path("/etc/apt/sources.list.d/debian.sources"),
    Path("/etc/apt/sources.list"),
)
TOOLS = ("unshare", "nsenter", "setpriv", "ip", "mmdebstrap", "ssh-keygen", "openssl")
OLDEST_DEBIAN = 12


def refusal() -> str | None:
    """The first thing that this machine refuses, in words; None when nothing."""
    return missing_tool() or wrong_system() or refused_by_kernel()


def missing_tool() -> str | None:
    for tool in TOOLS:
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    return None


def wrong_system() -> str | None:
    release = os_release()
    if release.get("ID") != "debian":
        return f"the system is {release.get('ID', 'unknown')}, not Debian"
    version = release.get("VERSION_ID", "0")
    if not version.isdigit() or int(version) < OLDEST_DEBIAN:
        return f"Debian {version} is older than {OLDEST_DEBIAN}"
    if apt_source() is None:
        return "no apt source file of Debian found in /etc/apt"
    return None


def refused_by_kernel() -> str | None:
    namespaces = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child"]
    bare = subprocess.run(
        [*namespaces, "true"], capture_output=True, text=True, check=False
    )
    if bare.returncode != 0:
        return f"no namespaces: {bare.stderr.strip()}"
    tried = subprocess.run(
        [*namespaces, "--propagation", "private", "sh", str(SCRIPTS / "try.sh")],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        return tried.stderr.strip().splitlines()[-1] if tried.stderr else "no reason"
    return None


def os_release() -> dict[str, str]:
    path = Path("/etc/os-release")
    if not path.exists():
        return {}
    pairs = re.findall(r'^(\w+)="?([^"\n]*)"?$', path.read_text(), re.MULTILINE)
    return dict(pairs)


def apt_source() -> Path | None:
    """The machine's own apt source file, which mmdebstrap is given as it is."""
    for path in SOURCES:
        if path.is_file() and re.search(
            r"^(deb |Types:.*\bdeb\b)", path.read_text(), re.MULTILINE
        ):
            return path
    return None
