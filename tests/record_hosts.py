"""Record the lab: `python -m tests.record_hosts RUN_FOLDER` fills tests/hosts/.

RUN_FOLDER is a run over the whole lab. Its snapshots and manifests are kept as they
came, but for paths of the machine that the lab ran on; the demonstration and the
mutation test judge them where no lab can run.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec

HOSTS = Path(__file__).parent / "hosts"
#: The checkout's cache, where the lab keeps disks and keys.
CACHE = re.compile(r"[\w./-]*/\.cache/lab/(?:run-[\w-]+/)?")
MIRROR = re.compile(r"debian[.]org")


def cleaned(text: str) -> str:
    """The text without a path or a package mirror of the machine of the lab."""
    return MIRROR.sub("debian.example", CACHE.sub("/lab/", text))


def main(run: str) -> None:
    """Replace tests/hosts/ by the snapshots and inputs of a run."""
    HOSTS.mkdir(exist_ok=True)
    for old in HOSTS.iterdir():
        old.unlink()
    for file in sorted((Path(run) / "snapshots").glob("*.json")):
        data = msgspec.json.format(file.read_bytes(), indent=1)
        (HOSTS / file.name).write_text(cleaned(data.decode()) + "\n", "utf-8")
    for file in sorted((Path(run) / "inputs").glob("*.toml")):
        if file.name != "profile.toml":
            lines = cleaned(file.read_text("utf-8")).splitlines()
            kept = [line for line in lines if not line.startswith("profile = ")]
            (HOSTS / file.name).write_text("\n".join(kept) + "\n", "utf-8")
    print(HOSTS)


if __name__ == "__main__":
    main(sys.argv[1])
