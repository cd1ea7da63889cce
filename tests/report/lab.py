"""The lab's report, as anybody gets it: recorded hosts through `auditor evaluate`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from auditor.report.text.labels import LOCALES

HOSTS = Path(__file__).resolve().parents[1] / "hosts"

# some hosts of the lab can't be reached and one refuses sudo
INCOMPLETE = 3


def auditor(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own."""
    command = [sys.executable, "-m", "auditor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def judge_lab(folder: Path) -> Path:
    """The lab's run folder, judged from its recorded hosts into `folder`."""
    snapshots = sorted(HOSTS.glob("*.json"))
    inventory = HOSTS / "inventory.toml"
    ended = auditor("evaluate", *snapshots, "-i", inventory, "-o", folder)
    assert ended.returncode == INCOMPLETE, ended.stderr
    (run,) = folder.glob("2*")
    return run


def render_lab(run: Path, folder: Path, form: str = "html") -> None:
    """`lab-en.html` and `lab-fr.html` in `folder`."""
    for language in LOCALES:
        file = folder / f"lab-{language}.{form}"
        ended = auditor("report", run, "-f", f"{form}:{file}", "--lang", language)
        assert ended.returncode == 0, ended.stderr
