"""Where a finding names accounts and persons: other texts lose these names too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditor.model.run import FindingRecord, Run
from auditor.model.sources import ValueKind

#: Between the names of one value: `alice, bob`.
SEVERAL = re.compile(r"([,;\s]+)")

#: Keys of evidence that name an account: `password of NAME`.
_IN_KEY = re.compile(r"(?:password of|expiry of|user) (.+)")

#: Folders and files that an account gives its name to.
_IN_PATH = re.compile(
    r"(?:/home|/var/mail|/var/spool/mail|/var/spool/cron(?:/crontabs)?)"
    r"/(?!crontabs\b)([A-Za-z_][\w.-]*)"
)

#: Settings that list accounts, without the blanks that some programs allow.
_LISTS = re.compile(
    r"(?:allow|deny|auth|valid|invalid|admin)(?:users|groups)|(?:read|write)list"
)

#: Rules that begin with the account, and those of pg_hba.conf, whose third word it is.
_RULES = {"sudoers": 0, "doas": 1, "rule": 2}
#: A name begins an item; what follows it (`@10.0.0.0/8`, `:ro`) is none.
_NAME = re.compile(r"(?:^|[\s,])[@%+&!]*([A-Za-z_][\w.$-]*)")
_NO_NAMES = frozenset({"all", "any", "nopass", "keepenv", "persist", "replication"})


def accounts_of(finding: FindingRecord) -> Iterator[str]:
    """Every account that a finding names."""
    for kind, text in _values(finding):
        if kind == ValueKind.ACCOUNT:
            yield from SEVERAL.split(text)[::2]
    subject = finding.subject
    first, _, rest = subject.name.partition(" ")
    if subject.kind in ("account", "group"):
        yield subject.name
    elif subject.kind == "key" and rest:  # ACCOUNT FINGERPRINT
        yield first
    yield from _IN_PATH.findall(subject.name)
    yield from (name for _, text in _values(finding) for name in _IN_PATH.findall(text))
    for evidence in finding.evidence:
        yield from _IN_PATH.findall(evidence.source)
        for shown in evidence.values:
            if named := _IN_KEY.fullmatch(shown.key):
                yield named[1]
            yield from _in_setting(shown.key, shown.value)


def persons_of(finding: FindingRecord) -> Iterator[str]:
    """Every person that a finding names, waivers included."""
    for kind, text in _values(finding):
        if kind == ValueKind.PERSON:
            yield text
            yield from (part for part in SEVERAL.split(text) if "@" in part)
    if finding.waived is not None:
        yield finding.waived.owner
        yield finding.waived.accepted_by


def signers_of(run: Run) -> Iterator[str]:
    """Every person who accepted a risk or signed an attestation."""
    for waiver in run.waivers:
        yield waiver.owner
        yield waiver.accepted_by
    for attestation in run.attestations:
        yield attestation.signed_by


def renamed_key(key: str, rename: Any) -> str:
    """The key of a piece of evidence, the account that it names by its new name."""
    named = _IN_KEY.fullmatch(key)
    return key[: named.start(1)] + rename(named[1]) if named else key


def _values(finding: FindingRecord) -> Iterator[tuple[str, str]]:
    for value in finding.values.values():
        yield value.kind, str(value.value)
    for evidence in finding.evidence:
        for shown in evidence.values:
            yield shown.kind, shown.value


def _in_setting(key: str, value: str) -> Iterator[str]:
    """The accounts in a setting that takes them; groups count as accounts."""
    if _LISTS.fullmatch("".join(key.split()).casefold()):
        words = _NAME.findall(value)
    elif key in _RULES:
        words = _NAME.findall(" ".join(value.split()[_RULES[key] :][:1]))
    else:
        words = []
    return (word for word in words if word.casefold() not in _NO_NAMES)
