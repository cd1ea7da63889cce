"""Files of the system's scheduler, put where it looks and taken away again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from auditor.errors import AuditorError
from auditor.schedule import cron, systemd
from auditor.store.atomic import write_atomic

ROOT = Path("/")
_MARKS = (systemd.MARK, cron.MARK)


def place(files: Mapping[Path, str], root: Path = ROOT) -> None:
    """Write each file below `root`; raises AuditorError for one that is not ours."""
    for path in files:
        _ours(root / path)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(root / path, text.encode(), 0o644)


def take_away(paths: Iterable[Path], root: Path = ROOT) -> None:
    """Remove each that is there; raises AuditorError for one that is not ours."""
    found = [root / path for path in paths if _ours(root / path)]
    for path in found:
        path.unlink()


def _ours(path: Path) -> bool:
    """Whether it is there, and written by us. Raises AuditorError when by others."""
    if not path.exists():
        return False
    if not path.read_text("utf-8", "replace").startswith(_MARKS):
        raise AuditorError(f"{path}: not written by auditor; choose another --name")
    return True


def timer_commands(name: str, root: Path, *, on: bool) -> list[list[str]]:
    """What tells systemd of units that were placed, or are to be taken away."""
    verb = "enable" if on else "disable"
    if root != ROOT:
        return [["systemctl", f"--root={root}", verb, f"{name}.timer"]]
    change = ["systemctl", verb, "--now", f"{name}.timer"]
    return [["systemctl", "daemon-reload"], change] if on else [change]


def call(command: Sequence[str]) -> None:
    """Run a command of systemd; raises AuditorError with what it said."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise AuditorError(f"{command[0]}: not installed: use cron here") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise AuditorError(f"{' '.join(command)}: {said or done.returncode}")
