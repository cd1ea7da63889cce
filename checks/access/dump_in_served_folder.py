"""A backup, dump or export lies in a folder that is served over the web or by FTP."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from auditor.facts.file_tree import ENCRYPTED, PLAIN, Entry, FileTree
from auditor.facts.served_roots import ServedRoot, ServedRoots
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

SMALLEST = 1024
LARGE = 1 << 20
GRAVEST_FIRST = ("data", "not_running", "usual_place", "closed", "encrypted", "small")


@check
def dump_in_served_folder(
    tree: FileTree, served: ServedRoots, profile: Profile
) -> Iterator[Finding]:
    """One finding a folder, as grave as its gravest file."""
    for server in served.unknown:
        proof = Evidence(server.read)
        yield UNKNOWN(Subject("service", server.service), server.reason, proof)
    names = profile.patterns["dump_globs"]
    found = sorted(
        (entry for entry in tree.entries if is_dump(entry, names)),
        key=lambda entry: entry.folder,
    )
    reported = False
    for folder, entries in groupby(found, key=lambda entry: entry.folder):
        finding = judged(folder, list(entries), tree, served)
        if finding is not None:
            reported = True
            yield finding
    if reported:
        return
    if not served.roots and not served.unknown:
        yield NA(WHOLE_HOST, "no_root", *served.absence)
    elif served.roots:
        yield PASS(WHOLE_HOST, "none", rests_on=tree.over(served.paths))


def is_dump(entry: Entry, names: tuple[str, ...]) -> bool:
    """A file with the name of a dump that holds more than a stub."""
    return entry.type == "f" and entry.size > SMALLEST and entry.named(names)


def judged(
    folder: str, entries: list[Entry], tree: FileTree, served: ServedRoots
) -> Finding | None:
    """The dumps of one folder, None when nobody hands them out."""
    root = served.of(f"{folder}/", tree.links)
    if root is None:
        return None
    by_message: dict[str, list[Entry]] = {}
    for entry in entries:
        by_message.setdefault(message_of(entry, root), []).append(entry)
    message = next(word for word in GRAVEST_FIRST if word in by_message)
    chosen = sorted(by_message[message], key=lambda entry: -entry.size)
    make = FAIL if message == "data" else WARN
    return make(
        Subject("directory", folder),
        message,
        *(Evidence(entry.read) for entry in chosen[:3]),
        *root.proof,
        also=root.also,
        rests_on=tree.over(served.paths),
        count=Value(ValueKind.COUNT, len(chosen)),
        size=Value(ValueKind.SIZE, chosen[0].size),
        service=root.service,
    )


def message_of(entry: Entry, root: ServedRoot) -> str:
    """How grave one file is."""
    if entry.magic in ENCRYPTED:
        return "encrypted"
    if entry.magic in PLAIN and entry.size < LARGE:
        return "small"
    if not root.lets_read(entry):
        return "closed"
    if root.reached is None:
        return "usual_place"
    return "data" if root.live else "not_running"
