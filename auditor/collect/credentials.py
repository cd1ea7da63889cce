"""Which private key a host is offered when its inventory names none."""

from __future__ import annotations

from pathlib import Path

from auditor.model.host import Host

_USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")


def key_of(host: Host) -> Path | None:
    """The key file of a host; the first usual one when it has no other way in."""
    if host.key is not None or host.agent is not None or host.password is not None:
        return host.key
    folder = Path.home() / ".ssh"
    return next((folder / name for name in _USUAL if (folder / name).is_file()), None)
