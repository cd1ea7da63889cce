"""Host keys pinned under inventory names, in OpenSSH's known_hosts format.

The first field is the host's inventory name (what OpenSSH calls HostKeyAlias), so
that 28 laboratories behind 28 jump hosts may all use one private address. The
format is that of sshd(8), 'SSH_KNOWN_HOSTS FILE FORMAT': lists, `*` and `?`,
negation, hashed names, `@revoked` and `@cert-authority`. paramiko's own reader
stops at the markers and keeps one key of each type, hence this one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from auditor.errors import ConfigurationError, Problem
from auditor.model.host import Host, Inventory, Pins, fingerprint_of
from auditor.store.atomic import write_atomic

REVOKED = "@revoked"
AUTHORITY = "@cert-authority"


class PinLine(Struct, frozen=True):
    """One line: `[marker] names type blob [comment]`; `number` counts from 1."""

    number: int
    marker: str
    names: str
    kind: str
    blob: str

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` of the key."""
        return fingerprint_of(self.blob)

    def matches(self, name: str) -> bool:
        """Whether the line's names cover a name; case does not count."""
        name = name.lower()
        if self.names.startswith("|1|"):
            return _hashed(self.names, name)
        patterns = self.names.lower().split(",")
        return any(_wild(name, p) for p in patterns if p[:1] != "!") and not any(
            _wild(name, p[1:]) for p in patterns if p[:1] == "!"
        )


def _wild(name: str, pattern: str) -> bool:
    # Most patterns are plain names, and fnmatch compiles each one anew.
    if "*" not in pattern and "?" not in pattern:
        return name == pattern
    return fnmatchcase(name, pattern.replace("[", "[[]"))


def _hashed(names: str, name: str) -> bool:
    try:
        salt, wanted = (base64.b64decode(part) for part in names[3:].split("|"))
    except ValueError:
        return False
    found = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return hmac.compare_digest(found, wanted)


def parse_known_hosts(text: str, file: str) -> list[PinLine]:
    """Read a known_hosts file; comments and empty lines are left out.

    Raises ConfigurationError with every line that is not of the format: a pin
    that nobody notices to be broken is none.
    """
    found: list[PinLine] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        marker = words.pop(0) if words[0].startswith("@") else ""
        problem = _mistake(marker, words)
        if problem:
            problems.append(Problem(file, problem, number))
        else:
            found.append(PinLine(number, marker, *words[:3]))
    if problems:
        raise ConfigurationError(problems)
    return found


def _mistake(marker: str, words: list[str]) -> str | None:
    if marker not in ("", REVOKED, AUTHORITY):
        return f"'{marker}' is none of {REVOKED}, {AUTHORITY}"
    if len(words) < 3:
        return "three words are due: the host's name in the inventory, key type, key"
    try:
        blob = base64.b64decode(words[2], validate=True)
    except ValueError:  # binascii.Error, or letters that are not ASCII
        return "the third word is no key: it is not base64"
    kind = words[1].encode()
    if not blob.startswith(len(kind).to_bytes(4, "big") + kind):
        return f"the third word is no key of type {words[1]}"
    return None


def read_known_hosts(path: Path) -> list[PinLine]:
    """The lines of a file; none when it is not there. Raises ConfigurationError."""
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise ConfigurationError([Problem(str(path), reason)]) from None
    return parse_known_hosts(text, str(path))


def pins_of(inventory: Inventory) -> dict[str, Pins]:
    """The pins of every host by its name; known_hosts is read once.

    Raises ConfigurationError when known_hosts can't be read.
    """
    return {
        host.name: _pins(host, inventory, lines)
        for host, lines in pinned_lines(inventory)
    }


def pins_for(host: Host, inventory: Inventory) -> Pins:
    """The keys that one host may show.

    `host_key` of the inventory stands above known_hosts, where only revocations
    are then looked up. Raises ConfigurationError when known_hosts can't be read.
    """
    lines = read_known_hosts(inventory.known_hosts)
    return _pins(host, inventory, [o for o in lines if o.matches(host.name)])


def _pins(host: Host, inventory: Inventory, lines: list[PinLine]) -> Pins:
    revoked = frozenset(line.blob for line in lines if line.marker == REVOKED)
    if host.host_keys:
        return Pins(
            fingerprints=frozenset(host.host_keys),
            revoked=revoked,
            source=f"host_key in {inventory.path}",
        )
    keys = frozenset(
        (line.kind, line.blob)
        for line in lines
        if not line.marker and line.blob not in revoked
    )
    return Pins(
        keys=keys,
        revoked=revoked,
        ca_only=not keys and any(line.marker == AUTHORITY for line in lines),
        source=str(inventory.known_hosts) if keys else "",
    )


