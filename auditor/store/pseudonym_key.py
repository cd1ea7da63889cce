"""The key of a client's pseudonyms: kept apart from runs, for its owner alone.

`$XDG_DATA_HOME/auditor/pseudonyms/<client>.key` (XDG Base Directory Specification)
unless said otherwise: 64 hexadecimal digits. Whoever has it can try names until one
gives a pseudonym; whoever loses it gets other pseudonyms at the next audit.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path

from auditor.errors import ConfigurationError, Problem

KEY_BYTES = 32

_UNSAFE = re.compile(r"[^a-z0-9]+")


def key_of_client(client: str, path: Path | None = None) -> bytes:
    """The key of a client, made on first use.

    Raises ConfigurationError for a file that others may read or that holds no key, and
    OSError when it can't be made.
    """
    file = path or default_path(client)
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return _made(file)
    with os.fdopen(handle, "rb") as opened:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise _wrong(file, "a key is a regular file")
        if found.st_mode & 0o077:
            mode = f"{stat.S_IMODE(found.st_mode):04o}"
            raise _wrong(file, f"it is open to others ({mode}): chmod 600 {file}")
        return _read(file, opened.read(4 * KEY_BYTES))


def default_path(client: str) -> Path:
    """Where the key of a client lies: the digest keeps clients of like names apart."""
    home = os.environ.get("XDG_DATA_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path.home() / ".local/share"
    name = _UNSAFE.sub("-", client.casefold()).strip("-")[:40]
    digest = hashlib.sha256(client.encode()).hexdigest()[:8]
    return base / "auditor/pseudonyms" / f"{name}-{digest}.key"


def _made(file: Path) -> bytes:
    """A new key; that of another report which began at once, if there is one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(key.hex().encode() + b"\n")
            opened.flush()
            os.fsync(opened.fileno())
        # A link, where a rename would write over the other's key.
        os.link(name, file)
    except FileExistsError:
        return key_of_client("", file)
    finally:
        Path(name).unlink()
    return key


def _read(file: Path, raw: bytes) -> bytes:
    try:
        key = bytes.fromhex(raw.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise _wrong(file, f"{2 * KEY_BYTES} hexadecimal digits are due: no key")
    return key


def _wrong(file: Path, message: str) -> ConfigurationError:
    return ConfigurationError([Problem(str(file), message)])
