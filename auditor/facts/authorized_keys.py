"""Keys that open accounts."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.ssh_servers import SshServers
from auditor.facts.sshd import SshdSettings
from auditor.model.facts import Fact
from auditor.model.host import fingerprint_of
from auditor.model.sources import (
    Body,
    Line,
    Read,
    Shown,
    SourceText,
    ValueKind,
    whole_number,
)

CURVES = {"nistp256": 256, "nistp384": 384, "nistp521": 521}


class Opened(Struct, frozen=True):
    """An account that the keys of a file open."""

    account: str
    uid: int | None


class Key(Struct, frozen=True):
    """One key of a file and the accounts that this file opens.

    `whose` is its comment up to the first @. `bits` is 0 when the blob does not say.
    Of the options only `from` and `expiry-time` have their value, others "" or "_".
    """

    type: str
    fingerprint: str
    bits: int
    whose: str
    options: dict[str, str]
    opens: tuple[Opened, ...]
    read: Read[str]

    @property
    def restricted(self) -> bool:
        """Whether it does one thing only, or gives no shell of its own."""
        return "command" in self.options or "restrict" in self.options

    @property
    def authority(self) -> bool:
        """Whether it signs the certificates of any number of keys."""
        return "cert-authority" in self.options


class AuthorizedKeys(Fact, frozen=True, dict=True):
    """Every key of every account, from the files that sshd itself names.

    Blobs are public and travel; their fingerprints are computed here. Comments travel
    up to the first @: they are names of persons, and whether one account has keys of
    several persons can't be told without. Homes belong to their users: a link in
    there is not followed.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (SshServers, SshdSettings)
    fragment: ClassVar[str] = r"""
accounts() {
  if command -v getent >/dev/null; then getent passwd; else cat /etc/passwd; fi
}
files() { # NAME UID HOME PATH of each file that may open an account, tabs between
  { body_of SshdSettings; echo @; body_of SshServers; echo @; accounts; } | awk '
    function put(s, mark, value,   p, r) {
      r = ""
      while (p = index(s, mark)) {
        r = r substr(s, 1, p - 1) value; s = substr(s, p + length(mark))
      }
      return r s
    }
    part < 2 && $0 == "@" { part++; next }
    part == 0 && /^(denied|failed|timed_out|truncated|no_tool)\t/ { unsure = $1 }
    part == 0 && /\tcommand\t.*user=/ {
      user = $0; sub(/.*user=/, "", user); sub(/,.*/, "", user)
    }
    part == 0 && /^ [0-9]+\tauthorizedkeysfile / {
      sub(/^[^ ]* *[^ ]* /, ""); named[user] = named[user] " " $0
    }
    part == 1 && /^ [0-9]+\t[0-9]+\tdropbear\t/ { dropbear = " .ssh/authorized_keys" }
    part < 2 { next }
    {
      split($0, f, ":")
      name = f[1]; home = (f[6] ~ /^\//) ? f[6] : "/"
      if (name ~ /^[+-]/ || name !~ /^[^\t\/$]+[$]?$/ || home ~ /\t/) next
      uid = (f[3] ~ /^[0-9]+$/) ? f[3] : "-"
      if (++people > 2000) { print "cut"; exit }
      list = " .ssh/authorized_keys .ssh/authorized_keys2"
      if ("root" in named) list = named["root"]
      if ("nobody" in named) list = named["nobody"]
      if (name in named) list = named[name]
      n = split(list dropbear, path, / +/)
      for (i = 1; i <= n; i++) {
        s = path[i]
        if (s == "" || s == "none") continue
        s = put(s, "%%", "\001"); s = put(s, "%h", home); s = put(s, "%u", name)
        s = put(s, "%U", f[3]); s = put(s, "\001", "%")
        if (s !~ /^\//) s = (home == "/" ? "" : home) "/" s
        if (!seen[name, s]++) print name "\t" uid "\t" home "\t" s
      }
    }
    END { if (people) print "whole" (unsure == "" ? "" : "\t" unsure) }'
}
keys_file() { # HOME PATH
  state_of "$2"
  if [ "$state" = absent ]; then return; fi
  k_part=$2
  case $2 in
    "$1"/*)
      while [ "$k_part" != "$1" ] && [ -n "$k_part" ]; do
        if [ -L "$k_part" ]; then head_line failed file "$2" -; return; fi
        k_part=${k_part%/*}
      done
      ;;
  esac
  source_file "$2" authorized_keys
}
found=$(files)
# Where sshd did not tell its files, they are the usual ones and perhaps others.
case $found in
  *cut) state=truncated ;;
  *whole) state=ok ;;
  *"whole$TAB"*) state=${found##*"$TAB"} ;;
  *) state=failed ;;
esac
head_line "$state" value 'key files' -
printf '%s\n' "$found" | awk -F'\t' "$AWK_ESC"'
  NF == 4 { print " " NR "\t" esc($1) "\t" $2 "\t" esc($4) }'
printf '%s\n' "$found" | awk -F'\t' 'NF == 4 && !seen[$4]++ { print $3 "\t" $4 }' |
  while IFS=$TAB read -r home path; do keys_file "$home" "$path"; done
"""

    keys: tuple[Key, ...]
    files: SourceText

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME UID PATH` lines, then one source a file: `OPTIONS TYPE BLOB WHOSE`."""
        files = body.texts[0]
        opens: dict[str, list[Opened]] = {}
        for line in files.lines:
            if len(line.fields) == 3:
                name, uid, path = line.fields
                opens.setdefault(path, []).append(Opened(name, whole_number(uid)))
        found = [
            key_of(text, line, tuple(opens.get(text.source.name, ())))
            for text in body.used()
            if text.source.kind == "file"
            for line in text.lines
        ]
        return cls(body.sources, tuple(k for k in found if k is not None), files)

    def of(self, account: str) -> tuple[Key, ...]:
        """The keys that open an account."""
        return tuple(self._by_account.get(account, ()))

    @cached_property
    def _by_account(self) -> dict[str, list[Key]]:
        found: dict[str, list[Key]] = {}
        for key in self.keys:
            for account in dict.fromkeys(opened.account for opened in key.opens):
                found.setdefault(account, []).append(key)
        return found


def key_of(text: SourceText, line: Line, opens: tuple[Opened, ...]) -> Key | None:
    """The key of a line; None when the line holds none, which sshd skips too."""
    if len(line.fields) != 4:
        return None
    given, kind, blob, whose = line.fields
    try:
        parts = list(_strings(b64decode(blob, validate=True)))
    except (binascii.Error, ValueError):
        return None
    if not parts or parts[0] != kind.encode():
        return None
    fingerprint = fingerprint_of(blob)
    shows = [Shown("key", ValueKind.FINGERPRINT, fingerprint)]
    if whose:
        shows.append(Shown("comment", ValueKind.PERSON, whose))
    read = Read(fingerprint, text.source, line.number, tuple(shows))
    return Key(kind, fingerprint, _bits(parts), whose, _options(given), opens, read)


def _options(given: str) -> dict[str, str]:
    """Name and value of each option."""
    pairs = (option.partition("=") for option in given.split(";") if option != "-")
    return {name: value for name, _, value in pairs}


def _strings(blob: bytes) -> Iterator[bytes]:
    """The strings of a key blob (RFC 4251 section 5); raises ValueError."""
    while blob:
        length = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + length:
            raise ValueError("cut")
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]


def _bits(parts: list[bytes]) -> int:
    """The size of a key from its blob (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4)."""
    kind, *numbers = parts
    match kind, numbers:
        case (b"ssh-rsa", [_, modulus]):
            return int.from_bytes(modulus, "big").bit_length()
        case (b"ssh-dss", [prime, *_]):
            return int.from_bytes(prime, "big").bit_length()
        case (_, [curve, *_]) if curve.decode("ascii", "replace") in CURVES:
            return CURVES[curve.decode("ascii")]
    return 256 if b"ed25519" in kind else 0
