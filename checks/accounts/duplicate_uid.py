"""Two accounts share a number, or two numbers share a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from auditor.facts.accounts import Entry, LoginDefs, Passwd
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.sources import ValueKind

#: Whoever is nobody: on 16 and on 32 bits, and an old 60001.
NOBODY = frozenset({60001, 65533, 65534, 65535, 4294967294})


@check
def duplicate_uid(passwd: Passwd, defs: LoginDefs) -> Iterator[Finding]:
    """Judges each number of several accounts and each name that stands twice.

    UID 0 is another check's.
    """
    first = {entry.name: entry for entry in passwd.accounts}
    found = False
    for again in passwd.repeated:
        before = first.get(again.name)
        if before and again.uid is not None and again.uid != before.uid:
            found = True
            yield FAIL(
                Subject("account", again.name),
                "same_name",
                Evidence(before.read),
                Evidence(again.read),
                account=again.name,
            )
    for uid, entries in sorted(by_uid(passwd).items()):
        if len(entries) > 1 and uid not in NOBODY | {0}:
            found = True
            yield shared(uid, entries, defs)
    if not found:
        yield PASS(WHOLE_HOST, "distinct", without=(LoginDefs,))


def by_uid(passwd: Passwd) -> dict[int, list[Entry]]:
    """The accounts of each number."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in passwd.accounts:
        if entry.uid is not None:
            found[entry.uid].append(entry)
    return found


def shared(uid: int, entries: list[Entry], defs: LoginDefs) -> Finding:
    """One number of several accounts: of persons, or of the system."""
    subject = Subject("uid", str(uid))
    proof = [Evidence(entry.read) for entry in entries[:5]]
    number = Value(ValueKind.WORD, uid)
    names = Value(ValueKind.ACCOUNT, ", ".join(entry.name for entry in entries))
    if uid >= defs.first_person:
        return FAIL(subject, "same_uid", *proof, uid=number, accounts=names)
    return WARN(
        subject,
        "same_system_uid",
        *proof,
        also=defs.sources,
        uid=number,
        accounts=names,
    )
