"""The grammars of single values: names, addresses, sizes, secrets.

Each is a NewType with a hook of its own, so that a mistake in an element of a
list has the element's line.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NewType
from zoneinfo import ZoneInfo

from auditor.inventory.documents import meant
from auditor.inventory.structure import (
    Hook,
    WrongValueError,
    described,
    number,
    text,
    whole,
)
from auditor.model.host import Secret

Name = NewType("Name", str)
Address = NewType("Address", str)
Jump = NewType("Jump", str)
AbsolutePath = NewType("AbsolutePath", str)
Fingerprint = NewType("Fingerprint", str)
Fingerprints = NewType("Fingerprints", tuple[str, ...])
Texts = NewType("Texts", tuple[str, ...])
Patterns = NewType("Patterns", tuple[str, ...])
Port = NewType("Port", int)
Count = NewType("Count", int)
Amount = NewType("Amount", int)
Seconds = NewType("Seconds", float)
Size = NewType("Size", int)
Days = NewType("Days", int)
Recipient = NewType("Recipient", str)
Timezone = NewType("Timezone", str)
Sha256 = NewType("Sha256", str)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
NAME_RULE = (
    "a name is 1 to 63 letters, digits, '.', '_' or '-', the first a letter or a digit"
)
SECRET_RULE = (
    "a secret never stands in this file, only where to find it: "
    '{ env = "NAME" }, { file = "path" }, { command = ["pass", "show", "x"] } '
    "or { prompt = true }"
)
_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB|TiB)")
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_DURATION = re.compile(rf"(\d+) ({'|'.join(_DAYS)})s?")
_RECIPIENT = re.compile(r"age1[0-9a-z]+|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+( .*)?")
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def name(value: object, _: object = Name) -> Name:
    """A host's, group's or role's name."""
    word = text(value)
    if not NAME.fullmatch(word):
        raise WrongValueError(f"'{word}' is no name: {NAME_RULE}")
    return Name(word)


def address(value: object, _: object = Address) -> Address:
    """A host name, an IPv4 or an IPv6 address without brackets."""
    word = text(value)
    if word.startswith("[") and word.endswith("]"):
        raise WrongValueError(f"write the address without brackets: '{word[1:-1]}'")
    try:
        return Address(str(ipaddress.ip_address(word)))
    except ValueError:
        pass
    if not _HOST_NAME.fullmatch(word) or re.fullmatch(r"[0-9.]+", word):
        found = re.fullmatch(r"(.+):(\d+)", word)
        hint = f"; write the port as port = {found[2]}" if found else ""
        raise WrongValueError(f"'{word}' is neither a host name nor an address{hint}")
    return Address(word)


def jump(value: object, _: object = Jump) -> Jump:
    """A host's name, or an empty text: directly, whatever the group says."""
    return Jump("") if value == "" else Jump(name(value))


def absolute_path(value: object, _: object = AbsolutePath) -> AbsolutePath:
    """A path from the root, without `..`."""
    word = text(value)
    path = PurePosixPath(word)
    if not path.is_absolute():
        raise WrongValueError(f"'{word}' is not absolute: a path on the host from /")
    if ".." in path.parts:
        raise WrongValueError(f"'{word}' goes back with '..': write it out")
    return AbsolutePath(str(path))


def fingerprint(value: object, _: object = Fingerprint) -> Fingerprint:
    """`SHA256:` and 43 characters, as ssh-keygen -l prints it."""
    word = text(value)
    if not _FINGERPRINT.fullmatch(word):
        raise WrongValueError(
            f"'{word}' is no fingerprint: SHA256: and 43 characters, "
            "as 'ssh-keygen -lf' prints it"
        )
    return Fingerprint(word.rstrip("="))


def fingerprints(value: object, _: object = Fingerprints) -> Fingerprints:
    """One fingerprint, or a list of them for a rotation."""
    several = value if isinstance(value, list) else [value]
    return Fingerprints(tuple(fingerprint(word) for word in several))


def texts(value: object, _: object = Texts) -> Texts:
    """One text, or a list of them."""
    several = value if isinstance(value, list) else [value]
    return Texts(tuple(text(word) for word in several))


def patterns(value: object, _: object = Patterns) -> Patterns:
    """A list of shell patterns, at least one."""
    if not isinstance(value, list):
        raise WrongValueError(f"a list is due, not {described(value)}")
    if not value:
        raise WrongValueError("an empty list covers nothing: at least one is due")
    return Patterns(tuple(text(word) for word in value))


def port(value: object, _: object = Port) -> Port:
    """A TCP or UDP port."""
    found = whole(value)
    if not 1 <= found <= 65535:
        raise WrongValueError(f"{found} is no port: 1 to 65535")
    return Port(found)


