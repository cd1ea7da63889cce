"""`make demo`: which way it goes, what it leaves, and what it takes down again.

The lab and the auditor are stand-ins here that keep a diary; sshd is the real one.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.loopback import NoServerError, Server, loopback_sshd

PROJECT = Path(__file__).resolve().parents[2]

LAB = """\
import os, subprocess, sys
from pathlib import Path

project = Path(__file__).resolve().parents[2]
verb, *rest = sys.argv[1:]
with (project / "diary").open("a") as diary:
    print("lab", verb, file=diary)
if (project / f"fails-{verb}").exists():
    sys.exit((project / f"fails-{verb}").read_text())
if verb == "up":
    print("booting", file=sys.stderr)
    print(project / "lab-run/inventory.toml")
if verb == "exec":
    sys.exit(subprocess.run(rest[2:]).returncode)
"""

AUDITOR = """\
#!{python}
import sys
from pathlib import Path

project = Path({project!r})
verb, *rest = sys.argv[1:]
inventory = Path(rest[rest.index("-i") + 1])
local = "this-machine" in inventory.read_text()
with (project / "diary").open("a") as diary:
    print("auditor", verb, "this machine" if local else inventory, file=diary)
if local:
    (project / "local.toml").write_text(inventory.read_text())
run = Path(rest[rest.index("-o") + 1]) / "2026-11-25T100000Z-abcdef"
run.mkdir()
(run / "run.json").write_text(verb)
report = rest[rest.index("-f") + 1].removeprefix("html:")
if not (project / "fails-report").exists():
    Path(report).write_text(verb)
code = project / ("local-code" if local else "code")
sys.exit(int(code.read_text()) if code.exists() else (1 if local else 3))
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout where the lab and the auditor are stand-ins."""

    folder: Path

    def demo(self, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
        """Run the demonstration; without sbin in the path sshd is still looked for."""
        return subprocess.run(
            [sys.executable, "-m", "scripts.demo"],
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), "USER": getpass.getuser()},
            capture_output=True,
            text=True,
            check=False,
        )

    def without_lab(self, verb: str = "check") -> None:
        """Let a verb of the lab fail."""
        (self.folder / f"fails-{verb}").write_text("lab not possible: no mirror")

    @property
    def diary(self) -> list[str]:
        return (self.folder / "diary").read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    shutil.copytree(PROJECT / "scripts", tmp_path / "scripts")
    for place in ("tests/lab", "tests/hosts", "lab-run", ".venv/bin"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "tests/lab/lab").write_text(LAB)
    (tmp_path / "lab-run/inventory.toml").write_text("# the lab\n")
    (tmp_path / "lab-run/waivers.toml").write_text("# its waivers\n")
    (tmp_path / "tests/hosts/inventory.toml").write_text("# recorded\n")
    (tmp_path / "tests/hosts/lis.json").write_text("{}")
    auditor = tmp_path / ".venv/bin/auditor"
    auditor.write_text(AUDITOR.format(python=sys.executable, project=str(tmp_path)))
    auditor.chmod(0o755)
    return Checkout(tmp_path)


def test_the_lab_is_brought_up_audited_and_taken_down(checkout: Checkout) -> None:
    ended = checkout.demo()

    assert ended.returncode == 0, ended.stderr
    inventory = checkout.folder / "lab-run/inventory.toml"
    audited = ["lab exec", f"auditor run {inventory}"]
    assert checkout.diary == ["lab check", "lab up", *audited, "lab down"]


def test_the_report_s_path_is_printed_last(checkout: Checkout) -> None:
    said = checkout.demo().stdout.splitlines()

    assert said[-1] == str(checkout.folder / "demo/report.html")


def test_what_the_page_of_formats_names_is_left_in_demo(checkout: Checkout) -> None:
    checkout.demo()

    left = checkout.folder / "demo"
    files = sorted(str(path.relative_to(left)) for path in left.rglob("*.*"))
    kept = ["inventory.toml", "report.html", "run/run.json", "waivers.toml"]
    assert files == kept


def test_the_lab_s_progress_is_shown(checkout: Checkout) -> None:
    assert "booting" in checkout.demo().stderr


def test_a_second_demonstration_replaces_the_first(checkout: Checkout) -> None:
    checkout.demo()

    assert checkout.demo().returncode == 0


def test_another_exit_code_than_the_lab_s_is_a_failure(checkout: Checkout) -> None:
    (checkout.folder / "code").write_text("1")

    ended = checkout.demo()

    assert ended.returncode == 1
    assert "demo: the audit ended with exit code 1, not 3" in ended.stderr
    assert checkout.diary[-1] == "lab down"


def test_a_report_that_was_not_written_is_a_failure(checkout: Checkout) -> None:
    (checkout.folder / "fails-report").touch()

    ended = checkout.demo()

    assert ended.returncode == 1
    assert "report.html was not written" in ended.stderr


@pytest.mark.parametrize("verb", ["check", "up"])
def test_without_the_lab_its_recorded_hosts_are_judged(
    checkout: Checkout, verb: str
) -> None:
    checkout.without_lab(verb)

    ended = checkout.demo()

    assert ended.returncode == 0, ended.stderr
    recorded = checkout.folder / "tests/hosts/inventory.toml"
    assert f"auditor evaluate {recorded}" in checkout.diary
    assert (checkout.folder / "demo/inventory.toml").read_text() == "# recorded\n"


def test_without_the_lab_one_line_says_why_and_what_was_done(
    checkout: Checkout,
) -> None:
    checkout.without_lab()

    said = checkout.demo().stdout.splitlines()

    assert len(said) == len(["what was done", "the report's path"])
    assert said[0].startswith("demo: lab not possible: no mirror; so judged")


def test_without_the_lab_this_machine_is_audited_without_privilege(
    checkout: Checkout,
) -> None:
    checkout.without_lab()

    checkout.demo()

    assert "auditor run this machine" in checkout.diary
    assert 'privilege = "never"' in (checkout.folder / "local.toml").read_text()
    assert (checkout.folder / "demo/local.html").exists()


def test_without_sshd_this_machine_is_audited_locally(checkout: Checkout) -> None:
    checkout.without_lab()

    # an empty PATH hides ssh-keygen, without which no server can be had
    said = checkout.demo(path=str(checkout.folder)).stdout

    assert "without SSH (sshd is not installed)" in said
    assert 'transport = "local"' in (checkout.folder / "local.toml").read_text()


def test_an_audit_of_this_machine_that_fails_is_a_failure(checkout: Checkout) -> None:
    checkout.without_lab()
    (checkout.folder / "local-code").write_text("3")

    ended = checkout.demo()

    assert ended.returncode == 1
    assert "demo: the audit ended with exit code 3, not 0 or 1" in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_lab_is_taken_down_when_the_demonstration_is_stopped(
    checkout: Checkout, number: signal.Signals
) -> None:
    lab = checkout.folder / "tests/lab/lab"
    sleeps = 'if verb == "up":\n    import time; time.sleep(60)\n'
    lab.write_text(LAB.replace('if verb == "up":\n', sleeps, 1))
    command = [sys.executable, "-m", "scripts.demo"]
    with subprocess.Popen(command, cwd=checkout.folder) as process:
        diary = checkout.folder / "diary"
        while not diary.exists() or "lab up" not in checkout.diary:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        process.wait()

    assert process.returncode != 0
    assert checkout.diary[-1] == "lab down"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The real sshd on loopback."""
    tmp_path.chmod(0o700)
    try:
        with loopback_sshd(tmp_path) as running:
            yield running
    except NoServerError as reason:
        pytest.skip(str(reason))


