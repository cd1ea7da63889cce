"""Visits hosts of the lab from inside its network and prints how each visit ended.

`python -m tests.collect.lab_visits INVENTORY`; the secrets stand in the environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from auditor.collect.fleet import collect_hosts
from auditor.collect.visiting import Means
from auditor.inventory.known_hosts import pins_of
from auditor.inventory.reading import read_inventory
from auditor.inventory.secrets import resolve_secrets
from auditor.model.host import Host, Secret
from tests.collect.programs import hello

WRONG = Secret("env", ("WRONG",))


def variants(asks: Host, refuses: Host) -> Iterator[Host]:
    """The two hosts under every way to ask for privilege."""
    yield replace(asks, name="asks")
    yield replace(asks, name="asks, never", privilege="never")
    yield replace(asks, name="asks, doas", privilege_by="doas")
    yield replace(asks, name="asks, no password", sudo_password=None)
    for privilege in ("preferred", "required"):
        entry = replace(asks, privilege=privilege)
        yield replace(entry, name=f"asks, wrong, {privilege}", sudo_password=WRONG)
        yield replace(refuses, name=f"refuses, {privilege}", privilege=privilege)


def main() -> None:
    inventory = read_inventory(Path(sys.argv[1]))
    asks, refuses = inventory.hosts["db-38"], inventory.hosts["refus-39"]
    secrets = resolve_secrets(
        inventory, [asks, refuses], no_input=True, ask=lambda _: ""
    )
    pins = pins_of(inventory)
    known = Means(
        hosts=inventory.hosts,
        secret=lambda s: "not the one" if s == WRONG else secrets.value(s),
        pins=lambda host: pins.get(
            host.name, pins["db-38" if host.name.startswith("asks") else "refus-39"]
        ),
    )
    hosts = list(variants(asks, refuses))
    found = collect_hosts(hosts, lambda _: hello(), known, jobs=4)
    print(
        json.dumps(
            {s.host: [s.state, s.reason, s.privilege, len(s.facts)] for s in found}
        )
    )


if __name__ == "__main__":
    main()
