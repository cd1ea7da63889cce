"""Cut a case from a snapshot: `python -m tests.record SNAPSHOT CHECK CASE`.

Writes the facts that the check asks for into tests/checks/<family>/<check>/<case>/.
Clean them of names and addresses, write `origin.txt` and, by hand, `expected.txt`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from auditor.loading import load_checks
from auditor.model.snapshot import decode_snapshot
from tests.cases import ROOT, write_fact


def main(snapshot_file: str, name: str, case: str) -> None:
    """Write one file a fact; exits with a word when the check or a fact is unknown."""
    snapshot = decode_snapshot(Path(snapshot_file).read_bytes(), snapshot_file)
    check = next((c for c in load_checks() if name in (c.id, c.name)), None)
    if check is None:
        sys.exit(f"no check {name!r}")
    folder = ROOT / check.family / check.name / case
    folder.mkdir(parents=True, exist_ok=True)
    for kind in check.facts:
        if kind.__name__ not in snapshot.facts:
            sys.exit(f"{snapshot_file}: {kind.__name__} was not collected")
        write_fact(folder / f"{kind.__name__}.txt", snapshot.facts[kind.__name__])
    print(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
