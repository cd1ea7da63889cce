"""Memory, patient data included, is written in clear to a disk."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.attested import attested_on, or_contradicted
from auditor.facts.storage import Shelter, Stack, Storage
from auditor.facts.swap import Swaps
from auditor.model.check import Audit, check
from auditor.model.findings import FAIL, PASS, WARN, Evidence, Finding, Subject
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile

AREA = "swap"


@check
def swap_unencrypted(
    swaps: Swaps,
    storage: Storage,
    host: Host,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges each active area; without any, those that the next boot would activate."""
    on_disk = {path: read for path, read in swaps.active.items() if "/zram" not in path}
    for path, read in on_disk.items():
        stack = stack_of(path, storage, profile)
        proof = [Evidence(read), *map(Evidence, stack.reads)]
        subject = Subject(AREA, path)
        if stack.shelter is Shelter.BELOW:
            rests, claim = stack.sources, "storage-encryption"
            yield attested_on(claim, manifests, audit, subject, *proof, rests_on=rests)
        elif stack.shelter in (Shelter.ENCRYPTED, Shelter.WEAK):
            yield PASS(subject, "encrypted", *proof, path=path)
        else:
            make, key = (FAIL, "plain") if host.data_dirs else (WARN, "plain_no_data")
            plain = make(subject, key, *proof, also=stack.sources, path=path)
            yield or_contradicted("storage-encryption", manifests, audit, plain)
    if not on_disk:
        yield from without_active(swaps, storage, profile)


def without_active(
    swaps: Swaps, storage: Storage, profile: Profile
) -> Iterator[Finding]:
    """No area is on a disk now: does fstab name a plain one?"""
    calm = True
    for path, read in swaps.planned.items():
        stack = stack_of(path, storage, profile)
        if stack.shelter is Shelter.PLAIN:
            calm = False
            also = (*swaps.sources, *stack.sources)
            yield WARN(
                Subject(AREA, path), "planned", Evidence(read), also=also, path=path
            )
    if calm:
        shown = [Evidence(read) for read in swaps.active.values()]
        yield PASS(Subject(AREA, "any"), "none", *shown, rests_on=swaps.sources)


def stack_of(path: str, storage: Storage, profile: Profile) -> Stack:
    """The devices below a swap partition, or below the file system of a swap file."""
    device = storage.named(path) if path.startswith("/dev/") else None
    if device is not None:
        return storage.of_device(device)
    if path.startswith("/dev/") or "=" in path:
        return Stack(Shelter.BELOW, None, (), storage.sources)
    return storage.of_path(path, profile.sets["encrypted_fs_types"])