def count(value: object, _: object = Count) -> Count:
    """A whole number from 1."""
    found = whole(value)
    if found < 1:
        raise WrongValueError(f"{found} is too small: 1 or more")
    return Count(found)


def amount(value: object, _: object = Amount) -> Amount:
    """A whole number from 0."""
    found = whole(value)
    if found < 0:
        raise WrongValueError(f"{found} is too small: 0 or more")
    return Amount(found)


def seconds(value: object, _: object = Seconds) -> Seconds:
    """A number of seconds above 0."""
    found = number(value)
    if found <= 0:
        raise WrongValueError(f"{found} is no time: seconds above 0")
    return Seconds(found)


def size(value: object, _: object = Size) -> Size:
    """Bytes as a number, or `"2 GiB"`."""
    if not isinstance(value, str):
        return Size(count(value))
    found = _SIZE.fullmatch(value)
    if not found:
        near = re.fullmatch(
            r"\s*(\d+(?:\.\d+)?)\s*([kmgt])i?b?\s*", value, re.IGNORECASE
        )
        hint = f"; did you mean '{near[1]} {near[2].upper()}iB'?" if near else ""
        raise WrongValueError(f"{described(value)} is no size such as '2 GiB'{hint}")
    bytes_ = int(float(found[1]) * 1024 ** _UNITS.index(found[2]))
    return Size(count(bytes_))


def days(value: object, _: object = Days) -> Days:
    """A time such as `"24 months"`, in days; a month has 31, so none is cut short."""
    found = _DURATION.fullmatch(text(value))
    if not found:
        due = "'90 days', '8 weeks', '24 months' or '5 years'"
        raise WrongValueError(f"{described(value)} is no time such as {due}")
    return Days(count(int(found[1]) * _DAYS[found[2]]))


def recipient(value: object, _: object = Recipient) -> Recipient:
    """A public key of age, or of SSH, that something is encrypted for."""
    word = text(value)
    if not _RECIPIENT.fullmatch(word):
        due = "'age1…' or 'ssh-ed25519 AAAA…'"
        raise WrongValueError(f"{described(value)} is no public key such as {due}")
    return Recipient(word)


def timezone(value: object, _: object = Timezone) -> Timezone:
    """A name of the IANA time zone database."""
    word = text(value)
    try:
        return Timezone(ZoneInfo(word).key)
    except (KeyError, ValueError, OSError):
        raise WrongValueError(
            f"'{word}' is no time zone such as 'Europe/Paris'"
        ) from None


def sha256(value: object, _: object = Sha256) -> Sha256:
    """64 hexadecimal digits."""
    word = text(value)
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", word):
        raise WrongValueError("a SHA-256 has 64 hexadecimal digits")
    return Sha256(word.lower())


def secret(value: object, _: object = Secret) -> Secret:
    """A reference to a secret; nothing of what stands here is repeated."""
    if not isinstance(value, dict):
        raise WrongValueError(SECRET_RULE)
    if len(value) != 1 or not value.keys() <= _REFERENCES.keys():
        raise WrongValueError(f"{_unknown_reference(value)}{SECRET_RULE}")
    (kind, reference), *_ = value.items()
    read, rule = _REFERENCES[kind]
    words = read(reference)
    if words is None:
        raise WrongValueError(f"{rule}; {SECRET_RULE}")
    return Secret(kind, words)


def _unknown_reference(value: Mapping[str, Any]) -> str:
    hints = [meant(word, _REFERENCES) for word in value if word not in _REFERENCES]
    return next((f"{hint[2:]} " for hint in hints if hint), "")


def _variable(value: object) -> tuple[str, ...] | None:
    good = isinstance(value, str) and _VARIABLE.fullmatch(value)
    return (str(value),) if good else None


def _path(value: object) -> tuple[str, ...] | None:
    good = isinstance(value, str) and value.strip() and value.isprintable()
    return (str(value),) if good else None


def _argv(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not value or not value[0]:
        return None
    if not all(isinstance(word, str) and "\0" not in word for word in value):
        return None
    return tuple(value)


def _prompt(value: object) -> tuple[str, ...] | None:
    return () if value is True else None


_REFERENCES: dict[Any, tuple[Any, str]] = {
    "env": (_variable, "env takes the name of a variable"),
    "file": (_path, "file takes a path"),
    "command": (_argv, "command takes a list of words, no shell reads it"),
    "prompt": (_prompt, "prompt takes true"),
}

HOOKS: dict[Any, Hook] = {
    Name: name,
    Address: address,
    Jump: jump,
    AbsolutePath: absolute_path,
    Fingerprint: fingerprint,
    Fingerprints: fingerprints,
    Texts: texts,
    Patterns: patterns,
    Port: port,
    Count: count,
    Amount: amount,
    Seconds: seconds,
    Size: size,
    Days: days,
    Recipient: recipient,
    Timezone: timezone,
    Sha256: sha256,
    Secret: secret,
}
