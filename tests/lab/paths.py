"""Where the lab's own files and its cache lie."""

from __future__ import annotations

from pathlib import Path

LAB = Path(__file__).resolve().parent
PROJECT = LAB.parents[1]
HOSTS = LAB / "hosts"
SCRIPTS = LAB / "sh"
MANIFESTS = LAB / "manifests"
CACHE = PROJECT / ".cache" / "lab"


class LabError(Exception):
    """What kept the lab from coming up, in words for the person at the terminal."""
