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
        hosts = tuple(host for host in hosts if carried(run, host))
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


def carried(run: Run, host: Host) -> bool:
    """Whether the machine can carry the host; says so when not."""
    if able.carries(run, host):
        return True
    roots.say(f"{host.name} is left out, this machine lacks: {', '.join(host.needs)}")
    return False


def start_holder(run: Run) -> None:
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    command += ["--propagation", "private", "sh", str(SCRIPTS / "holder.sh")]
    command += [state.STAGE, str(roots.FOLDER), str(run.folder)]
    log = run.folder / "holder.log"
    process = start(command, log)
    while not (run.folder / "holder").exists():
        if process.poll() is not None:
            said = log.read_text().strip()
            raise LabError(f"the lab's network does not come up: {said}")
        time.sleep(0.01)


def start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start what outlives us, with its output in a file."""
    with log.open("w") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def boot(run: Run, hosts: tuple[Host, ...]) -> None:
    """Boot all hosts at the same time and wait until each one's SSH server listens."""
    field = material.shared_field()
    stage = run.seen()
    (run.folder / "log").mkdir()
    processes = {}
    for host in hosts:
        if host.runs:
            prepare(run, host, stage / host.name, {"LAB_SHARED_FIELD": field})
            processes[host.name] = start(boot_command(run, host), log_of(run, host))
    end = time.monotonic() + BOOTED_WITHIN
    waiting = [host for host in hosts if host.has_root]
    while waiting:
        waiting = [host for host in waiting if not up_yet(stage / host.name)]
        for host in waiting:
            gone = processes[host.name].poll() is not None
            if gone or failed(stage / host.name) or time.monotonic() > end:
                raise LabError(f"{host.name} did not boot:\n{last_words(run, host)}")
        time.sleep(0.02)


def prepare(run: Run, host: Host, here: Path, variables: dict[str, str]) -> None:
    """Lay out, on the lab's tmpfs, what the host finds when it boots."""
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


def boot_command(run: Run, host: Host) -> list[str]:
    """The arguments of sh/boot.sh, run in the holder's namespaces."""
    prefix = 16 if host.bridge == "outer" else 24
    layers = roots.root_of(host).layers if host.has_root else ()
    enter = ["nsenter", "--target", str(run.require_holder())]
    return [
        *enter,
        *["--mount", "--net", "--pid", "sh", str(SCRIPTS / "boot.sh")],
        state.STAGE,
        host.name,
        host.boots,
        host.bridge,
        f"{host.address}/{prefix}",
        f"{host.inner_address}/24" if host.inner_address else "",
        str(able.cgroup_of(run, host)),
        ":".join(f"{state.STAGE}/roots/{layer.name}" for layer in layers),
        sys.executable,
    ]


def up_yet(here: Path) -> bool:
    """Has setup.sh ended well, and does the SSH server listen?

    Nobody connects for this, so no server logs it: port 22 (0016) in state LISTEN (0A)
    is read from the host's own /proc/net/tcp (proc(5)).
    """
    if said_of(here) != "ready":
        return False
    pid = (here / "pid").read_text().strip()
    table = Path(f"/proc/{pid}/net/tcp").read_text()
    return re.search(r" [0-9A-F]{8}:0016 [0-9A-F:]+ 0A ", table) is not None


def failed(here: Path) -> bool:
    return said_of(here).startswith("failed")


def said_of(here: Path) -> str:
    path = here / "status"
    return path.read_text().strip() if path.exists() else ""


def log_of(run: Run, host: Host) -> Path:
    return run.folder / "log" / f"{host.name}.log"


def last_words(run: Run, host: Host) -> str:
    return "\n".join(log_of(run, host).read_text(errors="replace").splitlines()[-12:])
