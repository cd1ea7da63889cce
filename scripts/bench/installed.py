"""The project as users have it: installed from its wheel, with bytecode.

An editable install looks its folders up by a finder of its own, 20 ms at every start.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def python_of_wheel(folder: Path) -> Path:
    """Build the wheel and install it below `folder`; the Python to run it with.

    Its dependencies are those of the environment that runs this.
    """
    # From a copy, since a build leaves folders behind.
    copy, wheels = folder / "source", folder / "wheels"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(".*", "tests", "demo"))
    options = ("--wheel", "--no-isolation", "--outdir", str(wheels), str(copy))
    building = [sys.executable, "-m", "build", *options]
    subprocess.run(building, check=True, capture_output=True)
    where = folder / "venv"
    venv.create(where, symlinks=True)
    (site,) = where.glob("lib/python*/site-packages")
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(site)
    # A path in a .pth is looked up last, and no .pth inside of it is read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return where / "bin" / "python"
