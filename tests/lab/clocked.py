"""The auditor with its clock set: `python -m tests.lab.clocked INSTANT WORD…`."""

from __future__ import annotations

import sys
from datetime import datetime

import time_machine

from auditor.cli import main

if __name__ == "__main__":
    instant = datetime.fromisoformat(sys.argv[1])
    sys.argv[:2] = ["auditor"]
    with time_machine.travel(instant, tick=True):
        main()