def add_pin(
    path: Path, name: str, kind: str, blob: str, marker: str = "", comment: str = ""
) -> bool:
    """Append a line for a name; False when it stands there already.

    The file is made with mode 0600 when it is not there, and replaced as a whole.
    Raises ValueError for a key that would not read back: it came from a host.
    """
    words = [word for word in (marker, name, kind, blob) if word]
    problem = _mistake(marker, [name, kind, blob])
    if problem or any(word.split() != [word] for word in words):
        raise ValueError(f"no line of known_hosts: {problem or 'blanks in it'}")
    if any(
        (line.marker, line.kind, line.blob) == (marker, kind, blob)
        and line.matches(name)
        for line in read_known_hosts(path)
    ):
        return False
    text = _text(path)
    if text and not text.endswith("\n"):
        text += "\n"
    _write(path, f"{text}{' '.join([*words, *comment.split()])}\n")
    return True


def remove_pins(
    path: Path, name: str, fingerprint: str | None = None
) -> tuple[list[PinLine], list[PinLine]]:
    """Take a name's plain keys out, all or the one with the fingerprint.

    Returns the lines taken out and those that still cover the name: revocations,
    authorities, and lines with wildcards, which also speak of other hosts. From a
    line with several names only the one name goes.
    """
    lines = [line for line in read_known_hosts(path) if line.matches(name)]
    chosen = [line for line in lines if fingerprint in (None, line.fingerprint)]
    gone = [line for line in chosen if not line.marker and _takes(line, name)]
    numbers = {line.number: line for line in gone}
    kept = "".join(
        _without(text, numbers[number], name) if number in numbers else text
        for number, text in enumerate(_text(path).splitlines(keepends=True), 1)
    )
    if gone:
        _write(path, kept)
    return gone, [line for line in lines if line not in gone]


def _takes(line: PinLine, name: str) -> bool:
    hashed = line.names.startswith("|1|")
    return hashed or name.lower() in line.names.lower().split(",")


def _without(text: str, line: PinLine, name: str) -> str:
    names = line.names.split(",")
    rest = [one for one in names if one.lower() != name.lower()]
    if line.names.startswith("|1|") or not any(one[:1] != "!" for one in rest):
        return ""
    return text.replace(line.names, ",".join(rest), 1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    write_atomic(path, text.encode("utf-8", errors="surrogateescape"), mode)


class Transfer(Struct, frozen=True):
    """What an existing known_hosts says of an inventory's hosts.

    `pins` are (host name, line) to take over; `ambiguous` are hosts whose address
    another host behind another jump has too, so that nobody knows whose key it is;
    `unknown` are hosts that the file does not name; `authorities` those of which
    it has an authority only.
    """

    pins: tuple[tuple[str, PinLine], ...]
    ambiguous: tuple[str, ...]
    unknown: tuple[str, ...]
    authorities: tuple[str, ...]


def match_addresses(lines: list[PinLine], inventory: Inventory) -> Transfer:
    """Find the inventory's hosts in a known_hosts that goes by address.

    A line is looked up as OpenSSH would write it: the address, with a port other
    than 22 as `[address]:port`.
    """
    ssh = [host for host in inventory.hosts.values() if host.transport == "ssh"]
    looked_up = {host.name: _lookup(host) for host in ssh}
    times = list(looked_up.values())
    pins: list[tuple[str, PinLine]] = []
    ambiguous: list[str] = []
    unknown: list[str] = []
    authorities: list[str] = []
    for host in ssh:
        found = [line for line in lines if line.matches(looked_up[host.name])]
        plain = [line for line in found if line.marker != AUTHORITY]
        if found and times.count(looked_up[host.name]) > 1:
            ambiguous.append(host.name)
        elif plain:
            pins += [(host.name, line) for line in plain]
        else:
            (authorities if found else unknown).append(host.name)
    return Transfer(tuple(pins), tuple(ambiguous), tuple(unknown), tuple(authorities))


def _lookup(host: Host) -> str:
    address = host.address.lower()
    return address if host.port == 22 else f"[{address}]:{host.port}"


def pinned_lines(inventory: Inventory) -> Iterator[tuple[Host, list[PinLine]]]:
    """Every host of the inventory with the lines of known_hosts that cover it."""
    lines = read_known_hosts(inventory.known_hosts)
    # Nearly all lines have one plain name: a thousand hosts ask a thousand lines.
    others: list[PinLine] = []
    plain: dict[str, list[PinLine]] = {}
    for line in lines:
        several = set(line.names) & set("*?!|,")
        alike = others if several else plain.setdefault(line.names.lower(), [])
        alike.append(line)
    for host in inventory.hosts.values():
        covering = [line for line in others if line.matches(host.name)]
        covering += plain.get(host.name.lower(), [])
        yield host, sorted(covering, key=lambda line: line.number)
