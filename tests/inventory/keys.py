"""Host keys that no host has."""

from __future__ import annotations

import base64
import hashlib
import hmac

from auditor.model.host import fingerprint_of


def blob(seed: int, kind: str = "ssh-ed25519") -> str:
    """The base64 of a public key: its type, then bytes that are no key (RFC 4253)."""
    name, rest = kind.encode(), bytes([seed]) * 32
    raw = len(name).to_bytes(4, "big") + name + len(rest).to_bytes(4, "big") + rest
    return base64.b64encode(raw).decode()


def fingerprint(seed: int, kind: str = "ssh-ed25519") -> str:
    """Its fingerprint."""
    return fingerprint_of(blob(seed, kind))


def line(names: str, seed: int = 1, kind: str = "ssh-ed25519", marker: str = "") -> str:
    """A line of known_hosts."""
    return " ".join(word for word in (marker, names, kind, blob(seed, kind)) if word)


def hashed(name: str) -> str:
    """A name as ssh-keygen -H writes it."""
    salt = bytes(range(20))
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"
