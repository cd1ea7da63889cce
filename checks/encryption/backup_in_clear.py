"""Backups and dumps of data are stored in clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from msgspec import Struct

from auditor.facts.absence import nothing_in
from auditor.facts.attested import attested_on, or_contradicted
from auditor.facts.file_tree import ENCRYPTED, PLAIN, Entry, FileTree
from auditor.facts.storage import DataFolders, Shelter, Storage
from auditor.facts.walking import is_below
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Read, Source, ValueKind

SMALLEST = 1 << 20
#: Words of `magic` that say what is inside; the others are any kind of archive.
DATA = frozenset({"sql", "pgdump", "sqlite", "access", "hl7"})
#: An archive is a backup by its name or by the folder that it lies in.
BACKUP = re.compile(
    r"backup|bkp|sauvegarde|archive|dump|export|extract|\.sql\.", re.IGNORECASE
)


class Ground(Struct, frozen=True):
    """What shelters a folder, and what says so."""

    shelter: Shelter
    reads: tuple[Read[Any], ...]
    sources: tuple[Source, ...]


@check
def backup_in_clear(
    tree: FileTree,
    folders: DataFolders,
    storage: Storage,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """One finding a folder with clear dumps, by the storage that it lies on."""
    names = profile.patterns["dump_globs"]
    dumps = [entry for entry in tree.entries if is_dump(entry, names)]
    clear = [entry for entry in dumps if entry.magic not in ENCRYPTED]
    clear.sort(key=lambda entry: entry.folder)
    for folder, group in groupby(clear, key=lambda entry: entry.folder):
        entries = sorted(group, key=lambda entry: -entry.size)
        ground = ground_of(folder, folders, storage, profile)
        yield judged(folder, entries, ground, manifests, audit)
    if not dumps:
        yield NA(WHOLE_HOST, "no_backup", *nothing_in(tree, "backup"))
    elif not clear:
        yield PASS(WHOLE_HOST, "encrypted", *(Evidence(d.read) for d in dumps[:3]))


def is_dump(entry: Entry, names: tuple[str, ...]) -> bool:
    """A large file with the name of a dump that holds data, or an encrypted one."""
    if entry.type != "f" or entry.size <= SMALLEST or not entry.named(names):
        return False
    if entry.magic in ENCRYPTED | DATA:
        return True
    return entry.magic not in PLAIN and BACKUP.search(entry.path) is not None


def ground_of(
    folder: str, folders: DataFolders, storage: Storage, profile: Profile
) -> Ground:
    """The flag of a declared folder above, else the devices below."""
    sources = (*folders.sources, *storage.sources)
    for declared in folders.folders:
        flag = folders.by_file(declared) if is_below(folder, declared) else None
        if flag is not None:
            return Ground(Shelter.ENCRYPTED, (flag,), sources)
    stack = storage.of_path(folder, profile.sets["encrypted_fs_types"])
    return Ground(stack.shelter, stack.reads, sources)


def judged(
    folder: str,
    entries: list[Entry],
    ground: Ground,
    manifests: Manifests,
    audit: Audit,
) -> Finding:
    """The clear dumps of one folder."""
    subject = Subject("directory", folder)
    found = [Evidence(entry.read) for entry in entries[:3]]
    below = [Evidence(read) for read in ground.reads]
    topic = "storage-encryption"
    if ground.shelter is Shelter.BELOW:
        rests = ground.sources
        return attested_on(
            topic, manifests, audit, subject, *found, *below, rests_on=rests
        )
    make, message = {
        Shelter.PLAIN: (FAIL, "in_clear"),
        Shelter.WEAK: (FAIL, "weak"),
        Shelter.ENCRYPTED: (WARN, "on_encrypted"),
    }[ground.shelter]
    finding = make(
        subject,
        message,
        *found,
        *below,
        also=ground.sources,
        count=Value(ValueKind.COUNT, len(entries)),
        size=Value(ValueKind.SIZE, entries[0].size),
    )
    if ground.shelter is Shelter.PLAIN:
        return or_contradicted(topic, manifests, audit, finding)
    return finding
