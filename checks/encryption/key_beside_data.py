"""The key that opens encrypted data lies beside them."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.attested import attested_on
from auditor.facts.backup_keys import BackupKeys, KeyLine
from auditor.facts.crypttab import HARDWARE, Crypttab, Volume
from auditor.facts.key_files import KeyFile
from auditor.facts.storage import BlockDevices, Shelter, Storage
from auditor.facts.walking import is_below
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
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

MEMORY = ("tmpfs", "ramfs")
#: What is said of a job with several keys: the first of these that one of them gives.
GRAVEST = ("FAIL", "UNKNOWN", "WARN", "PASS")


@check
def key_beside_data(
    crypttab: Crypttab,
    backups: BackupKeys,
    blocks: BlockDevices,
    storage: Storage,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges each encrypted volume, and each job that encrypts a backup."""
    encrypted_types = profile.sets["encrypted_fs_types"]
    found = []
    for volume in crypttab.volumes:
        finding = of_volume(volume, crypttab, storage, encrypted_types)
        if finding is None:
            topic, row = "storage-encryption", Evidence(volume.read)
            subject = subject_of(volume)
            rests = storage.sources
            finding = attested_on(topic, manifests, audit, subject, row, rests_on=rests)
        found.append(finding)
    found += opened_by_hand(crypttab, blocks)
    found += of_jobs(backups)
    yield from found
    facts = (crypttab, backups, blocks)
    # What was not read may name more: as proof of nothing it gives UNKNOWN.
    if not found or not all(s.seen for fact in facts for s in fact.sources):
        proof = [e for fact in facts for e in nothing_in(fact, "encryption")]
        yield NA(WHOLE_HOST, "nothing_encrypted", *proof)


def opened_by_hand(crypttab: Crypttab, blocks: BlockDevices) -> Iterator[Finding]:
    """The volumes that are open and stand in no row of crypttab."""
    known = {volume.name for volume in crypttab.volumes}
    for name, device in blocks.names.items():
        mapped = device.mapping.startswith("CRYPT-") and name != device.name
        if mapped and name not in known:
            yield PASS(Subject("volume", name), "by_hand", Evidence(device.read))


def of_jobs(backups: BackupKeys) -> Iterator[Finding]:
    """Each job that says where a key comes from, by the gravest of its lines."""
    for job, lines in backups.lines.items():
        found = [of_line(job, line, backups) for line in lines]
        told = [finding for finding in found if finding is not None]
        if told:
            yield min(told, key=lambda finding: GRAVEST.index(finding.verdict))


def subject_of(volume: Volume) -> Subject:
    """A volume by the name under which it is opened."""
    return Subject("volume", volume.name)


def of_volume(
    volume: Volume,
    crypttab: Crypttab,
    storage: Storage,
    encrypted_types: tuple[str, ...],
) -> Finding | None:
    """How one volume is opened; None when only the disk's keeper can tell."""
    subject, row = subject_of(volume), Evidence(volume.read)
    if volume.random:
        return PASS(subject, "random_key", row)
    if volume.options & HARDWARE:
        return PASS(subject, "by_hardware", row)
    if "keyscript" in volume.options:
        return UNKNOWN(subject, Reason.NOT_COLLECTED_FOR, row, detail="a keyscript")
    key = next(
        (crypttab.files[p] for p in volume.key_paths if p in crypttab.files), None
    )
    if key is not None:
        return of_key(volume, key, crypttab, storage, encrypted_types)
    if not volume.key_paths:
        detail = f"key {volume.key}"
        return UNKNOWN(subject, Reason.NOT_COLLECTED_FOR, row, detail=detail)
    message = "key_elsewhere" if volume.key.startswith("/") else "asked"
    return PASS(subject, message, row)


def of_key(
    volume: Volume,
    key: KeyFile,
    crypttab: Crypttab,
    storage: Storage,
    encrypted_types: tuple[str, ...],
) -> Finding | None:
    """A volume that a file on this host opens."""
    subject = subject_of(volume)
    proof = [Evidence(volume.read), Evidence(key.read)]
    if key.open:
        return FAIL(subject, "key_open", *proof, path=key.path)
    copied = crypttab.into_initramfs(key.path)
    boot = storage.of_path("/boot", encrypted_types)
    if copied is not None and boot.shelter is Shelter.PLAIN:
        proof += [Evidence(copied), *(Evidence(read) for read in boot.reads)]
        also = boot.sources
        return FAIL(subject, "key_in_initramfs", *proof, also=also, path=key.path)
    stack = storage.of_path(key.path, encrypted_types)
    proof += [Evidence(read) for read in stack.reads]
    if stack.mount is not None and stack.mount.type in MEMORY:
        return PASS(subject, "key_in_memory", *proof, path=key.path)
    match stack.shelter:
        case Shelter.PLAIN:
            also = stack.sources
            return FAIL(subject, "key_on_plain", *proof, also=also, path=key.path)
        case Shelter.BELOW:
            return None
        case _:
            also = stack.sources
            return WARN(subject, "key_on_encrypted", *proof, also=also, path=key.path)


def of_line(job: str, line: KeyLine, backups: BackupKeys) -> Finding | None:
    """What one line of a job says of the key; None when it says nothing of one."""
    subject, proof = Subject("file", job), Evidence(line.read)
    match line.kind:
        case "public":
            return PASS(subject, "public_key", proof)
        case "elsewhere":
            return PASS(subject, "given", proof)
        case "inline":
            return of_inline(subject, proof, backups.files.get(job))
        case "file":
            return of_file(subject, proof, line, backups)
    return None


def of_inline(subject: Subject, proof: Evidence, job: KeyFile | None) -> Finding:
    """A passphrase that stands in the job itself."""
    if job is None:
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail="its mode")
    shown = (proof, Evidence(job.read))
    if job.open:
        return FAIL(subject, "inline_open", *shown)
    return WARN(subject, "inline_closed", *shown)


def of_file(
    subject: Subject, proof: Evidence, line: KeyLine, backups: BackupKeys
) -> Finding:
    """A passphrase, or a private key, in a file of its own."""
    key = backups.files.get(line.path)
    if key is None and line.path in backups.missing:
        # Where its source was not seen this becomes UNKNOWN.
        return PASS(subject, "key_not_here", proof, path=line.path)
    if key is None:
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail="which file")
    shown = (proof, Evidence(key.read))
    if key.open:
        return FAIL(subject, "passphrase_open", *shown, path=key.path)
    if any(beside(key, output) for output in backups.outputs):
        return FAIL(subject, "beside_backup", *shown, path=key.path)
    return WARN(subject, "passphrase_closed", *shown, path=key.path)


def beside(key: KeyFile, output: str) -> bool:
    """Whether a key lies in the folder of a backup, or in a store of backups."""
    return key.folder == output.rpartition("/")[0] or is_below(key.path, output)
