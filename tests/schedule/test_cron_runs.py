"""The cron line under a real cron, which has namespaces and a spool of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.running import auditor

ALONE = Path(__file__).with_name("cron_alone.sh")
PROGRAM = Path(sys.executable).with_name("auditor")
WATCHED = """\
[engagement]
client = "Laboratoires Exemple"
auditor = "A. Exemple"

[heartbeat]
file = "beat.json"

[hosts.here]
"""
LOCAL = 'transport = "local"\nprivilege = "never"\n'
ASKS = 'user = "audit"\npassword = { prompt = true }\n'
#: cron starts what is due at each full minute.
PATIENCE = 150


def daemon(folder: Path) -> Path:
    """A cron: this machine's, or one of its packages' unpacked and not installed."""
    found = shutil.which("cron") or shutil.which("crond")
    if found is not None:
        return Path(found)
    download = subprocess.run(
        ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", "cron"],
        cwd=folder,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    packages = list(folder.glob("cron_*.deb"))
    if download.returncode != 0 or not packages:
        pytest.skip("no cron here, and apt gives none")
    subprocess.run(["dpkg-deb", "-x", packages[0], folder], check=True)
    return next(folder.glob("usr/sbin/cron"))


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """cron with the files of FOLDER/etc/cron.d; all it started ends with it."""
    private = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command = [*private, "sh", str(ALONE), str(folder), str(daemon(folder))]
    with (folder / "cron.log").open("wb") as log:
        cron = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
        finally:
            cron.kill()
            cron.wait()


def waited_for(*files: Path) -> bool:
    """Whether all are there in the end."""
    for _ in range(PATIENCE * 2):
        if all(file.exists() for file in files):
            return True
        time.sleep(0.5)
    return False


def inventory_in(folder: Path, host: str) -> Path:
    folder.mkdir()
    file = folder / "inventory.toml"
    file.write_text(WATCHED + host, "utf-8")
    return file


def place(root: Path, file: Path, name: str) -> None:
    """Have it installed as users do, for an account that reads this checkout."""
    done = auditor(
        *("schedule", "install", "cron", "-i", file, "--name", name, "--root", root),
        *("--user", "root", "--when", "* * * * *", "--program", PROGRAM, "--"),
        *(
            "--check",
            "swap_unencrypted",
            "--fail-on",
            "critical",
            "-o",
            "all 100% 'runs'",
        ),
    )
    assert f"write  {root}/etc/cron.d/{name}" in done.stdout, done.stderr


@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="needs root: a mount namespace")
def test_cron_runs_it_and_mails_what_went_wrong(tmp_path: Path) -> None:
    good = inventory_in(tmp_path / "50% good", LOCAL)
    bad = inventory_in(tmp_path / "bad", ASKS)
    place(tmp_path, good, "good")
    bad.write_text(WATCHED + LOCAL, "utf-8")
    place(tmp_path, bad, "bad")
    bad.write_text(WATCHED + ASKS, "utf-8")

    beat, mail = good.with_name("beat.json"), tmp_path / "mail"
    with running(tmp_path):
        assert waited_for(beat, mail), (tmp_path / "cron.log").read_text()

    (run,) = good.parent.glob("all 100% 'runs'/2*")
    said = json.loads(beat.read_bytes())
    assert (run.name, 0) == (said["run"], said["exit_code"])
    assert "hosts.here.password: it is asked for, and --no-input" in mail.read_text()
    assert mail.read_text().count("Subject:") == 1
    assert not bad.with_name("beat.json").exists()
