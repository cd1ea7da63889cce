"""Names that stand for others: the same at every audit of a client, by its key.

Derived (HMAC-SHA-256, RFC 2104) and not numbered from a kept table: such a table holds
every name that the report leaves out, is lost or differs between two machines, and is
written at each report. A key alone gives the same names everywhere, and nobody without
it can try names until one fits. Six letters of base32 (RFC 4648: no 0, 1, 8, 9) are 30
bits; where two names of one report meet, the later takes as many more as it needs.
"""

from __future__ import annotations

import base64
import hmac
from typing import Final

from msgspec import Struct, field

LETTERS: Final = 6


class Pseudonyms(Struct):
    """The pseudonyms of one report; `generic` are accounts that name a function."""

    key: bytes
    generic: frozenset[str] = frozenset()
    _taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    _given: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Pseudonyms()"

    def of(self, prefix: str, name: str, space: str = "") -> str:
        """`H-3KQ7F2` for a name; `space` keeps equal names of two things apart.

        `prefix` is what stands before the letters, and no part of what they are made
        of: `lis-3KQ7F2` and `H-3KQ7F2` are one host.
        """
        asked = prefix, space, name
        if asked not in self._given:
            self._given[asked] = self._free(*asked)
        return self._given[asked]

    def account(self, name: str) -> str:
        """`G-…` for an account that names a function or a team, else `A-…`."""
        return self.of("G" if name.casefold() in self.generic else "A", name, "account")

    def _free(self, prefix: str, space: str, name: str) -> str:
        digest = hmac.digest(self.key, f"{space}\0{name}".encode(), "sha256")
        letters = base64.b32encode(digest).decode("ascii").rstrip("=")
        for length in range(LETTERS, len(letters) + 1):
            found = f"{prefix}-{letters[:length]}"
            if self._taken.setdefault(found, (space, name)) == (space, name):
                return found
        raise ValueError("two names have one digest")  # 256 bits: never
