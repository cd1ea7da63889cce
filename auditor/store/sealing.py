"""Snapshots encrypted with age for the recipients of the store.

Who audits can't read them afterwards, unless their key is among the recipients: a thief
of the auditor's machine finds no old evidence. https://age-encryption.org/v1
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import pyrage

from auditor.errors import AuditorError

_Identity: TypeAlias = pyrage.x25519.Identity | pyrage.ssh.Identity
_Recipient: TypeAlias = pyrage.x25519.Recipient | pyrage.ssh.Recipient

_IDENTITY = "AGE-SECRET-KEY-1"
_RECIPIENT_RULE = "a recipient is 'age1…', or an SSH key such as 'ssh-ed25519 AAAA…'"


class Seal:
    """Encrypts for the recipients; what it wrote it reads back while the run lasts.

    Every file is encrypted to one more key, which is made for the run and is never
    written: so nothing lies on the disk in clear between collecting and evaluating.
    """

    def __init__(self, recipients: Sequence[str]) -> None:
        """Take recipients as `[store] recipients` has them; raises AuditorError."""
        self._own = pyrage.x25519.Identity.generate()
        self._to = [*map(_recipient, recipients), self._own.to_public()]

    def sealed(self, data: bytes) -> bytes:
        """The data, for the recipients only."""
        return pyrage.encrypt(data, self._to)

    def opened(self, data: bytes, name: str) -> bytes:
        """What `sealed` made; raises AuditorError naming `name`."""
        return _opened(data, [self._own], name)


class Identities:
    """Private keys that open what was encrypted for them."""

    def __init__(self, files: Sequence[Path]) -> None:
        """Read age identity files and SSH private keys; raises AuditorError."""
        self._keys = [key for file in files for key in _identities(file)]

    def opened(self, data: bytes, name: str) -> bytes:
        """The content of an encrypted file; raises AuditorError naming `name`."""
        return _opened(data, self._keys, name)


def _opened(data: bytes, keys: Sequence[_Identity], name: str) -> bytes:
    try:
        return pyrage.decrypt(data, keys)
    except pyrage.DecryptError as error:
        raise AuditorError(f"{name}: can't be decrypted: {error}") from error


def _recipient(text: str) -> _Recipient:
    try:
        if text.startswith("ssh-"):
            return pyrage.ssh.Recipient.from_str(text)
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        message = f"[store] recipients: {text[:40]!r}: {error}; {_RECIPIENT_RULE}"
        raise AuditorError(message) from error


def _identities(file: Path) -> list[_Identity]:
    try:
        data = file.read_bytes()
        if b"PRIVATE KEY-----" in data:
            return [pyrage.ssh.Identity.from_buffer(data)]
        lines = [line.strip() for line in data.decode("ascii").splitlines()]
        keys: list[_Identity] = [
            pyrage.x25519.Identity.from_str(line)
            for line in lines
            if line.startswith(_IDENTITY)
        ]
    except OSError as error:
        raise AuditorError(f"--identity {file}: {error.strerror}") from error
    except (ValueError, pyrage.IdentityError) as error:
        # Never the error's text: it may repeat the key.
        raise AuditorError(f"--identity {file}: not a key that can be read") from error
    if not keys:
        message = f"--identity {file}: holds no line that begins with {_IDENTITY}"
        raise AuditorError(message)
    return keys
