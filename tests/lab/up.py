"""Bring a lab up: keys and files, the holder, then all hosts at once."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.lab import able, material, roots, state
from tests.lab.hosts import Host
from tests.lab.paths import SCRIPTS, LabError
from tests.lab.state import Owner, Run

BOOTED_WITHIN = 90.0


def bring_up(hosts: tuple[Host, ...], wanted_id: str | None, owner: int | None) -> Run:
    """Start these hosts; on any trouble everything started is removed again."""
    roots.build_missing(hosts)
    run = state.new_run(wanted_id)
    try:
        able.write(run)
        hosts = tuple(host for host in hosts if able.carries(run, host))
        material.make_keys(run, hosts)
        material.make_secrets(run, hosts)
        start_holder(run)
        boot(run, hosts)
        material.write_inventory(run, hosts)
        run.own(None if owner is None else Owner.of(owner))
    except BaseException:
        state.remove(run)
        raise
    return run


def start_holder(run: Run) -> None:
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    command += ["--propagation", "private", "sh", str(SCRIPTS / "holder.sh")]
    log = (run.folder / "holder.log").open("w")
    process = subprocess.Popen(
        [*command, state.STAGE, str(roots.FOLDER), str(run.folder)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    while not (run.folder / "holder").exists():
        if process.poll() is not None:
            said = (run.folder / "holder.log").read_text().strip()
            raise LabError(f"the lab's network does not come up: {said}")
        time.sleep(0.01)


def boot(run: Run, hosts: tuple[Host, ...]) -> None:
    """Boot all hosts at the same time and wait until each is ready."""
    field = material.shared_field()
    (run.folder / "log").mkdir()
    processes = {}
    for host in hosts:
        if host.runs:
            prepare(run, host, {"LAB_SHARED_FIELD": field})
            processes[host.name] = start_host(run, host)
    end = time.monotonic() + BOOTED_WITHIN
    waiting = [host for host in hosts if host.has_root]
    while waiting:
        waiting = [host for host in waiting if not ready(run, host)]
        for host in waiting:
            if processes[host.name].poll() is not None or time.monotonic() > end:
                raise LabError(f"{host.name} did not boot:\n{last_words(run, host)}")
        time.sleep(0.02)
    wait_for_servers(run, hosts)


def prepare(run: Run, host: Host, variables: dict[str, str]) -> None:
    here = run.seen() / host.name
    here.mkdir()
    if not host.has_root:
        return
    material.make_gift(run, host, here / "give", variables)
    lines = []
    for place in host.disks:
        folder = run.folder / "disks" / host.name / place.strip("/").replace("/", "-")
        folder.mkdir(parents=True)
        lines.append(f"{folder} {place}\n")
    (here / "disks").write_text("".join(lines))
    if host.loop_disk and able.has(run, "loop"):
        # The kernel's list of loop devices is the machine's: it names the lab.
        image = f"disk-{run.id}.img"
        able.make_loop_image(here / image, encrypt=able.has(run, "fscrypt"))
        (here / "loop").write_text(
            f"{state.STAGE}/{host.name}/{image} {host.loop_disk}\n"
        )


def start_host(run: Run, host: Host) -> subprocess.Popen[bytes]:
    prefix = 16 if host.bridge == "outer" else 24
    inner = f"{host.inner_address}/24" if host.inner_address else ""
    layers = (
        [f"{state.STAGE}/roots/{layer.name}" for layer in roots.root_of(host).layers]
        if host.has_root
        else []
    )
    arguments = [
        state.STAGE,
        host.name,
        host.boots,
        host.bridge,
        f"{host.address}/{prefix}",
        inner,
        str(able.cgroup_of(run, host)),
        ":".join(layers),
        sys.executable,
    ]
    enter = ["nsenter", "--target", str(run.require_holder())]
    enter += ["--mount", "--net", "--pid", "sh", str(SCRIPTS / "boot.sh")]
    with log_of(run, host).open("w") as log:
        return subprocess.Popen(
            [*enter, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def ready(run: Run, host: Host) -> bool:
    path = run.seen() / host.name / "status"
    said = path.read_text().strip() if path.exists() else ""
    if said.startswith("failed"):
        raise LabError(f"{host.name} did not boot:\n{last_words(run, host)}")
    return said == "ready"


def wait_for_servers(run: Run, hosts: tuple[Host, ...]) -> None:
    """Wait until each SSH server listens; nobody connects, so none logs anything."""
    end = time.monotonic() + BOOTED_WITHIN
    waiting = [host for host in hosts if host.has_root]
    while waiting:
        waiting = [host for host in waiting if not listens(run, host)]
        if waiting and time.monotonic() > end:
            first = waiting[0]
            words = last_words(run, first)
            raise LabError(f"no SSH server listens on {first.name}:\n{words}")
        time.sleep(0.02)


def listens(run: Run, host: Host) -> bool:
    """Is port 22 (0016) in state LISTEN (0A) in the host's network? (proc(5))"""
    table = Path(f"/proc/{run.pid_of(host.name)}/net/tcp").read_text()
    return re.search(r" [0-9A-F]{8}:0016 [0-9A-F:]+ 0A ", table) is not None


def log_of(run: Run, host: Host) -> Path:
    return run.folder / "log" / f"{host.name}.log"


def last_words(run: Run, host: Host) -> str:
    return "\n".join(log_of(run, host).read_text(errors="replace").splitlines()[-12:])
