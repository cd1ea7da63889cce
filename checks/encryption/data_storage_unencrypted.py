"""Folders of personal data lie on storage that nothing encrypts."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.attested import attested_on, or_contradicted
from auditor.facts.storage import DataFolders, Shelter, Stack, Storage
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Source, Status


@check
def data_storage_unencrypted(
    folders: DataFolders,
    storage: Storage,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges each declared folder, by the devices below it or its own flag."""
    if not folders.folders:
        detail = "no data_dirs declared"
        yield UNKNOWN(WHOLE_HOST, Reason.NO_REFERENCE_DATA, detail=detail)
    for folder, text in folders.folders.items():
        subject = Subject("directory", folder)
        flag = folders.by_file(folder)
        if text.source.status is Status.ABSENT:
            yield PASS(subject, "gone", rests_on=[text.source], path=folder)
        elif flag is not None:
            proof = Evidence(flag)
            yield PASS(subject, "by_file", proof, rests_on=[text.source], path=folder)
        else:
            stack = storage.of_path(folder, profile.sets["encrypted_fs_types"])
            claim = "storage-encryption"
            if stack.shelter is Shelter.BELOW:
                proofs = [Evidence(read) for read in stack.reads]
                rests = (text.source, *stack.sources)
                yield attested_on(
                    claim, manifests, audit, subject, *proofs, rests_on=rests
                )
            elif stack.shelter is Shelter.PLAIN:
                plain = judged(subject, folder, stack, text.source)
                yield or_contradicted(claim, manifests, audit, plain)
            else:
                yield judged(subject, folder, stack, text.source)


def judged(subject: Subject, folder: str, stack: Stack, flags: Source) -> Finding:
    """A folder without the flag of file encryption, by the devices below it."""
    proof = [Evidence(read) for read in stack.reads]
    # A mount or a layer that was not seen could shelter it after all.
    also = (flags, *stack.sources)
    match stack.shelter:
        case Shelter.ENCRYPTED:
            return PASS(subject, "encrypted", *proof, rests_on=[flags], path=folder)
        case Shelter.WEAK:
            return WARN(subject, "weak", *proof, also=also, path=folder)
        case _:
            return FAIL(subject, "plain", *proof, also=also, path=folder)
