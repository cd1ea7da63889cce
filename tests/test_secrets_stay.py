"""A secret is nowhere but in memory and on its way to the host that it opens."""

from __future__ import annotations

import logging
import signal
import socket
import time
from pathlib import Path

import pytest

from auditor.collect.program import assemble
from auditor.collect.recording import Visit
from auditor.model.host import Host, Secret, fingerprint_of
from auditor.model.manifests import Manifests
from tests.cases import profile
from tests.cli.running import auditor, inventory, started
from tests.collect.servers import Doors, fake_server
from tests.facts.running import asking

CANARY = "Kanari-7f3a"
PIN = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def kept_in(folder: Path) -> str:
    """All that stands in the files below a folder, names too."""
    return "\n".join(
        f"{path} {path.read_text('utf-8', 'replace') if path.is_file() else ''}"
        for path in folder.rglob("*")
    )


def secret(folder: Path) -> str:
    """A password file, as the inventory names it."""
    file = folder / "password"
    file.write_text(CANARY + "\n")
    file.chmod(0o600)
    return f'{{ file = "{file}" }}'


def logging_in(folder: Path, port: int, pin: str) -> Path:
    """An inventory of a host that is opened by the canary."""
    place = (
        f'address = "127.0.0.1"\nport = {port}\nuser = "audit"\nhost_key = "{pin}"\n'
    )
    given = secret(folder)
    return inventory(folder, f"{place}password = {given}\nsudo_password = {given}\n")


def test_the_digest_key_is_not_in_the_repr_of_a_program() -> None:
    host = Host(name="lis-35", address="192.0.2.1")
    asked = [asking("echo")]
    program = assemble(asked, host, Manifests(), profile(), digest_key=CANARY)
    assert CANARY in program.text
    assert CANARY not in repr(program)
    assert CANARY not in repr(Visit(host, "ssh", program))


def test_a_secret_written_in_place_of_its_reference_is_not_in_a_repr() -> None:
    host = Host(name="a", address="b", password=Secret("env", (CANARY,)))
    assert CANARY not in repr(host)


@pytest.mark.parametrize("password", [CANARY, "another"])
def test_no_log_and_no_file_of_a_run_holds_the_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, password: str
) -> None:
    caplog.set_level(logging.DEBUG)
    out = tmp_path / "out"
    with fake_server(Doors(password=password)) as server:
        pin = fingerprint_of(server.key.get_base64())
        file = logging_in(tmp_path, server.port, pin)
        report = out / "report.html"
        out.mkdir()
        words = ("run", "-i", file, "-o", out, "--check", "ACC-001", "--no-input")
        done = auditor(*words, "-f", f"html:{report}")
        assert server.doors.offered == ["password"]
    assert done.returncode in (0, 1, 3)
    assert CANARY not in done.stdout + done.stderr
    assert CANARY not in caplog.text
    assert CANARY not in kept_in(out)


def test_no_argument_and_no_environment_of_a_process_holds_the_password(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        file = logging_in(tmp_path, mute.getsockname()[1], PIN)
        out = tmp_path / "out"
        process = started(
            *("run", "-i", file, "-o", out, "--check", "ACC-001", "--no-input")
        )
        try:
            mute.settimeout(60)
            with mute.accept()[0]:
                time.sleep(0.2)
                shown = [_shown(pid) for pid in _family(process.pid)]
                process.send_signal(signal.SIGTERM)
                printed = process.communicate(timeout=60)
        finally:
            process.kill()
    assert any("lis-35" in text or "inventory.toml" in text for text in shown)
    assert CANARY not in "".join([*shown, *printed, kept_in(out)])


def _family(pid: int) -> list[int]:
    """A process and its children."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [pid, *map(int, listed.split())]


def _shown(pid: int) -> str:
    """What /proc shows of a process to its own user."""
    process = Path("/proc") / str(pid)
    return "".join(
        (process / name).read_text("utf-8", "replace")
        for name in ("cmdline", "environ")
    )
