"""What this kernel and disk can carry: tried at each `up`, never guessed.

`loop`: a loop device can be made and mounted. `fscrypt`: ext4 on it takes a folder
with a policy. `cgroup`: a group of the unified hierarchy for systemd. `disk`: the
checkout lies on a block device, not on an overlay.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.lab import state
from tests.lab.hosts import Host
from tests.lab.paths import CACHE
from tests.lab.state import Run


def write(run: Run) -> None:
    """Try everything and note it in the run's folder."""
    found = {
        "loop": try_loop(run, encrypt=False),
        "fscrypt": try_loop(run, encrypt=True),
        "cgroup": try_cgroup(run),
        "disk": on_disk(CACHE),
    }
    able = [name for name, works in found.items() if works]
    (run.folder / "able.json").write_text(json.dumps(able))


def has(run: Run, ability: str) -> bool:
    return ability in abilities(run)


def abilities(run: Run) -> list[str]:
    found: list[str] = json.loads((run.folder / "able.json").read_text())
    return found


def carries(run: Run, host: Host) -> bool:
    return set(host.needs) <= set(abilities(run))


def make_loop_image(path: Path, *, encrypt: bool) -> None:
    """A small ext4 in a file."""
    with path.open("wb") as image:
        image.truncate(32 << 20)
    features = ["-O", "encrypt"] if encrypt else []
    command = ["mke2fs", "-q", "-t", "ext4", *features, "-F", str(path)]
    subprocess.run(command, check=True, capture_output=True)


def try_loop(run: Run, *, encrypt: bool) -> bool:
    """Mount such an image in a mount namespace that ends at once."""
    image = run.folder / "try.img"
    try:
        make_loop_image(image, encrypt=encrypt)
    except (OSError, subprocess.CalledProcessError):
        return False
    enter = ["unshare", "--mount", "--propagation", "private"]
    script = 'mount -o loop "$1" /mnt && { [ -z "$2" ] || [ -e "$2" ]; }'
    feature = "/sys/fs/ext4/features/encryption" if encrypt else ""
    done = subprocess.run(
        [*enter, "sh", "-c", script, "sh", str(image), feature],
        capture_output=True,
        check=False,
    )
    image.unlink()
    return done.returncode == 0


def try_cgroup(run: Run) -> bool:
    root = state.cgroup_root()
    if root is None:
        return False
    group = root / f"lab-{run.id}-try"
    try:
        group.mkdir()
        group.rmdir()
    except OSError:
        return False
    return True


def cgroup_of(run: Run, host: Host) -> Path:
    """The group that a systemd host becomes the root of."""
    return (state.cgroup_root() or Path()) / f"lab-{run.id}-{host.name}"


def on_disk(path: Path) -> bool:
    """Does the folder lie on a block device that the kernel names?"""
    device = path.stat().st_dev
    return Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").exists()
