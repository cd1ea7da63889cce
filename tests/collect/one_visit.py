"""Visits one host in a process of its own and prints how, and what memory it took.

`python -m tests.collect.one_visit PORT KEY_TYPE KEY_BASE64`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from auditor.model.host import Host, Limits, Pins
from tests.collect.visits import given, visit

LIMITS = Limits(connect=0.7, deadline=3.5, scan_budget=0)


def resident() -> int:
    """The most that this process ever held, in KiB.

    From /proc, not getrusage, whose number begins with that of the parent.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def main() -> None:
    port, kind, blob = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    pins = Pins(keys=frozenset({(kind, blob)}))
    host = Host("lis", "127.0.0.1", port, "audit", password=given("x"), limits=LIMITS)
    # A visit that fails at once loads every library, which is not what is measured.
    visit(Host("none", "127.0.0.1", 1, "audit", password=given("x"), limits=LIMITS))
    before = resident()
    snapshot = visit(host, pins=pins)
    print(
        json.dumps(
            {
                "state": snapshot.state.value,
                "reason": snapshot.reason and snapshot.reason.value,
                "detail": snapshot.detail,
                "facts": sorted(snapshot.facts),
                "grown": resident() - before,
            }
        )
    )


if __name__ == "__main__":
    main()
