"""Coming up, going away, and leaving nothing, also after a kill that allows no cleanup.

These tests run the command, with labs of one small host that they name themselves.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import possible, state
from tests.lab.paths import CACHE, LAB
from tests.lab.pytest_lab import give_up

COMMAND = [sys.executable, str(LAB / "lab")]
SMALL = ["--hosts", "bastion-38"]


@pytest.fixture
def name() -> Iterator[str]:
    """A lab's id that nobody else has; what is left of it goes at the end."""
    if reason := possible.refusal():
        give_up(f"lab not possible: {reason}")
    name = f"t{secrets.token_hex(4)}"
    yield name
    for run in state.runs():
        if run.id.startswith(name):
            state.remove(run)


def call(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, check=False
    )


def processes_of(name: str) -> list[list[bytes]]:
    """Command lines that name the lab's folder or a file in it."""
    mark = f"run-{name}".encode()
    lines = [argv for _, argv in state.command_lines()]
    return [argv for argv in lines if any(mark in word for word in argv)]


def holder_of(name: str) -> int:
    return state.Run(CACHE / f"run-{name}").require_holder()


def machine_network() -> str:
    done = subprocess.run(
        "ip -o link; ip route show table all; ip rule",
        shell=True,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def loop_images(name: str) -> list[str]:
    """Files behind the machine's loop devices that belong to the lab."""
    files = Path("/sys/block").glob("loop*/loop/backing_file")
    return [text for file in files if name in (text := file.read_text().strip())]


def wait_for(path: Path) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.005)


def test_up_prints_the_inventory_and_down_removes_everything(name: str) -> None:
    shown = call("up", "--id", name, *SMALL)
    assert shown.stdout == f"{CACHE}/run-{name}/inventory.toml\n"
    network = state.namespace(holder_of(name), "net")
    assert call("down", "--id", name).returncode == 0
    assert processes_of(name) == []
    assert not (CACHE / f"run-{name}").exists()
    namespaces = {state.namespace(pid, "net") for pid in state.process_ids()}
    assert network not in namespaces


def test_the_machines_own_network_and_mounts_stay_untouched(name: str) -> None:
    network, mounts = machine_network(), Path("/proc/self/mounts").read_text()
    call("up", "--id", name, *SMALL)
    assert machine_network() == network
    assert Path("/proc/self/mounts").read_text() == mounts


def test_two_labs_run_side_by_side(name: str) -> None:
    names = (f"{name}a", f"{name}b")
    for one in names:
        assert call("up", "--id", one, *SMALL).returncode == 0
    said = [
        call("shell", "--id", one, "bastion-38", "cat", "/etc/machine-id").stdout
        for one in names
    ]
    assert len(set(said)) == 2
    refused = call("exec", "true")
    assert refused.returncode == 1
    assert "several labs run, say --id" in refused.stderr


def test_exec_runs_as_we_are_and_passes_the_exit_code_on(name: str) -> None:
    call("up", "--id", name, *SMALL)
    done = call("exec", "--id", name, "sh", "-c", "pwd; ip -o -4 address; exit 7")
    assert done.returncode == 7
    assert done.stdout.splitlines()[0] == str(Path.cwd())
    assert "10.20.0.1/16" in done.stdout


def test_down_ends_what_exec_left_running(name: str) -> None:
    call("up", "--id", name, *SMALL)
    left = subprocess.Popen([*COMMAND, "exec", "--id", name, "sleep", "600"])
    network = state.namespace(holder_of(name), "net")
    while state.namespace(left.pid, "net") != network:
        time.sleep(0.01)
    call("down", "--id", name)
    assert left.wait(timeout=10) == -signal.SIGKILL


def test_a_lab_goes_with_its_owner_at_the_next_up(name: str) -> None:
    owner = subprocess.Popen(["sleep", "600"])
    first, second = f"{name}a", f"{name}b"
    call("up", "--id", first, "--owner", str(owner.pid), *SMALL)
    owner.kill()
    owner.wait()
    call("up", "--id", second, *SMALL)
    assert processes_of(first) == []
    assert not (CACHE / f"run-{first}").exists()
    assert processes_of(second) != []


def test_an_owner_that_lives_keeps_its_lab(name: str) -> None:
    call("up", "--id", name, "--owner", str(os.getpid()), *SMALL)
    call("up", "--id", f"{name}b", *SMALL)
    assert call("exec", "--id", name, "true").returncode == 0


def test_an_up_that_was_killed_leaves_nothing_after_the_next_down(name: str) -> None:
    killed = subprocess.Popen(
        [*COMMAND, "up", "--id", name],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(CACHE / f"run-{name}" / "log" / "lis-35.log")
    killed.kill()
    killed.wait()
    assert processes_of(name) != []
    call("down", "--id", name)
    assert processes_of(name) == []
    assert not (CACHE / f"run-{name}").exists()


def test_the_group_of_systemd_goes_too(name: str) -> None:
    call("up", "--id", name, "--hosts", "sysd-37")
    root = state.cgroup_root()
    if root is None or not list(root.glob(f"lab-{name}-*")):
        pytest.skip("this machine carries no systemd host: no writable cgroup")
    call("down", "--id", name)
    assert list(root.glob(f"lab-{name}-*")) == []


def test_the_loop_device_of_the_encrypted_disk_goes_too(name: str) -> None:
    call("up", "--id", name, "--hosts", "lis-36")
    if not loop_images(name):
        pytest.skip("this machine carries no loop devices")
    call("down", "--id", name)
    assert loop_images(name) == []


def test_a_holder_that_was_killed_takes_its_hosts_along(name: str) -> None:
    call("up", "--id", name, *SMALL)
    host = state.Run(CACHE / f"run-{name}").pid_of("bastion-38")
    os.kill(holder_of(name), signal.SIGKILL)
    state.wait_for_end([host])
    assert state.started(host) is None


def test_a_host_that_does_not_exist_is_named_with_those_that_do(name: str) -> None:
    refused = call("up", "--id", name, "--hosts", "lis-99")
    assert refused.returncode == 1
    assert "no such host: lis-99; there are: bastion-38, box-43" in refused.stderr


def test_check_says_what_the_kernel_refuses() -> None:
    if reason := possible.missing_tool() or possible.wrong_system():
        pytest.skip(reason)
    powerless = ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]
    refused = subprocess.run(
        [*powerless, *COMMAND, "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stdout.startswith("lab not possible: no namespaces: unshare")