def ssh(server: Server, *options: str) -> subprocess.CompletedProcess[str]:
    """Log in with these options and say who we are."""
    address, port = f"{server.user}@127.0.0.1", str(server.port)
    pin = ["-o", f"UserKnownHostsFile={server.known_hosts}", "-o", "BatchMode=yes"]
    pin += ["-o", "HostKeyAlias=this-machine", "-o", "StrictHostKeyChecking=yes"]
    return subprocess.run(
        ["ssh", "-F", "none", *pin, *options, "-p", port, address, "id -un"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.sshd
def test_our_own_sshd_lets_this_user_in_under_its_pinned_name(server: Server) -> None:
    answer = ssh(server, "-i", str(server.key), "-o", "IdentitiesOnly=yes")

    assert (answer.returncode, answer.stdout) == (0, f"{getpass.getuser()}\n")


@pytest.mark.sshd
def test_our_own_sshd_lets_nobody_in_without_the_key(server: Server) -> None:
    answer = ssh(server, "-o", "IdentityFile=none", "-o", "IdentityAgent=none")

    assert answer.returncode != 0
    assert "Permission denied (publickey)" in answer.stderr


@pytest.mark.sshd
def test_our_own_sshd_is_gone_when_the_block_ends(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    before = Path("/run/sshd").exists()
    try:
        with loopback_sshd(tmp_path) as server:
            pass
    except NoServerError as reason:
        pytest.skip(str(reason))

    assert "refused" in ssh(server).stderr
    assert Path("/run/sshd").exists() == before


@pytest.mark.sshd
def test_a_locked_door_is_a_reason_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        pytest.skip("sshd is not installed")
    monkeypatch.setenv("USER", "nobody-of-that-name")
    monkeypatch.setenv("LOGNAME", "nobody-of-that-name")

    with (
        pytest.raises(NoServerError, match=r"does not let us in: .*Permission denied"),
        loopback_sshd(tmp_path),
    ):
        pass
